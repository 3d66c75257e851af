import type { Account, StepUpMemory } from '../../shared/domain/account.ts';

/** How often the person is asked within an hour, per account. */
export const ASKED_PER_HOUR = 3;
const HOUR_MS = 3_600_000;
const REMEMBERED_DECLINES = 200;

/** Whether the person is asked when a server wants more scopes in the middle of a call. */
export type StepUpDecision =
  | { kind: 'ask'; newScopes: string[] }
  /** The person said no to one of them before; only the person takes that up again. */
  | { kind: 'declined'; scopes: string[] }
  | { kind: 'too-often'; until: number };

/**
 * Decides from what is remembered (MCP authorization, step-up flow: clients limit retries).
 * @param wanted scopes of the challenge
 * @param now milliseconds since the Unix epoch
 */
export function decideStepUp(
  { grant, stepUps }: Account,
  wanted: readonly string[],
  now: number,
): StepUpDecision {
  const declined = stepUps?.declined.map(({ scope }) => scope) ?? [];
  const refused = wanted.filter((scope) => declined.includes(scope));
  if (refused.length > 0) return { kind: 'declined', scopes: refused };
  const recent = (stepUps?.askedAt ?? []).filter((at) => at > now - HOUR_MS && at <= now);
  const oldest = recent.at(-ASKED_PER_HOUR);
  if (oldest !== undefined) return { kind: 'too-often', until: oldest + HOUR_MS };
  const granted = new Set(grant.grantedScopes);
  return { kind: 'ask', newScopes: wanted.filter((scope) => !granted.has(scope)) };
}

/** The memory after the person was asked. */
export function afterAsking(memory: StepUpMemory | undefined, now: number): StepUpMemory {
  return {
    askedAt: [...(memory?.askedAt ?? []), now].slice(-ASKED_PER_HOUR),
    declined: memory?.declined ?? [],
  };
}

/** The memory after the person said no. */
export function afterDeclining(
  memory: StepUpMemory | undefined,
  scopes: readonly string[],
  now: number,
): StepUpMemory {
  const others = (memory?.declined ?? []).filter(({ scope }) => !scopes.includes(scope));
  const declined = [...others, ...scopes.map((scope) => ({ scope, at: now }))].slice(-REMEMBERED_DECLINES);
  return { askedAt: memory?.askedAt ?? [], declined };
}

/** The memory after a grant: what was granted is declined no longer. */
export function afterGranting(
  memory: StepUpMemory | undefined,
  granted: readonly string[] | null,
): StepUpMemory | undefined {
  if (!memory) return undefined;
  const declined = memory.declined.filter(({ scope }) => !granted?.includes(scope));
  return { askedAt: memory.askedAt, declined };
}
