import { Button } from '@mantine/core';
import { Clock } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RevocationView } from '../../../shared/domain/revocation.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { problemText } from '../../components/problem-text.ts';
import { When } from '../../components/when.tsx';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';
import { hostOf } from '../../state/server-list.ts';

/** Sign-outs their issuers have not confirmed: gone here, perhaps alive there. Nothing, when there are none. */
export function PendingSignOuts() {
  const { t } = useTranslation();
  const titleId = useId();
  const revocations = useWorld('revocations');
  if (revocations.size === 0) return null;
  const oldestFirst = [...revocations.values()].sort((a, b) => a.queuedAt - b.queuedAt);
  return (
    <section className="gh-pending" aria-labelledby={titleId} data-testid="pending-sign-outs">
      <header>
        <Clock size={16} aria-hidden="true" />
        <div>
          <h2 id={titleId}>{t('pending.title')}</h2>
          <p className="gh-soft gh-small">{t('pending.text')}</p>
        </div>
      </header>
      <ul>
        {oldestFirst.map((revocation) => (
          <Pending key={revocation.id} revocation={revocation} />
        ))}
      </ul>
    </section>
  );
}

function Pending({ revocation }: { revocation: RevocationView }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const retry = useCall('revocations.retry');
  const cancel = useCall('revocations.cancel', { quiet: true });
  const { id: revocationId, nextAttemptAt, problem, queuedAt } = revocation;
  const label = visibleText(revocation.label, 80);
  const host = visibleText(hostOf(revocation.issuer), 120);
  const tryNow = () =>
    retry.mutate(
      { revocationId },
      {
        onSuccess: (outcome) => {
          // Otherwise the row says why.
          if (outcome !== 'queued' && outcome !== 'failed')
            notifyDone(t(`signOut.report.revocations.${outcome}`), t('pending.finished', { label }));
        },
      },
    );
  return (
    <li data-testid="pending-sign-out">
      <div className="gh-grow">
        <p>
          <OutsideText text={revocation.label} limit={200} className="gh-strong" />{' '}
          <OutsideText text={host} limit={255} className="gh-soft" />
        </p>
        <p className="gh-faint gh-small">
          {t('pending.since')} <When at={queuedAt} />
          {' · '}
          {nextAttemptAt === null ? (
            t('pending.noNext')
          ) : (
            <>
              {t('pending.next')} <When at={nextAttemptAt} />
            </>
          )}
        </p>
        {problem && (
          <p className="gh-small" data-testid="pending-problem" data-code={problem.code}>
            <bdi>{problemText(problem).sentence}</bdi>
          </p>
        )}
        {revocation.deletesRegistration && (
          <p className="gh-faint gh-small">{t('pending.withRegistration')}</p>
        )}
      </div>
      <div className="gh-row-actions">
        <Button
          size="compact-sm"
          variant="default"
          loading={retry.isPending}
          aria-label={t('pending.tryNowLabel', { label })}
          onClick={tryNow}
          data-testid="revocation-retry"
        >
          {t('pending.tryNow')}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className="gh-quiet-button"
          aria-label={t('pending.giveUpLabel', { label })}
          onClick={() => setAsking(true)}
          data-testid="revocation-cancel"
        >
          {t('pending.giveUp')}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={<bdi>{t('pending.giveUpTitle', { label })}</bdi>}
          confirmLabel={t('pending.giveUpConfirm')}
          cancelLabel={t('pending.keepTrying')}
          pending={cancel.isPending}
          problem={cancel.error ? problemOf(cancel.error) : null}
          testId="revocation-cancel-confirm"
          onConfirm={() => cancel.mutate({ revocationId }, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>{t('pending.giveUpText', { host })}</p>
          {revocation.deletesRegistration && <p>{t('pending.giveUpRegistration')}</p>}
        </ConfirmDialog>
      )}
    </li>
  );
}
