import { Button } from '@mantine/core';
import { Check, CircleAlert, Globe, SquareTerminal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { useWorld } from '../../state/live.ts';
import { hostOf } from '../../state/server-list.ts';
import type { ListedServer } from '../command/server-entry.ts';
import { alreadyAdded } from './already-added.ts';
import './choice.css';

/** The servers of a snippet that holds several: one after the other is chosen, looked at and added. */
export function ServerChoice({
  servers,
  onChoose,
  onOpen,
}: {
  servers: readonly ListedServer[];
  onChoose: (index: number) => void;
  /** Shows a server that is in the list already. */
  onOpen: (serverId: string) => void;
}) {
  const { t } = useTranslation();
  const known = useWorld('servers');
  return (
    <ul className="gh-choice" aria-label={t('addServer.found')} data-testid="server-choice">
      {servers.map((server, index) => {
        const existing = server.kind === 'unreadable' ? undefined : alreadyAdded(known.values(), server);
        const Icon = icons[server.kind];
        const name = server.name?.trim() || placeOf(server);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same text is the same list
          <li key={index}>
            <Icon size={17} aria-hidden="true" />
            <span className="gh-choice-text">
              <OutsideText text={name} limit={100} className="gh-strong" />
              <span className="gh-faint gh-small">
                {server.kind === 'unreadable' ? (
                  t(`addServer.unreadable.${server.error}`, { what: visibleText(server.what, 100) })
                ) : (
                  <OutsideText text={placeOf(server)} limit={160} />
                )}
              </span>
            </span>
            {existing ? (
              <span className="gh-choice-actions">
                <span className="gh-choice-added">
                  <Check size={14} aria-hidden="true" />
                  {t('addServer.inList')}
                </span>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`${t('addServer.openExisting')}: ${visibleText(name, 60)}`}
                  onClick={() => onOpen(existing.id)}
                >
                  {t('addServer.openExisting')}
                </Button>
              </span>
            ) : (
              server.kind !== 'unreadable' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('addServer.choose')}: ${visibleText(name, 60)}`}
                  data-testid={`choose-${index}`}
                  onClick={() => onChoose(index)}
                >
                  {t('addServer.choose')}
                </Button>
              )
            )}
          </li>
        );
      })}
    </ul>
  );
}

const icons = { address: Globe, command: SquareTerminal, unreadable: CircleAlert } as const;

function placeOf(server: ListedServer): string {
  switch (server.kind) {
    case 'address':
      return hostOf(server.url);
    case 'command':
      return [server.fields.program, ...server.fields.arguments].join(' ');
    case 'unreadable':
      return '…';
  }
}
