import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tool } from '../../../shared/domain/tool.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { type Arguments, callLog, useCallLog } from '../../state/call-log.ts';
import { useCall } from '../../state/calls.ts';
import { keys } from '../../state/live.ts';
import { BackToList } from '../catalog/two-panes.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import { type EntryMode, useArgumentEntry } from './argument-entry.ts';
import { CallHistory } from './call-history.tsx';
import { CallProgressBar } from './call-progress.tsx';
import { ToolForm } from './tool-form.tsx';
import { ToolResult } from './tool-result.tsx';

interface Place {
  serverId: string;
  accountId: string | null;
  onBack: () => void;
}

/** One tool. Lists come without schemas: the tool that is opened is asked for. */
export function OpenedTool({ name, ...place }: Place & { name: string }) {
  const { serverId, accountId } = place;
  const tool = useQuery({
    queryKey: [...keys.catalog(serverId, accountId, 'tools'), name],
    queryFn: () => call('tools.get', { serverId, accountId, name }),
  });
  if (tool.isError)
    return (
      <ProblemNotice
        problem={problemOf(tool.error)}
        context={{ serverId, accountId, onRetry: () => void tool.refetch() }}
      />
    );
  return tool.data ? <ToolPane tool={tool.data} {...place} /> : <PageLoading />;
}

