import { Button } from '@mantine/core';
import { ChevronRight, CircleCheck, Plus } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '../../components/mark.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { Tile } from '../../components/tile.tsx';
import { openAddServer, openImport } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { routeHash, toServer } from '../../state/route.ts';
import { connectionsByServer, indexOfServers, listServers } from '../../state/server-list.ts';
import { rowStatus } from './row-status.ts';

export function Home() {
  const servers = useWorld('servers');
  return servers.size === 0 ? <Welcome /> : <Glance />;
}

/** The empty state: what this is for, and the one thing to do. */
function Welcome() {
  const { t } = useTranslation();
  const storage = useWorld('storage');
  return (
    <div className="gh-welcome">
      <span className="gh-welcome-mark">
        <Mark size={40} />
      </span>
      <h1>{t('home.title')}</h1>
      <p className="gh-welcome-lead">{t('home.lead')}</p>
      <Button size="md" leftSection={<Plus size={17} aria-hidden="true" />} onClick={() => openAddServer()}>
        {t('frame.addServer')}
      </Button>
      <button type="button" className="gh-link gh-welcome-import" onClick={openImport}>
        {t('addServer.import')}
      </button>
      <ol className="gh-welcome-steps">
        {(['add', 'consent', 'keep'] as const).map((step, index) => (
          <li key={step}>
            <span className="gh-welcome-number" aria-hidden="true">
              {index + 1}
            </span>
            <h2>{t(`home.steps.${step}.title`)}</h2>
            <p>{t(`home.steps.${step}.text`)}</p>
          </li>
        ))}
      </ol>
      <p className="gh-faint gh-small">
        {storage.kind === 'memory' ? t('home.privacyMemory') : t('home.privacy')}
      </p>
    </div>
  );
}

/** What needs a person, and nothing else. */
function Glance() {
  const { t, i18n } = useTranslation();
  const servers = useWorld('servers');
  const connections = useDeferredValue(useWorld('connections'));
  const accountCount = useWorld('accounts', (accounts) => accounts.size);
  const order = useWorld('settings', ({ serverOrder }) => serverOrder);
  const index = indexOfServers(servers, i18n.language, order);
  const items = useMemo(() => listServers(index, connectionsByServer(connections), ''), [index, connections]);
  const headings = items.filter((item) => item.kind === 'heading');
  const countOf = (group: string) => headings.find((heading) => heading.group === group)?.count ?? 0;
  const attention = countOf('attention');
  const pressing = items.slice(1, attention + 1);
  const counts = [
    t('home.connectedCount', { connected: countOf('connected'), total: servers.size }),
    t('home.accountsCount', { count: accountCount }),
  ].join(' · ');

  return (
    <div className="gh-page">
      {attention === 0 ? (
        <div className="gh-empty">
          <div className="gh-empty-icon" data-tone="good">
            <CircleCheck size={26} aria-hidden="true" />
          </div>
          <h1>{countOf('others') === 0 ? t('home.allWell') : t('home.pick')}</h1>
          <p>{counts}</p>
        </div>
      ) : (
        <>
          <header className="gh-page-head">
            <h1>{t('home.attention', { count: attention })}</h1>
            <p className="gh-soft">{counts}</p>
          </header>
          <ul className="gh-link-list">
            {pressing.map((item) => {
              if (item.kind !== 'server') return null;
              const { of, tone } = rowStatus(item.status, item.server.consent);
              return (
                <li key={item.server.id}>
                  <a href={routeHash(toServer(item.server.id))}>
                    <Tile name={item.server.name} tone={tone} />
                    <span className="gh-link-list-text">
                      <OutsideText text={item.server.name} className="gh-strong" />
                      <OutsideText text={item.host} className="gh-faint gh-small" />
                    </span>
                    <span className="gh-server-row-status" data-tone={tone}>
                      {of === 'consent'
                        ? t(`consent.short.${item.server.consent}`)
                        : t(`connection.${item.status}`)}
                    </span>
                    <ChevronRight size={16} aria-hidden="true" className="gh-faint" />
                  </a>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </div>
  );
}
