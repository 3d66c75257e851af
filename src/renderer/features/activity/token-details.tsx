import { useTranslation } from 'react-i18next';
import type { ClaimValue, TraceToken } from '../../../shared/domain/trace.ts';
import { visibleText } from '../../../shared/problems.ts';
import { absoluteTime, relativeTime } from '../../i18n/format.ts';
import { Pairs } from './pairs.tsx';

/** What the JWTs of a step say. */
export function TokenDetails({ tokens, at }: { tokens: readonly TraceToken[]; at: number }) {
  const { t, i18n } = useTranslation();
  const shown = (members: Record<string, ClaimValue>) =>
    Object.entries(members).map(
      ([name, value]) => [name, claimText(name, value, at, i18n.language)] as const,
    );
  return (
    <section className="gh-message" aria-label={t('activity.tokens')}>
      <h3>{t('activity.tokens')}</h3>
      <p className="gh-faint gh-small">{t('activity.tokensHint')}</p>
      {tokens.map((token, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step never changes
        <div key={index} className="gh-token" data-testid="token">
          <p>
            <b className="gh-mono">{visibleText(token.place, 80)}</b>{' '}
            <span className="gh-faint">
              {t(`activity.${token.side}`)}, {t(`activity.tokenKinds.${token.kind}`)}
            </span>
          </p>
          <Pairs title={t('activity.tokenHeader')} pairs={shown(token.header)} />
          <Pairs title={t('activity.claims')} pairs={shown(token.claims)} />
          {token.withheld.length > 0 && (
            <p className="gh-withheld">
              {t('activity.withheld')}:{' '}
              <bdi>{token.withheld.map((name) => visibleText(name, 80)).join(', ')}</bdi>
            </p>
          )}
        </div>
      ))}
    </section>
  );
}

/** RFC 7519 §4.1: seconds since the Unix epoch. */
const MOMENTS = new Set(['exp', 'iat', 'nbf', 'auth_time']);
/** The latest moment a Date can hold, in seconds. */
const LAST_MOMENT = 8.64e12;

/** A claim as text; a moment with its day and how far it was from the step. */
function claimText(name: string, value: ClaimValue, at: number, locale: string): string {
  if (typeof value === 'object') return value.join(', ');
  if (typeof value !== 'number' || !MOMENTS.has(name) || Math.abs(value) > LAST_MOMENT) return String(value);
  const moment = value * 1000;
  return `${value} · ${absoluteTime(moment, locale)} · ${relativeTime(moment, at, locale)}`;
}
