import { Button } from '@mantine/core';
import { Columns2, Copy, Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Trace } from '../../../shared/domain/trace.ts';
import { notifyDone } from '../../components/notify.tsx';
import { useCall } from '../../state/calls.ts';
import { counterpart } from './trace-pairs.ts';
import { useTraces } from './traces.ts';

/** What can be done with a trace: compare it, copy it, save it. */
export function TraceActions({
  trace,
  compareHref,
}: {
  trace: Trace;
  compareHref: (otherTraceId: string) => string;
}) {
  const { t } = useTranslation();
  const copy = useCall('activity.copy');
  const save = useCall('activity.save');
  const { serverId } = trace;
  const { data: all } = useTraces(serverId);
  const other = all ? counterpart(all, trace) : null;
  const saveAs = (format: 'har' | 'json') =>
    save.mutate(
      { traceId: trace.id, format },
      {
        onSuccess: (outcome) => {
          if (outcome === 'saved') notifyDone(t('activity.saved'));
          if (outcome === 'gone') notifyDone(t('activity.gone'));
        },
      },
    );
  return (
    <div className="gh-trace-actions">
      {other && (
        <Button
          component="a"
          className="gh-link-button"
          href={compareHref(other.id)}
          size="xs"
          variant="default"
          leftSection={<Columns2 size={14} aria-hidden="true" />}
          data-testid="compare-trace"
        >
          {t('activity.compare')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<Copy size={14} aria-hidden="true" />}
        onClick={() =>
          copy.mutate({ traceId: trace.id }, { onSuccess: () => notifyDone(t('activity.copied')) })
        }
      >
        {t('activity.copy')}
      </Button>
      {(['har', 'json'] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          loading={save.isPending && save.variables.format === format}
          leftSection={<Download size={14} aria-hidden="true" />}
          onClick={() => saveAs(format)}
          data-testid={`save-${format}`}
        >
          {t(format === 'har' ? 'activity.saveHar' : 'activity.saveJson')}
        </Button>
      ))}
    </div>
  );
}
