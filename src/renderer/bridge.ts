import type { EventName, EventPayload } from '../shared/contract/events.ts';
import type { CallInput, CallName, CallOutput } from '../shared/contract/index.ts';
import { makeProblem, ProblemError } from '../shared/problems.ts';

/** One event of the main process, as a union the compiler can tell apart. */
export type MainEvent = { [Name in EventName]: { name: Name; payload: EventPayload<Name> } }[EventName];

/**
 * Makes a call to the main process.
 * @throws {ProblemError} with the problem the main process answered
 */
export async function call<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
): Promise<CallOutput<Name>> {
  const answer = await window.gatehouse.call(name, input).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : null;
    throw new ProblemError(makeProblem('internal', {}, detail), { cause });
  });
  if (!answer.ok) throw new ProblemError(answer.problem);
  // The router parsed the value with the contract's output schema before it sent it.
  return ('text' in answer ? JSON.parse(answer.text) : answer.value) as CallOutput<Name>;
}

/** Hears every event of the main process; returns the function that stops it. */
export function onEvent(listener: (event: MainEvent) => void): () => void {
  return window.gatehouse.on((name, payload) => listener({ name, payload } as MainEvent));
}
