import { Button } from '@mantine/core';
import { ArrowDown, ArrowUp, Power, PowerOff, RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { BulkFailure } from '../../../shared/contract/servers.ts';
import { problemOf } from '../../../shared/problems.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { notifyDone, notifyProblem } from '../../components/notify.tsx';
import { useCall } from '../../state/calls.ts';
import { selectServers } from '../../state/frame.ts';

const SHOWN_PROBLEMS = 3;

/** What can be done with the servers that are chosen. */
export default function SelectionBar({
  chosen,
  shown,
  onSelect,
  onMove,
}: {
  chosen: readonly string[];
  /** Those in the list now. */
  shown: readonly string[];
  onSelect: (serverIds: readonly string[], on: boolean) => void;
  onMove: (direction: 'up' | 'down') => void;
}) {
  const { t } = useTranslation();
  const bulk = useCall('servers.bulk', { quiet: true });
  const all = shown.length > 0 && shown.every((id) => chosen.includes(id));
  const none = chosen.length === 0 || bulk.isPending;
  const act = (action: 'reconnect' | 'enable' | 'disable') =>
    bulk.mutate(
      { serverIds: [...chosen], action },
      {
        onSuccess: ({ failed }) => tell(failed, () => t(`frame.done.${action}`, { count: chosen.length })),
        onError: (error) => notifyProblem(problemOf(error)),
      },
    );
  return (
    <section className="gh-selection" aria-label={t('frame.selection')} data-testid="selection-bar">
      <div className="gh-selection-line">
        <span role="status" className="gh-small gh-strong">
          {t('frame.selected', { count: chosen.length })}
        </span>
        <span className="gh-grow" />
        <button type="button" className="gh-link" onClick={() => onSelect(shown, !all)}>
          {all ? t('frame.selectNone') : t('frame.selectAll')}
        </button>
      </div>
      <div className="gh-selection-line">
        <IconButton
          label={t('frame.reconnect')}
          variant="default"
          disabled={none}
          onClick={() => act('reconnect')}
        >
          <RotateCw size={15} aria-hidden="true" />
        </IconButton>
        <IconButton
          label={t('server.enable')}
          variant="default"
          disabled={none}
          onClick={() => act('enable')}
        >
          <Power size={15} aria-hidden="true" />
        </IconButton>
        <IconButton
          label={t('server.disable')}
          variant="default"
          disabled={none}
          onClick={() => act('disable')}
        >
          <PowerOff size={15} aria-hidden="true" />
        </IconButton>
        <span className="gh-grow" />
        <IconButton label={t('frame.moveUp')} disabled={none} onClick={() => onMove('up')}>
          <ArrowUp size={15} aria-hidden="true" />
        </IconButton>
        <IconButton label={t('frame.moveDown')} disabled={none} onClick={() => onMove('down')}>
          <ArrowDown size={15} aria-hidden="true" />
        </IconButton>
        <Button size="compact-sm" variant="default" onClick={() => selectServers(false)}>
          {t('frame.selectDone')}
        </Button>
      </div>
    </section>
  );
}

function tell(failed: readonly BulkFailure[], done: () => string): void {
  if (failed.length === 0) notifyDone(done());
  for (const { problem } of failed.slice(0, SHOWN_PROBLEMS)) notifyProblem(problem);
}
