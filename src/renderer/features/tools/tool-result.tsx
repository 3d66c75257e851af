import { Button } from '@mantine/core';
import { CircleCheck, CircleSlash, CircleX, FileText, Link2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContentBlock, ToolCallOutcome } from '../../../shared/domain/tool.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { durationText } from '../../i18n/format.ts';

/** What came of a call: the tool's answer, the tool's own failure, or a problem on the way, told apart. */
export function ToolResult({
  outcome,
  serverId,
  accountId,
  onRetry,
}: {
  outcome: ToolCallOutcome;
  serverId: string;
  accountId: string | null;
  onRetry: () => void;
}) {
  const { t, i18n } = useTranslation();
  if (outcome.kind === 'problem')
    return (
      <div data-testid="tool-result" data-kind="problem">
        <ProblemNotice problem={outcome.problem} context={{ serverId, accountId, onRetry }} />
      </div>
    );
  if (outcome.kind === 'cancelled')
    return (
      <div
        className="gh-callout gh-result-line"
        data-testid="tool-result"
        data-kind="cancelled"
        role="status"
      >
        <CircleSlash size={16} aria-hidden="true" />
        <span>
          <strong className="gh-strong">{t('tools.resultCancelled')}.</strong>{' '}
          <span className="gh-soft">{t('tools.resultCancelledText')}</span>
        </span>
      </div>
    );
  const { isError, content, structuredContent, durationMs } = outcome;
  const structured = structuredContent === undefined ? null : JSON.stringify(structuredContent, null, 2);
  // Servers repeat the structured result as text for older hosts; once is enough.
  const blocks =
    structured === null ? content : content.filter((block) => !repeats(block, structuredContent));
  return (
    <section
      className="gh-result"
      data-testid="tool-result"
      data-kind={isError ? 'tool-error' : 'result'}
      data-tone={isError ? 'bad' : undefined}
      aria-label={t('tools.result')}
    >
      <div className="gh-result-line" role="status">
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
        {blocks.length === 0 && structured === null && <p className="gh-faint">{t('tools.resultEmpty')}</p>}
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity and never move
          <Block key={index} block={block} />
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

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const SHOWN_IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const PLAYED_AUDIO = /^audio\/(mpeg|mp3|wav|x-wav|ogg|webm|aac|flac|mp4)$/;

function Block({ block }: { block: ContentBlock }) {
  const { t } = useTranslation();
  switch (block.type) {
    case 'text':
      return <LongText text={block.text} />;
    case 'image':
      // SVG can carry script and outside references; only pixels are shown.
      return SHOWN_IMAGES.has(block.mimeType) && BASE64.test(block.data) ? (
        <img
          className="gh-result-image"
          src={`data:${block.mimeType};base64,${block.data}`}
          alt={t('tools.imageAlt', { mimeType: block.mimeType })}
        />
      ) : (
        <NotShown kind={t('tools.image')} mimeType={block.mimeType} />
      );
    case 'audio':
      return PLAYED_AUDIO.test(block.mimeType) && BASE64.test(block.data) ? (
        // biome-ignore lint/a11y/useMediaCaption: a tool's answer brings no captions
        <audio controls src={`data:${block.mimeType};base64,${block.data}`} aria-label={t('tools.audio')} />
      ) : (
        <NotShown kind={t('tools.audio')} mimeType={block.mimeType} />
      );
    case 'resource_link':
      return (
        <div className="gh-result-resource">
          <Link2 size={15} aria-hidden="true" />
          <div>
            <p className="gh-overline">{t('tools.link')}</p>
            <p>
              <OutsideText text={block.name} className="gh-strong" />
            </p>
            <p>
              <OutsideText text={block.uri} limit={1000} className="gh-mono gh-small" />
            </p>
            {block.description && <OutsideLines text={block.description} limit={2000} />}
          </div>
        </div>
      );
    case 'resource':
      return (
        <div className="gh-result-resource">
          <FileText size={15} aria-hidden="true" />
          <div className="gh-grow">
            <p className="gh-overline">
              {t('tools.resource')}
              {block.mimeType && <> · {visibleText(block.mimeType, 80)}</>}
            </p>
            <p>
              <OutsideText text={block.uri} limit={1000} className="gh-mono gh-small" />
            </p>
            {block.text !== undefined && <LongText text={block.text} mono />}
          </div>
        </div>
      );
    case 'unknown':
      return (
        <figure>
          <figcaption className="gh-overline">{t('tools.other')}</figcaption>
          <LongText text={block.json} mono />
        </figure>
      );
  }
}

function NotShown({ kind, mimeType }: { kind: string; mimeType: string }) {
  const { t } = useTranslation();
  return (
    <p className="gh-soft gh-small">
      {kind}: {t('tools.notShown', { mimeType: visibleText(mimeType, 80) })}
    </p>
  );
}

const FIRST = 4000;
const MOST = 200_000;

function LongText({ text, mono = false }: { text: string; mono?: boolean }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const long = text.length > FIRST;
  return (
    <div className={mono ? 'gh-code' : 'gh-result-text'}>
      <OutsideLines text={text} limit={all ? MOST : FIRST} mono={mono} />
      {long && !all && (
        <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
          {t('tools.showAll')}
        </Button>
      )}
    </div>
  );
}
