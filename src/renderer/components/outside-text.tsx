import { visibleText } from '../../shared/problems.ts';
import { visibleLines } from './visible-lines.ts';

/**
 * Text that came from outside, inert: control and direction characters become visible, its own
 * direction can't reach beyond it, its length is bounded, nothing in it becomes a link.
 */
export function OutsideText({
  text,
  limit = 300,
  className = '',
}: {
  text: string;
  limit?: number;
  className?: string;
}) {
  const shown = visibleText(text, limit);
  // Wherever it is cut by the place it stands in, it can still be seen whole.
  return (
    <bdi className={`gh-outside ${className}`} title={shown}>
      {shown}
    </bdi>
  );
}

const LONG_LIMIT = 20_000;

/** Several lines of text from outside. */
export function OutsideLines({
  text,
  limit = LONG_LIMIT,
  mono = false,
}: {
  text: string;
  limit?: number;
  mono?: boolean;
}) {
  return (
    <div dir="auto" className={mono ? 'gh-lines gh-mono' : 'gh-lines'}>
      {visibleLines(text, limit)}
    </div>
  );
}
