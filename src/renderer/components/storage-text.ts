import type { TFunction } from 'i18next';
import type { StorageProtection } from '../../shared/domain/account.ts';
import { visibleText } from '../../shared/problems.ts';
import { en } from '../i18n/en.ts';

type KnownBackend = Exclude<keyof typeof en.storage.backends, 'other'>;

function isKnownBackend(backend: string): backend is KnownBackend {
  return backend !== 'other' && Object.hasOwn(en.storage.backends, backend);
}

/** Where secrets rest, in one sentence. */
export function storageText(storage: StorageProtection, t: TFunction): string {
  if (storage.kind !== 'key-store') return t(`storage.${storage.kind}`);
  const backend = isKnownBackend(storage.backend)
    ? t(`storage.backends.${storage.backend}`)
    : t('storage.backends.other', { name: visibleText(storage.backend, 60) });
  return t('storage.key-store', { backend });
}
