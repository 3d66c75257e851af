import { Button } from '@mantine/core';
import { ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalServerView } from '../../../shared/domain/snapshot.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { closeApproval, useApprovalRequest } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { CommandView } from './command-view.tsx';

/** Shows the command of a local server and asks whether it may run. */
export default function ApprovalDialog() {
  const serverId = useApprovalRequest();
  const server = useWorld('servers', (servers) => (serverId ? servers.get(serverId) : undefined));
  if (server?.kind !== 'local') return null;
  return <Approval key={server.id} server={server} />;
}

function Approval({ server }: { server: LocalServerView }) {
  const { t } = useTranslation();
  // What is approved is what was read: a change in the meantime must not slip in under the pointer.
  const [shown, setShown] = useState(server);
  const approve = useCall('servers.approve-command', { quiet: true });
  const hasChanged = shown.digest !== server.digest;
  const name = visibleText(server.name, 100);
  return (
    <Dialog title={t('approval.title')} size={640} onClose={closeApproval}>
      <div className="gh-stack-4" data-testid="approval-dialog">
        <div className="gh-callout" data-tone="warn">
          <p className="gh-approval-risk">
            <ShieldAlert size={18} aria-hidden="true" />
            <span>
              <strong>{t('approval.risk', { name })}</strong> {t('approval.riskMore')}
            </span>
          </p>
        </div>
        <CommandView command={shown.command} />
        <p className="gh-faint gh-small">{t('approval.exactly')}</p>
        {hasChanged && (
          <div className="gh-callout gh-stack-2" role="alert">
            <p className="gh-strong">{t('approval.changed')}</p>
            <Button size="xs" variant="default" onClick={() => setShown(server)}>
              {t('approval.showChange')}
            </Button>
          </div>
        )}
        {approve.error && <ProblemNotice problem={problemOf(approve.error)} />}
        <div className="gh-dialog-actions">
          <Button variant="default" onClick={closeApproval} data-autofocus>
            {t('approval.notNow')}
          </Button>
          <Button
            loading={approve.isPending}
            disabled={hasChanged}
            data-testid="approve-command"
            onClick={() =>
              approve.mutate({ serverId: server.id, digest: shown.digest }, { onSuccess: closeApproval })
            }
          >
            {t('approval.approve')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
