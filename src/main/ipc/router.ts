import {
  type CallAnswer,
  type CallName,
  type CallOutput,
  callContracts,
  type ParsedInput,
} from '../../shared/contract/index.ts';
import { makeProblem, problemOf } from '../../shared/problems.ts';

/** One handler per contract: it gets the parsed input and returns, or throws a ProblemError. */
export type Handlers = {
  readonly [Name in CallName]: (input: ParsedInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

/** Largest input accepted, in characters of its JSON. */
const INPUT_LIMIT = 1_000_000;

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
      if ((JSON.stringify(input)?.length ?? 0) > INPUT_LIMIT) return refusal('input too large');
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

function refusal(detail: string): CallAnswer<unknown> {
  return { ok: false, problem: makeProblem('internal', {}, detail) };
}
