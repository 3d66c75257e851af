import { Tooltip, VisuallyHidden } from '@mantine/core';
import { Ban, Check, CircleDashed, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { en } from '../i18n/en.ts';
import { OutsideText } from './outside-text.tsx';
import { compareScopes, type ScopeKind } from './scope-comparison.ts';

type KnownScope = keyof typeof en.scopes.meanings;

/** Those the words explain. A record, so that none is forgotten; the words themselves are loaded by language. */
const explained: Readonly<Record<KnownScope, true>> = {
  openid: true,
  profile: true,
  email: true,
  phone: true,
  address: true,
  offline_access: true,
  'mcp:tools': true,
  'mcp:resources': true,
  'mcp:prompts': true,
  mcp: true,
  repo: true,
  'read:user': true,
  'user:email': true,
  'read:org': true,
};

function isKnown(scope: string): scope is KnownScope {
  return Object.hasOwn(explained, scope);
}

const kindIcon = { granted: Check, withheld: Ban, extra: Plus, wanted: CircleDashed } as const;

function ScopeChip({ scope, kind }: { scope: string; kind: ScopeKind }) {
  const { t } = useTranslation();
  const Icon = kindIcon[kind];
  const meaning = isKnown(scope) ? t(`scopes.meanings.${scope}`) : null;
  return (
    <Tooltip label={meaning ? `${meaning} · ${t(`scopes.kinds.${kind}`)}` : t(`scopes.kinds.${kind}`)}>
      <li className="gh-chip" data-kind={kind}>
        <Icon size={12} aria-hidden="true" />
        <OutsideText text={scope} limit={120} />
        <VisuallyHidden>{t(`scopes.kinds.${kind}`)}</VisuallyHidden>
        {kind !== 'granted' && (
          <span className="gh-chip-note" aria-hidden="true">
            {t(`scopes.kinds.${kind}`)}
          </span>
        )}
      </li>
    </Tooltip>
  );
}

/** Scopes asked and granted, differences visible. */
export function ScopeChips({
  requested,
  granted,
  wanted = [],
}: {
  requested: string[] | null;
  granted: string[] | null;
  wanted?: readonly string[];
}) {
  const { t } = useTranslation();
  const scopes = compareScopes({ requestedScopes: requested, grantedScopes: granted }, wanted);
  if (scopes.length === 0) return <p className="gh-soft gh-small">{t('account.noScopes')}</p>;
  return (
    <ul className="gh-chips" aria-label={t('scopes.title')}>
      {scopes.map(({ scope, kind }) => (
        <ScopeChip key={scope} scope={scope} kind={kind} />
      ))}
    </ul>
  );
}

/** Scopes about to be asked, each with its meaning where one is known. */
export function ScopeExplanations({
  scopes,
  further = false,
  hasPage = true,
}: {
  scopes: readonly string[];
  /** They come on top of what was granted before. */
  further?: boolean;
  /** False when no consent page will explain them. */
  hasPage?: boolean;
}) {
  const { t } = useTranslation();
  const Icon = further ? Plus : Check;
  const known = scopes.filter(isKnown);
  const unknown = scopes.filter((scope) => !isKnown(scope));
  return (
    <div className="gh-stack-2">
      {known.length > 0 && (
        <ul className="gh-scope-list" data-further={further || undefined}>
          {known.map((scope) => (
            <li key={scope}>
              <Icon size={14} aria-hidden="true" />
              <span>{t(`scopes.meanings.${scope}`)}</span>
              <span className="gh-chip" data-kind="plain">
                <OutsideText text={scope} limit={120} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {unknown.length > 0 && (
        <>
          <ul className="gh-chips" aria-label={t('scopes.title')}>
            {unknown.map((scope) => (
              <li key={scope} className="gh-chip" data-kind="plain">
                <OutsideText text={scope} limit={120} />
              </li>
            ))}
          </ul>
          {hasPage && (
            <p className="gh-faint gh-small">
              {known.length > 0 ? t('scopes.unknown') : t('scopes.unknownAll')}
            </p>
          )}
        </>
      )}
    </div>
  );
}
