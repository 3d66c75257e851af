import type { TFunction } from 'i18next';
import type { StorageProtection } from '../../shared/domain/account.ts';
import { visibleText } from '../../shared/problems.ts';
import type { en } from '../i18n/en.ts';

type KnownBackend = Exclude<keyof typeof en.storage.backends, 'other'>;

/** Those the words name. A record, so that none is forgotten; the words themselves are loaded by language. */
const known: Readonly<Record<KnownBackend, true>> = {
  keychain: true,
  dpapi: true,
  gnome_libsecret: true,
  kwallet: true,
  kwallet5: true,
  kwallet6: true,
};

function isKnownBackend(backend: string): backend is KnownBackend {
  return Object.hasOwn(known, backend);
}

/** Where secrets rest, in one sentence. */
export function storageText(storage: StorageProtection, t: TFunction): string {
  if (storage.kind !== 'key-store') return t(`storage.${storage.kind}`);
  const backend = isKnownBackend(storage.backend)
    ? t(`storage.backends.${storage.backend}`)
    : t('storage.backends.other', { name: visibleText(storage.backend, 60) });
  return t('storage.key-store', { backend });
}
