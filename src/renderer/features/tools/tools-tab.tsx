import {
  Button,
  CloseButton,
  NativeSelect,
  Progress,
  SegmentedControl,
  Textarea,
  TextInput,
} from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { ArrowLeft, Play, Plug, Search, Wrench } from 'lucide-react';
import { type FormEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import type { Tool, ToolCallOutcome } from '../../../shared/domain/tool.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { type CallProgress, keys, useWorld } from '../../state/live.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { argumentsOf, type Draft, draftOf, formOf, objectDraft } from './schema-form.ts';
import { type SchemaError, validate } from './schema-validation.ts';
import { ToolForm } from './tool-form.tsx';
import { ToolResult } from './tool-result.tsx';
import './tools.css';

export default function ToolsTab({
  server,
  connections,
}: {
  server: ServerView;
  connections: readonly ConnectionView[];
}) {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const usable = useMemo(
    () =>
      connections
        .filter(({ status }) => status === 'connected')
        .map(({ accountId }) => ({
          accountId,
          label: accountId === null ? '' : visibleText(accounts.get(accountId)?.label ?? '', 100),
        })),
    [connections, accounts],
  );
  const [wanted, setWanted] = useState<string | null>(null);
  const chosen = usable.find(({ accountId }) => accountId === wanted) ?? usable[0];
  const reconnect = useCall('servers.reconnect');
  const troubled = connections.find(({ problem }) => problem);

  if (!chosen) {
    if (troubled?.problem && server.enabled)
      return <ProblemNotice problem={troubled.problem} context={troubled} />;
    const canConnect = server.enabled && server.consent !== 'required';
    return (
      <Empty
        icon={<Plug size={22} aria-hidden="true" />}
        title={t('tools.notConnected')}
        text={t('tools.notConnectedText')}
      >
        {canConnect && (
          <Button
            variant="default"
            loading={reconnect.isPending}
            onClick={() =>
              reconnect.mutate({ serverId: server.id, accountId: connections[0]?.accountId ?? null })
            }
          >
            {t('server.connect')}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <div className="gh-stack-4">
      {usable.length > 1 && (
        <NativeSelect
          className="gh-short"
          size="xs"
          label={t('tools.account')}
          value={chosen.accountId ?? ''}
          data={usable.map(({ accountId, label }) => ({ value: accountId ?? '', label }))}
          onChange={(event) => setWanted(event.currentTarget.value || null)}
        />
      )}
      <Tools key={chosen.accountId ?? ''} serverId={server.id} accountId={chosen.accountId} />
    </div>
  );
}

function Tools({ serverId, accountId }: { serverId: string; accountId: string | null }) {
  const { t } = useTranslation();
  const tools = useQuery({
    queryKey: keys.tools(serverId, accountId),
    queryFn: () => call('tools.list', { serverId, accountId }),
  });
  const [search, setSearch] = useState('');
  const deferred = useDeferredValue(search).toLocaleLowerCase();
  const [chosenName, setChosenName] = useState<string | null>(null);

  if (tools.isError)
    return (
      <ProblemNotice
        problem={problemOf(tools.error)}
        context={{ serverId, accountId, onRetry: () => void tools.refetch() }}
      />
    );
  if (!tools.data) return <PageLoading />;
  if (tools.data.length === 0)
    return <Empty icon={<Wrench size={22} aria-hidden="true" />} title={t('tools.none')} />;

  const shown = tools.data.filter(({ name, title, description }) =>
    `${name}\n${title ?? ''}\n${description ?? ''}`.toLocaleLowerCase().includes(deferred),
  );
  const chosen = tools.data.find(({ name }) => name === chosenName);
  return (
    <div className="gh-tools" data-chosen={chosen ? true : undefined}>
      <div className="gh-tools-list">
        <TextInput
          size="xs"
          aria-label={t('tools.search')}
          placeholder={t('tools.search')}
          leftSection={<Search size={14} aria-hidden="true" />}
          rightSection={
            search && (
              <CloseButton size="xs" aria-label={t('common.clearSearch')} onClick={() => setSearch('')} />
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <p className="gh-faint gh-small" role="status">
          {shown.length === 0
            ? t('tools.noMatch', { search: visibleText(search, 60) })
            : t('tools.count', { count: shown.length })}
        </p>
        <ul>
          {shown.map((tool) => (
            <li key={tool.name}>
              <button
                type="button"
                className="gh-tool-row"
                aria-current={tool.name === chosenName ? 'true' : undefined}
                data-testid={`tool-${tool.name}`}
                onClick={() => setChosenName(tool.name)}
              >
                <OutsideText text={tool.title ?? tool.name} className="gh-tool-row-name" />
                {tool.description && (
                  <bdi className="gh-tool-row-text">{visibleText(firstLine(tool.description), 140)}</bdi>
                )}
              </button>
            </li>
          ))}
        </ul>
      </div>
      {chosen ? (
        <ToolPane
          key={chosen.name}
          tool={chosen}
          serverId={serverId}
          accountId={accountId}
          onBack={() => setChosenName(null)}
        />
      ) : (
        <div className="gh-tools-none">
          <Empty
            icon={<Wrench size={22} aria-hidden="true" />}
            title={t('tools.choose')}
            text={t('tools.chooseText')}
          />
        </div>
      )}
    </div>
  );
}

const firstLine = (text: string) => text.trim().split('\n', 1)[0] ?? '';

type Run =
  | { kind: 'idle' }
  | { kind: 'running'; callId: string }
  | { kind: 'done'; outcome: ToolCallOutcome };

function ToolPane({
  tool,
  serverId,
  accountId,
  onBack,
}: {
  tool: Tool;
  serverId: string;
  accountId: string | null;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const form = useMemo(() => formOf(tool.inputSchema), [tool.inputSchema]);
  const [mode, setMode] = useState<'form' | 'json'>(form ? 'form' : 'json');
  const [draft, setDraft] = useState<Draft>(() => (form ? objectDraft(form, {}) : {}));
  const [json, setJson] = useState('{}');
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const [run, setRun] = useState<Run>({ kind: 'idle' });
  const cancel = useCall('tools.cancel');
  const latest = useRef('');
  const words = useErrorWords();

  const parseJson = (): Record<string, unknown> | string => {
    try {
      const value: unknown = JSON.parse(json);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : t('tools.jsonInvalid', { message: Array.isArray(value) ? '[…]' : String(value) });
    } catch (error) {
      return t('tools.jsonInvalid', { message: error instanceof Error ? error.message : '' });
    }
  };

  const collect = (): Record<string, unknown> | null => {
    const found = new Map<string, string>();
    let value: Record<string, unknown>;
    if (mode === 'json') {
      const parsed = parseJson();
      if (typeof parsed === 'string') {
        setErrors(new Map([['', parsed]]));
        return null;
      }
      value = parsed;
    } else if (form) {
      const result = argumentsOf(form, draft);
      for (const { pointer, key } of result.errors) found.set(pointer, t(`tools.errors.${key}`));
      value = result.value;
    } else return null;
    for (const error of validate(tool.inputSchema, value))
      if (!found.has(error.pointer)) found.set(error.pointer, words(error));
    // Arguments written by hand may be meant to be wrong: who builds a server wants to see its answer.
    if (mode === 'form' && found.size > 0) {
      setErrors(found);
      return null;
    }
    setErrors(new Map());
    return value;
  };

  const start = async () => {
    const value = collect();
    if (!value) return;
    const callId = crypto.randomUUID();
    latest.current = callId;
    setRun({ kind: 'running', callId });
    const outcome = await call('tools.call', {
      serverId,
      accountId,
      callId,
      name: tool.name,
      arguments: value,
    }).catch((error: unknown): ToolCallOutcome => ({ kind: 'problem', problem: problemOf(error) }));
    if (latest.current === callId) setRun({ kind: 'done', outcome });
  };

  const switchMode = (next: string) => {
    setErrors(new Map());
    if (next === 'json' && form) {
      setJson(JSON.stringify(argumentsOf(form, draft).value, null, 2));
      setMode('json');
    } else if (next === 'form' && form) {
      const parsed = parseJson();
      if (typeof parsed === 'string') setErrors(new Map([['', parsed]]));
      else {
        setDraft(draftOf(form, parsed) ?? {});
        setMode('form');
      }
    }
  };

  const noArguments = form?.properties.length === 0;
  return (
    <form
      className="gh-tool"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (run.kind !== 'running') void start();
      }}
    >
      <header>
        <div className="gh-tool-back">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            className="gh-quiet-button"
            leftSection={<ArrowLeft size={14} aria-hidden="true" />}
            onClick={onBack}
          >
            {t('tools.title')}
          </Button>
        </div>
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
              onChange={switchMode}
            />
          )}
        </div>
        {mode === 'form' && form ? (
          noArguments ? (
            <p className="gh-soft gh-small">{t('tools.noArguments')}</p>
          ) : (
            <ToolForm form={form} draft={draft} errors={errors} onChange={setDraft} />
          )
        ) : (
          <Textarea
            label={t('tools.jsonLabel')}
            description={form ? undefined : t('tools.jsonOnly')}
            classNames={{ input: 'gh-code-input' }}
            rows={8}
            spellCheck={false}
            value={json}
            error={errors.get('')}
            onChange={(event) => setJson(event.currentTarget.value)}
          />
        )}
      </div>

      <div className="gh-row-actions">
        <Button
          type="submit"
          size="sm"
          leftSection={<Play size={14} aria-hidden="true" />}
          loading={run.kind === 'running'}
          data-testid="tool-run"
        >
          {t('tools.run')}
        </Button>
        {run.kind === 'running' && (
          <Button
            size="sm"
            variant="default"
            onClick={() => cancel.mutate({ callId: run.callId })}
            data-testid="tool-cancel"
          >
            {t('tools.cancel')}
          </Button>
        )}
        {mode === 'form' && errors.size > 0 && (
          <span className="gh-form-errors" role="alert">
            {t('tools.fixErrors', { count: errors.size })}
          </span>
        )}
      </div>
      {run.kind === 'running' && <CallProgressBar callId={run.callId} />}
      {run.kind === 'done' && (
        <ToolResult
          outcome={run.outcome}
          serverId={serverId}
          accountId={accountId}
          onRetry={() => void start()}
        />
      )}
    </form>
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

function CallProgressBar({ callId }: { callId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery<CallProgress>({ queryKey: keys.progress(callId), queryFn: skipToken });
  if (!data) return null;
  const { progress, total, message } = data;
  const share = total ? Math.min(100, (progress / total) * 100) : null;
  return (
    <div className="gh-stack-2" role="status">
      <Progress.Root size="sm">
        <Progress.Section
          value={share ?? 100}
          animated={share === null}
          aria-label={t('tools.progress')}
          {...(share === null && { 'aria-valuenow': undefined })}
        />
      </Progress.Root>
      <p className="gh-soft gh-small gh-numbers">
        {total !== null ? t('tools.progressOf', { progress, total }) : progress}
        {message && (
          <>
            {' · '}
            <OutsideText text={message} limit={300} />
          </>
        )}
      </p>
    </div>
  );
}

const SAID_KEYWORDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

function useErrorWords(): (error: SchemaError) => string {
  const { t } = useTranslation();
  return ({ keyword, limit, format }) => {
    const measured = SAID_KEYWORDS.find((name) => name === keyword);
    if (measured && limit !== null) return t(`tools.errors.${measured}`, { limit });
    if (keyword === 'format' && format) return t('tools.errors.format', { format: visibleText(format, 40) });
    if (keyword === 'enum' || keyword === 'const') return t('tools.errors.enum');
    if (keyword === 'pattern' || keyword === 'type') return t(`tools.errors.${keyword}`);
    return t('tools.errors.other', { keyword });
  };
}
