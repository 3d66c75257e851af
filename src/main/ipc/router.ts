import type { CallContract } from '../../shared/contract/define.ts';
import {
  type CallAnswer,
  type CallName,
  type CallOutput,
  type CrossingAnswer,
  callContracts,
  type ParsedInput,
} from '../../shared/contract/index.ts';
import { makeProblem, problemOf } from '../../shared/problems.ts';
import { jsonSize } from '../servers/json-size.ts';

/** One handler per contract: it gets the parsed input and returns, or throws a ProblemError. */
export type Handlers = {
  readonly [Name in CallName]: (input: ParsedInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

/**
 * Largest input accepted. Measured without writing it down: a few shared lists in one another are small on
 * the channel and gigabytes as JSON.
 */
const INPUT_BOUNDS = { characters: 1_000_000, depth: 100 };

/**
 * Answers calls by name. A name outside the contract, an input its schema refuses and a failing handler
 * all come back as a problem. Outputs pass their schema too: a member the contract does not name never leaves.
 */
export function createRouter(
  handlers: Handlers,
): (name: unknown, input: unknown) => Promise<CallAnswer<unknown>> {
  return async (name, input) => {
    if (typeof name !== 'string' || !Object.hasOwn(callContracts, name)) {
      return refusal('unknown call');
    }
    const contract = callContracts[name as CallName];
    try {
      if (jsonSize(input, INPUT_BOUNDS) === null) return refusal('input too large');
      const parsed = contract.input.safeParse(input);
      if (!parsed.success)
        return refusal(`input of ${name}: ${parsed.error.issues[0]?.message ?? 'invalid'}`);
      const handler = handlers[name as CallName] as (input: unknown) => unknown;
      return { ok: true, value: contract.output.parse(await handler(parsed.data)) };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  };
}

/** The router at the end of the channel: some values cross as text, see `asText` of their contract. */
export function crossing(
  route: (name: unknown, input: unknown) => Promise<CallAnswer<unknown>>,
): (name: unknown, input: unknown) => Promise<CrossingAnswer> {
  const contracts: Readonly<Record<string, CallContract>> = callContracts;
  return async (name, input) => {
    const answer = await route(name, input);
    // What the router answers has passed the contract of this name.
    const asText = answer.ok && contracts[String(name)]?.asText;
    return asText ? { ok: true, text: JSON.stringify(answer.value) } : answer;
  };
}

function refusal(detail: string): CallAnswer<unknown> {
  return { ok: false, problem: makeProblem('internal', {}, detail) };
}