function ToolPane({ tool, serverId, accountId, onBack }: Place & { tool: Tool }) {
  const { t } = useTranslation();
  const [remembered, setRemembered] = useState(() => callLog.lastValues(serverId, tool.name));
  const entry = useArgumentEntry(tool.inputSchema, remembered, tool.schemaLeftOut);
  const [asking, setAsking] = useState<Arguments | null>(null);
  const log = useCallLog(serverId);
  const [startedId, setStartedId] = useState<string | null>(null);
  const cancel = useCall('tools.cancel');
  const isThisCall = (one: { tool: string; accountId: string | null }) =>
    one.tool === tool.name && one.accountId === accountId;
  const shown = log.find((one) => (startedId ? one.callId === startedId : isThisCall(one)));
  const running = shown?.state.kind === 'running' ? shown : null;
  const outcome = shown?.state.kind === 'ended' ? shown.state.outcome : null;

  const run = (values: Arguments, afterStepUp = false) => {
    setAsking(null);
    setStartedId(callLog.start({ serverId, accountId, tool: tool.name, arguments: values, afterStepUp }));
  };
  const { destructiveHint, readOnlyHint } = tool.annotations ?? {};
  // What the person confirmed once, for this very call, needs no second question.
  const askOrRun = (values: Arguments) =>
    destructiveHint && !readOnlyHint ? setAsking(values) : run(values);
  const start = () => {
    const values = entry.collect();
    if (values) askOrRun(values);
  };

  const wanted = useSyncExternalStore(callLog.subscribe, () => callLog.wantedOf(serverId, tool.name));
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken once, when it is wanted
  useEffect(() => {
    if (!wanted) return;
    callLog.taken(wanted);
    setRemembered(null);
    entry.fill(wanted.arguments);
    if (wanted.run) askOrRun(wanted.arguments);
  }, [wanted]);

  const forget = () => {
    callLog.forgetValues(serverId, tool.name);
    setRemembered(null);
    entry.fill(null);
  };

  return (
    <form
      className="gh-tool"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (!running) start();
      }}
    >
      <ToolHead tool={tool} onBack={onBack} />
      <ArgumentFields tool={tool} entry={entry} />
      {remembered && Object.keys(remembered).length > 0 && (
        <p className="gh-faint gh-small">
          {t('tools.remembered')}{' '}
          <button type="button" className="gh-link" onClick={forget} data-testid="start-empty">
            {t('tools.startEmpty')}
          </button>
        </p>
      )}

      <div className="gh-row-actions">
        <Button
          type="submit"
          size="sm"
          leftSection={<Play size={14} aria-hidden="true" />}
          loading={running !== null}
          data-testid="tool-run"
        >
          {t('tools.run')}
        </Button>
        {running && (
          <Button
            size="sm"
            variant="default"
            onClick={() => cancel.mutate({ callId: running.callId })}
            data-testid="tool-cancel"
          >
            {t('tools.cancel')}
          </Button>
        )}
        {entry.mode === 'form' && entry.errors.size > 0 && (
          <span className="gh-form-errors" role="alert">
            {t('tools.fixErrors', { count: entry.errors.size })}
          </span>
        )}
      </div>
      {running && <CallProgressBar callId={running.callId} />}
      {outcome && (
        <ToolResult
          key={shown?.callId}
          outcome={outcome}
          tool={tool.title ?? tool.name}
          outputSchema={tool.outputSchema}
          serverId={serverId}
          accountId={accountId}
          onRetry={start}
          onGranted={() => run(shown?.arguments ?? entry.collect() ?? {}, true)}
        />
      )}
      <CallHistory serverId={serverId} tool={tool.name} />
      {asking && (
        <ConfirmDialog
          title={<bdi>{t('tools.confirmTitle', { tool: visibleText(tool.title ?? tool.name, 80) })}</bdi>}
          confirmLabel={t('tools.confirmRun')}
          testId="confirm-run"
          onConfirm={() => run(asking)}
          onClose={() => setAsking(null)}
        >
          <p>{t('tools.confirmText')}</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

function ToolHead({ tool, onBack }: { tool: Tool; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <header>
      <BackToList label={t('tools.title')} onBack={onBack} />
      <h2 className="gh-tool-title">
        <OutsideText text={tool.title ?? tool.name} />
      </h2>
      {tool.title && <OutsideText text={tool.name} className="gh-mono gh-faint gh-small" />}
      <Annotations tool={tool} />
      <div className="gh-tool-description">
        {tool.description ? (
          <OutsideLines text={tool.description} limit={5000} />
        ) : (
          <p className="gh-faint">{t('tools.noDescription')}</p>
        )}
      </div>
    </header>
  );
}

function ArgumentFields({ tool, entry }: { tool: Tool; entry: ReturnType<typeof useArgumentEntry> }) {
  const { t } = useTranslation();
  const { form, mode, draft, json, errors } = entry;
  const noArguments = form?.properties.length === 0;
  const jsonOnly = tool.schemaLeftOut ? t('tools.schemaLeftOut') : t('tools.jsonOnly');
  return (
    <div className="gh-stack-3">
      <div className="gh-section-head">
        <h3>{t('tools.arguments')}</h3>
        {form && !noArguments && (
          <SegmentedControl
            size="xs"
            aria-label={t('tools.input')}
            value={mode}
            data={[
              { value: 'form', label: t('tools.form') },
              { value: 'json', label: t('tools.json') },
            ]}
            onChange={(next) => entry.switchTo(next as EntryMode)}
          />
        )}
      </div>
      {mode === 'form' && form ? (
        noArguments ? (
          <p className="gh-soft gh-small">{t('tools.noArguments')}</p>
        ) : (
          <ToolForm form={form} draft={draft} errors={errors} onChange={entry.setDraft} />
        )
      ) : (
        <Textarea
          label={t('tools.jsonLabel')}
          description={form ? undefined : jsonOnly}
          classNames={{ input: 'gh-code-input' }}
          rows={8}
          spellCheck={false}
          value={json}
          error={errors.get('')}
          onChange={(event) => entry.setJson(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function Annotations({ tool }: { tool: Tool }) {
  const { t } = useTranslation();
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations ?? {};
  const hints = [
    readOnlyHint && t('tools.annotations.readOnly'),
    destructiveHint && !readOnlyHint && t('tools.annotations.destructive'),
    idempotentHint && !readOnlyHint && t('tools.annotations.idempotent'),
    openWorldHint && t('tools.annotations.openWorld'),
  ].filter((hint): hint is Exclude<typeof hint, false | undefined> => Boolean(hint));
  if (hints.length === 0) return null;
  return (
    <p className="gh-tool-hints" data-destructive={(destructiveHint && !readOnlyHint) || undefined}>
      {hints.join(' · ')} <span className="gh-faint">({t('tools.annotations.note')})</span>
    </p>
  );
}
