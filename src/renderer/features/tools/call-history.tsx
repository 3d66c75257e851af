import { Button } from '@mantine/core';
import { Ban, Check, LoaderCircle, RotateCw, ShieldPlus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { When } from '../../components/when.tsx';
import { type CallEnd, callLog, type LoggedCall, useCallLog } from '../../state/call-log.ts';
import { navigate, toItem } from '../../state/route.ts';
import '../activity/activity.css';

const icons = {
  running: LoaderCircle,
  result: Check,
  'tool-error': X,
  cancelled: Ban,
  'more-scope': ShieldPlus,
  problem: X,
} as const satisfies Record<CallEnd | 'running', unknown>;

const tones = {
  running: 'busy',
  result: 'good',
  'tool-error': 'bad',
  cancelled: 'idle',
  'more-scope': 'warn',
  problem: 'bad',
} as const satisfies Record<CallEnd | 'running', string>;

/** The calls of a server, or of one of its tools, newest first; each can be opened or run again. */
export function CallHistory({ serverId, tool = null }: { serverId: string; tool?: string | null }) {
  const { t } = useTranslation();
  const log = useCallLog(serverId);
  const calls = tool === null ? log : log.filter((one) => one.tool === tool);
  if (calls.length === 0) return null;
  return (
    <section className="gh-calls" aria-label={t('calls.title')} data-testid="call-history">
      <h3 className="gh-overline">
        {t('calls.title')} <span className="gh-faint">· {t('calls.text')}</span>
      </h3>
      <ul className="gh-link-list">
        {calls.map((one) => (
          <CallRow key={one.callId} call={one} />
        ))}
      </ul>
    </section>
  );
}

function CallRow({ call }: { call: LoggedCall }) {
  const { t } = useTranslation();
  const how = call.state.kind === 'running' ? 'running' : call.state.how;
  const Icon = icons[how];
  const again = (run: boolean) => {
    if (!call.arguments) return;
    callLog.want({ serverId: call.serverId, tool: call.tool, arguments: call.arguments, run });
    navigate(toItem(call.serverId, 'tools', { key: call.tool, accountId: call.accountId }));
  };
  const name = visibleText(call.tool, 80);
  return (
    <li className="gh-call-row">
      <span className="gh-outcome" data-tone={tones[how]}>
        <Icon size={13} strokeWidth={2.6} aria-hidden="true" />
      </span>
      <span className="gh-link-list-text">
        <OutsideText text={call.tool} limit={80} className="gh-strong" />
        <span className="gh-faint gh-small gh-call-arguments">
          {t(`calls.outcomes.${how}`)} · <When at={call.startedAt} /> ·{' '}
          <ArgumentsPreview values={call.arguments} />
        </span>
      </span>
      {call.arguments && (
        <span className="gh-row-actions">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('calls.openLabel', { tool: name })}
            onClick={() => again(false)}
          >
            {t('calls.open')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<RotateCw size={12} aria-hidden="true" />}
            aria-label={t('calls.repeatLabel', { tool: name })}
            onClick={() => again(true)}
            data-testid="repeat-call"
          >
            {t('calls.repeat')}
          </Button>
        </span>
      )}
    </li>
  );
}

function ArgumentsPreview({ values }: { values: LoggedCall['arguments'] }) {
  const { t } = useTranslation();
  if (!values) return t('calls.tooLarge');
  const json = JSON.stringify(values);
  return json === '{}' ? t('calls.noArguments') : <OutsideText text={json} limit={120} className="gh-mono" />;
}
