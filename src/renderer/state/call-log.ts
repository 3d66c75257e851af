import { useSyncExternalStore } from 'react';
import type { ToolCallOutcome } from '../../shared/domain/tool.ts';
import { problemOf } from '../../shared/problems.ts';
import { call } from '../bridge.ts';

/** Calls kept per server, and those of them whose answers are kept too. */
export const CALLS_KEPT = 50;
export const ANSWERS_KEPT = 5;
/** Servers with calls, and tools with last values, that are kept. */
const SERVERS_KEPT = 50;
const VALUES_KEPT = 500;
/** Characters of arguments kept, as JSON. */
const ARGUMENTS_LIMIT = 100_000;

export type Arguments = Record<string, unknown>;
export type CallEnd = 'result' | 'tool-error' | 'cancelled' | 'more-scope' | 'problem';

/** One call of a tool. Kept in memory only: arguments may hold secrets. */
export interface LoggedCall {
  readonly callId: string;
  readonly serverId: string;
  readonly accountId: string | null;
  readonly tool: string;
  /** Null: too large to keep. */
  readonly arguments: Arguments | null;
  readonly startedAt: number;
  readonly state:
    | { readonly kind: 'running' }
    /** `outcome` is null once newer answers took its place. */
    | { readonly kind: 'ended'; readonly how: CallEnd; readonly outcome: ToolCallOutcome | null };
}

export interface CallRequest {
  serverId: string;
  accountId: string | null;
  tool: string;
  arguments: Arguments;
  /** The person granted more for this call: it does not ask again. */
  afterStepUp: boolean;
}

/** A call to be opened again in its tool's form, and run if wanted. */
export interface WantedCall {
  readonly serverId: string;
  readonly tool: string;
  readonly arguments: Arguments;
  readonly run: boolean;
}

const NONE: readonly LoggedCall[] = [];

/** The calls of each server, newest first, and what each tool was called with last. */
export class CallLog {
  readonly #calls = new Map<string, readonly LoggedCall[]>();
  readonly #values = new Map<string, Arguments>();
  readonly #listeners = new Set<() => void>();
  #wanted: WantedCall | null = null;
  readonly #send: typeof call;
  readonly #now: () => number;

  constructor(send: typeof call, now: () => number) {
    this.#send = send;
    this.#now = now;
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  ofServer(serverId: string): readonly LoggedCall[] {
    return this.#calls.get(serverId) ?? NONE;
  }

  /** What a tool was called with last. */
  lastValues(serverId: string, tool: string): Arguments | null {
    return this.#values.get(valuesKey(serverId, tool)) ?? null;
  }

  forgetValues(serverId: string, tool: string): void {
    this.#values.delete(valuesKey(serverId, tool));
  }

  /** Forgets all about a server that was removed. */
  forgetServer(serverId: string): void {
    this.#calls.delete(serverId);
    for (const key of this.#values.keys()) if (key.startsWith(`${serverId} `)) this.#values.delete(key);
    if (this.#wanted?.serverId === serverId) this.#wanted = null;
    this.#tell();
  }

  /** Asks the tool's form, wherever it is shown next, to take these arguments. */
  want(wanted: WantedCall): void {
    this.#wanted = wanted;
    this.#tell();
  }

  wantedOf(serverId: string, tool: string): WantedCall | null {
    return this.#wanted?.serverId === serverId && this.#wanted.tool === tool ? this.#wanted : null;
  }

  /** The form took it. */
  taken(wanted: WantedCall): void {
    if (this.#wanted === wanted) this.#wanted = null;
  }

  /** Calls a tool and keeps what comes of it; never rejects. Returns the call's identifier at once. */
  start(request: CallRequest): string {
    const { serverId, accountId, tool, arguments: values, afterStepUp } = request;
    const callId = crypto.randomUUID();
    const kept = JSON.stringify(values).length <= ARGUMENTS_LIMIT ? values : null;
    if (kept) this.#remember(serverId, tool, kept);
    const startedAt = this.#now();
    const logged = { callId, serverId, accountId, tool, arguments: kept, startedAt };
    this.#put(serverId, [{ ...logged, state: { kind: 'running' } }, ...this.ofServer(serverId)]);
    void this.#send('tools.call', { serverId, accountId, callId, name: tool, arguments: values, afterStepUp })
      .catch((error: unknown): ToolCallOutcome => ({ kind: 'problem', problem: problemOf(error) }))
      .then((outcome) => this.#ended(serverId, callId, outcome));
    return callId;
  }

  #ended(serverId: string, callId: string, outcome: ToolCallOutcome): void {
    if (!this.#calls.has(serverId)) return;
    const how = outcome.kind === 'result' && outcome.isError ? 'tool-error' : outcome.kind;
    const calls = this.ofServer(serverId).map(
      (one): LoggedCall => (one.callId === callId ? { ...one, state: { kind: 'ended', how, outcome } } : one),
    );
    this.#put(serverId, calls);
  }

  /** Keeps the newest calls; of answers, which may be large, only the newest few. */
  #put(serverId: string, calls: readonly LoggedCall[]): void {
    let answers = 0;
    const kept = calls.slice(0, CALLS_KEPT).map((one): LoggedCall => {
      if (one.state.kind === 'running' || one.state.outcome === null) return one;
      answers += 1;
      return answers <= ANSWERS_KEPT ? one : { ...one, state: { ...one.state, outcome: null } };
    });
    putNewest(this.#calls, serverId, kept, SERVERS_KEPT);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #remember(serverId: string, tool: string, values: Arguments): void {
    putNewest(this.#values, valuesKey(serverId, tool), values, VALUES_KEPT);
  }
}

const valuesKey = (serverId: string, tool: string) => `${serverId} ${tool}`;

/** Puts an entry last, and drops the first ones beyond the limit. */
function putNewest<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= limit) return;
    map.delete(oldest);
  }
}

export const callLog = new CallLog(call, () => Date.now());

/** The calls of a server, newest first. */
export function useCallLog(serverId: string): readonly LoggedCall[] {
  return useSyncExternalStore(callLog.subscribe, () => callLog.ofServer(serverId));
}
