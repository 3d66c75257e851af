import { Button, Loader } from '@mantine/core';
import { ShieldPlus } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolCallOutcome } from '../../../shared/domain/tool.ts';
import { visibleText } from '../../../shared/problems.ts';
import { useAnnouncement } from '../../components/announcements.ts';
import { ScopeChips, ScopeExplanations } from '../../components/scopes.tsx';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';

type Phase =
  | { kind: 'asked' }
  | { kind: 'signing-in'; signInId: string }
  /** The sign-in ended otherwise than with this account granting more. */
  | { kind: 'stopped'; otherAccount: boolean }
  | { kind: 'declined' };

/** A server wanted more than was granted in the middle of a call: the person decides, then it runs again once. */
export function StepUpPanel({
  tool,
  serverId,
  accountId,
  outcome: { wantedScopes, newScopes },
  onGranted,
}: {
  tool: string;
  serverId: string;
  accountId: string;
  outcome: Extract<ToolCallOutcome, { kind: 'more-scope' }>;
  onGranted: () => void;
}) {
  const { t } = useTranslation();
  const titleId = useId();
  useAnnouncement(t('tools.stepUp.title', { tool: visibleText(tool, 80) }));
  const begin = useCall('sign-ins.begin');
  const decline = useCall('accounts.decline-scopes');
  const [phase, setPhase] = useState<Phase>({ kind: 'asked' });
  const signInId = phase.kind === 'signing-in' ? phase.signInId : null;
  const signIn = useWorld('signIns', (signIns) => (signInId === null ? undefined : signIns.get(signInId)));
  useOutcome(signInId, signIn?.status ?? null, (status) => {
    if (status?.kind === 'succeeded' && status.accountId === accountId) onGranted();
    else setPhase({ kind: 'stopped', otherAccount: status?.kind === 'succeeded' });
  });

  const held = wantedScopes.filter((scope) => !newScopes.includes(scope));
  const decidable = phase.kind === 'asked' || phase.kind === 'stopped';
  return (
    <section
      className="gh-step-up"
      data-testid="tool-result"
      data-kind="more-scope"
      data-phase={phase.kind}
      aria-labelledby={titleId}
    >
      <h4 id={titleId}>
        <ShieldPlus size={16} aria-hidden="true" />
        <bdi>{t('tools.stepUp.title', { tool: visibleText(tool, 80) })}</bdi>
      </h4>
      {newScopes.length > 0 ? (
        <div className="gh-stack-2">
          <p className="gh-soft gh-small">{t('tools.stepUp.wants')}</p>
          <ScopeExplanations scopes={newScopes} further />
        </div>
      ) : (
        <p className="gh-soft gh-small">{t('tools.stepUp.nothingNew')}</p>
      )}
      {held.length > 0 && (
        <div className="gh-step-up-held">
          <p className="gh-faint gh-small">{t('tools.stepUp.held')}</p>
          <ScopeChips requested={held} granted={held} />
        </div>
      )}
      <div role="status">
        {phase.kind === 'signing-in' && (
          <p className="gh-result-line gh-soft">
            <Loader size={14} aria-hidden="true" />
            {t('tools.stepUp.waiting')}
          </p>
        )}
        {phase.kind === 'stopped' && (
          <p className="gh-soft gh-small">
            {phase.otherAccount ? t('tools.stepUp.otherAccount') : t('tools.stepUp.stopped')}
          </p>
        )}
        {phase.kind === 'declined' && <p className="gh-soft gh-small">{t('tools.stepUp.declined')}</p>}
      </div>
      {decidable && (
        <div className="gh-row-actions">
          <Button
            size="xs"
            loading={begin.isPending}
            data-testid="step-up-grant"
            onClick={() =>
              begin.mutate(
                { serverId, accountId, confirmed: true, extraScopes: wantedScopes },
                { onSuccess: ({ id }) => setPhase({ kind: 'signing-in', signInId: id }) },
              )
            }
          >
            {t('tools.stepUp.grant')}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={decline.isPending}
            data-testid="step-up-not-now"
            onClick={() =>
              decline.mutate(
                { accountId, scopes: newScopes.length > 0 ? newScopes : wantedScopes },
                { onSuccess: () => setPhase({ kind: 'declined' }) },
              )
            }
          >
            {t('tools.stepUp.notNow')}
          </Button>
        </div>
      )}
    </section>
  );
}

type SignInStatus = { kind: 'succeeded'; accountId: string } | { kind: string };

/** Tells once how a sign-in ended; null when it was dismissed before it did. */
function useOutcome(
  signInId: string | null,
  status: SignInStatus | null,
  ended: (status: { kind: 'succeeded'; accountId: string } | null) => void,
): void {
  const seen = useRef<string | null>(null);
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (signInId === null || told.current === signInId) return;
    if (status) seen.current = signInId;
    // Until its first event has come, a sign-in just begun is not known here.
    else if (seen.current !== signInId) return;
    const over = status === null || ['succeeded', 'failed', 'cancelled'].includes(status.kind);
    if (!over) return;
    told.current = signInId;
    ended(status && 'accountId' in status ? status : null);
  });
}
