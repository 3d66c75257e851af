import type { Elicitation } from '../../../shared/domain/elicitation.ts';

/**
 * The question to show: the oldest the person still has to do something about, else the oldest that only waits
 * for its server; null when there is none.
 */
export function nextQuestion(questions: Iterable<Elicitation>): Elicitation | null {
  const oldest = [...questions].sort((a, b) => a.askedAt - b.askedAt);
  return oldest.find((one) => !isWaiting(one)) ?? oldest[0] ?? null;
}

/** Nothing is left to do but wait: the page is open, and the server says when it is done. */
export function isWaiting({ question }: Elicitation): boolean {
  return question.mode === 'url' && question.opened && question.announced;
}
