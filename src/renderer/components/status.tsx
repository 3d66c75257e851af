import { useTranslation } from 'react-i18next';
import type { ConsentStatus } from '../../shared/domain/account.ts';
import type { ConnectionStatus } from '../../shared/domain/connection.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

export const connectionTone: Record<ConnectionStatus, Tone> = {
  disabled: 'idle',
  disconnected: 'idle',
  connecting: 'busy',
  connected: 'good',
  reconnecting: 'busy',
  // The consent status beside it is what asks for something.
  'waiting-for-sign-in': 'idle',
  failed: 'bad',
};

export const consentTone: Record<ConsentStatus, Tone> = {
  'not-needed': 'idle',
  required: 'warn',
  pending: 'busy',
  granted: 'good',
  partial: 'good',
  insufficient: 'warn',
  expired: 'warn',
  revoked: 'bad',
  denied: 'bad',
};

/** A dot whose shape, too, tells the tone: full, ring, pulsing. */
export function Dot({ tone }: { tone: Tone }) {
  return <span className="gh-dot" data-tone={tone} aria-hidden="true" />;
}

export function ConnectionStatusLabel({ status }: { status: ConnectionStatus }) {
  const { t } = useTranslation();
  return (
    <span
      className="gh-status"
      data-tone={connectionTone[status]}
      data-testid="connection-status"
      data-status={status}
    >
      <Dot tone={connectionTone[status]} />
      {t(`connection.${status}`)}
    </span>
  );
}

export function ConsentStatusLabel({ status, short = false }: { status: ConsentStatus; short?: boolean }) {
  const { t } = useTranslation();
  return (
    <span
      className="gh-status"
      data-tone={consentTone[status]}
      data-testid="consent-status"
      data-status={status}
    >
      <Dot tone={consentTone[status]} />
      {short ? t(`consent.short.${status}`) : t(`consent.${status}`)}
    </span>
  );
}
