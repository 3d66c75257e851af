import { CircleCheck, CircleSlash, CircleX, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContentBlock, ToolCallOutcome } from '../../../shared/domain/tool.ts';
import { visibleText } from '../../../shared/problems.ts';
import { useAnnouncement } from '../../components/announcements.ts';
import { LongText } from '../../components/long-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { durationText } from '../../i18n/format.ts';
import { ContentBlockView } from '../catalog/content-block.tsx';
import type { JsonSchema } from './schema-form.ts';
import { ALL_KEYWORDS, validate } from './schema-validation.ts';
import { StepUpPanel } from './step-up-panel.tsx';

/** What came of a call: the tool's answer, the tool's own failure, or a problem on the way, told apart. */
export function ToolResult({
  outcome,
  tool,
  outputSchema,
  serverId,
  accountId,
  onRetry,
  onGranted,
}: {
  outcome: ToolCallOutcome;
  /** What the tool promised of its structured result. */
  outputSchema?: JsonSchema | undefined;
  /** Name of the tool, as a person knows it. */
  tool: string;
  serverId: string;
  accountId: string | null;
  onRetry: () => void;
  /** The person granted what the call wanted. */
  onGranted: () => void;
}) {
  const { t } = useTranslation();
  const cancelled = outcome.kind === 'cancelled';
  useAnnouncement(cancelled ? `${t('tools.resultCancelled')}. ${t('tools.resultCancelledText')}` : null);
  if (outcome.kind === 'problem')
    return (
      <div data-testid="tool-result" data-kind="problem">
        <ProblemNotice problem={outcome.problem} context={{ serverId, accountId, onRetry }} />
      </div>
    );
  if (outcome.kind === 'cancelled')
    return (
      <div className="gh-callout gh-result-line" data-testid="tool-result" data-kind="cancelled">
        <CircleSlash size={16} aria-hidden="true" />
        <span>
          <strong className="gh-strong">{t('tools.resultCancelled')}.</strong>{' '}
          <span className="gh-soft">{t('tools.resultCancelledText')}</span>
        </span>
      </div>
    );
  if (outcome.kind === 'more-scope') {
    // Without an account nobody can grant anything, and no server can ask for it.
    if (accountId === null) return null;
    return (
      <StepUpPanel
        tool={tool}
        serverId={serverId}
        accountId={accountId}
        outcome={outcome}
        onGranted={onGranted}
      />
    );
  }
  return <Answered outcome={outcome} outputSchema={outputSchema} serverId={serverId} accountId={accountId} />;
}

type ResultOutcome = Extract<ToolCallOutcome, { kind: 'result' }>;

function Answered({
  outcome: { isError, content, structuredContent, leftOut, durationMs },
  outputSchema,
  serverId,
  accountId,
}: {
  outcome: ResultOutcome;
  outputSchema: JsonSchema | undefined;
  serverId: string;
  accountId: string | null;
}) {
  const { t, i18n } = useTranslation();
  const structured = useMemo(
    () => (structuredContent === undefined ? null : JSON.stringify(structuredContent, null, 2)),
    [structuredContent],
  );
  // Servers repeat the structured result as text for older hosts; once is enough.
  const blocks = useMemo(
    () => (structured === null ? content : content.filter((block) => !repeats(block, structuredContent))),
    [content, structured, structuredContent],
  );
  const empty = blocks.length === 0 && structured === null;
  useAnnouncement(
    isError
      ? `${t('tools.resultToolError')}. ${t('tools.resultToolErrorText')}`
      : t('tools.resultOk', { time: durationText(durationMs, i18n.language) }),
    { urgent: isError },
  );
  return (
    <section
      className="gh-result"
      data-testid="tool-result"
      data-kind={isError ? 'tool-error' : 'result'}
      data-tone={isError ? 'bad' : undefined}
      aria-label={t('tools.result')}
    >
      <div className="gh-result-line">
        {isError ? <CircleX size={16} aria-hidden="true" /> : <CircleCheck size={16} aria-hidden="true" />}
        {isError ? (
          <span>
            <strong className="gh-strong">{t('tools.resultToolError')}.</strong>{' '}
            <span className="gh-soft">{t('tools.resultToolErrorText')}</span>
          </span>
        ) : (
          <span className="gh-soft">
            {t('tools.resultOk', { time: durationText(durationMs, i18n.language) })}
          </span>
        )}
      </div>
      <div className="gh-result-blocks">
        <StructuredNote
          isError={isError}
          structured={structured}
          value={structuredContent}
          outputSchema={outputSchema}
        />
        <LeftOut leftOut={leftOut} />
        {empty && <p className="gh-faint">{t('tools.resultEmpty')}</p>}
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity and never move
          <ContentBlockView key={index} block={block} serverId={serverId} accountId={accountId} />
        ))}
        {structured !== null && (
          <figure>
            <figcaption className="gh-overline">{t('tools.structured')}</figcaption>
            <LongText text={structured} mono />
          </figure>
        )}
      </div>
    </section>
  );
}

function repeats(block: ContentBlock, structured: unknown): boolean {
  if (block.type !== 'text') return false;
  try {
    return JSON.stringify(JSON.parse(block.text)) === JSON.stringify(structured);
  } catch {
    return false;
  }
}

/** Beyond this many characters a check would take longer than it is worth. */
const CHECKED_LIMIT = 200_000;

interface Answer {
  isError: boolean;
  structured: string | null;
  value: unknown;
  outputSchema: JsonSchema | undefined;
}

/** Whether the structured result is what the tool promised (MCP specification, output schema). */
function useStructuredCheck({ isError, structured, value, outputSchema }: Answer) {
  return useMemo(() => {
    if (!outputSchema || isError) return null;
    if (structured === null) return { kind: 'missing' as const };
    if (structured.length > CHECKED_LIMIT) return null;
    const errors = validate(outputSchema, value, ALL_KEYWORDS);
    return errors.length === 0 ? null : { kind: 'wrong' as const, errors: errors.slice(0, 3) };
  }, [outputSchema, isError, structured, value]);
}

function StructuredNote(answer: Answer) {
  const { t } = useTranslation();
  const check = useStructuredCheck(answer);
  if (!check) return null;
  return (
    <p className="gh-result-note" data-testid="structured-note">
      <TriangleAlert size={14} aria-hidden="true" />
      {check.kind === 'missing'
        ? t('tools.structuredMissing')
        : t('tools.structuredWrong', {
            where: check.errors
              .map(({ pointer, keyword }) =>
                t('tools.structuredAt', {
                  pointer: visibleText(pointer, 120) || t('tools.structuredWhole'),
                  keyword,
                }),
              )
              .join(', '),
          })}
    </p>
  );
}

/** What is not shown of an answer, and why. */
function LeftOut({ leftOut }: { leftOut: ResultOutcome['leftOut'] }) {
  const { t } = useTranslation();
  if (!leftOut) return null;
  return (
    <p className="gh-result-note" data-testid="left-out">
      <TriangleAlert size={14} aria-hidden="true" />
      {leftOut.blocks > 0 && t('tools.leftOutBlocks', { count: leftOut.blocks })}
      {leftOut.structuredContent && ` ${t('tools.leftOutStructured')}`}
    </p>
  );
}
