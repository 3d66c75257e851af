import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { LocalServerView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { openApproval } from '../../state/dialogs.ts';
import { CommandView } from '../command/command-view.tsx';
import { ProcessSection } from '../command/process-section.tsx';

/** A local server: its program, what it says, and the command it is started with. */
export default function LocalOverview({
  server,
  connections,
}: {
  server: LocalServerView;
  connections: readonly ConnectionView[];
}) {
  const { t } = useTranslation();
  const [connection] = connections;
  const isApproved = server.approval === server.digest;
  return (
    <div className="gh-stack-6">
      {!server.enabled && (
        <div className="gh-callout">
          <p className="gh-strong">{t('server.disabledTitle')}</p>
          <p className="gh-soft">{t('server.disabledText')}</p>
        </div>
      )}
      {server.enabled && connection?.problem && (
        <ProblemNotice problem={connection.problem} context={{ serverId: server.id }} />
      )}
      <ProcessSection serverId={server.id} />
      <section className="gh-stack-3" aria-labelledby="command-heading">
        <div className="gh-section-head">
          <h2 id="command-heading">{t('command.title')}</h2>
          {isApproved ? (
            <span className="gh-faint gh-small">{t('command.approved')}</span>
          ) : (
            <Button size="compact-sm" variant="subtle" onClick={() => openApproval(server.id)}>
              {t('problem.remedies.approve-command')}
            </Button>
          )}
        </div>
        <CommandView command={server.command} />
      </section>
      <section className="gh-stack-3" aria-labelledby="about-heading">
        <div className="gh-section-head">
          <h2 id="about-heading">{t('server.about')}</h2>
        </div>
        <Facts>
          {connection?.serverName && (
            <Fact name={t('server.calls')}>
              <OutsideText text={connection.serverName} limit={200} />{' '}
              <OutsideText text={connection.serverVersion ?? ''} limit={60} className="gh-faint" />
            </Fact>
          )}
          {connection?.protocolVersion && (
            <Fact name={t('server.protocol')}>
              {t('connection.protocol', { version: visibleText(connection.protocolVersion, 40) })}
            </Fact>
          )}
          <Fact name={t('server.added')}>
            <When at={server.addedAt} />
          </Fact>
        </Facts>
      </section>
    </div>
  );
}
