import { setTimeout as pause } from 'node:timers/promises';
import type { Core } from '../../src/main/core.ts';
import { systemRandomness } from '../../src/main/ports.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import { problemOf } from '../../src/shared/problems.ts';
import type { Seeded } from '../crash/seeded.ts';

/** What came of what the person did. */
export interface Deeds {
  calls: number;
  signIns: number;
  /** How often something ended with a problem, by its code. */
  readonly problems: Map<string, number>;
  /** What no fault explains. */
  readonly violations: string[];
}

/** Somebody who uses every account, and signs in again where a grant has ended. */
export class Person {
  readonly deeds: Deeds = { calls: 0, signIns: 0, problems: new Map(), violations: [] };
  readonly #core: Core;
  readonly #random: Seeded;
  /** As whom each account signs in. */
  readonly #users: ReadonlyMap<string, string>;
  readonly #signingIn = new Set<string>();

  constructor(core: Core, random: Seeded, users: ReadonlyMap<string, string>) {
    this.#core = core;
    this.#random = random;
    this.#users = users;
  }

  /** Uses one account after the other until the signal fires. @param paceMs between two deeds */
  async use(paceMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [one, ...more] = this.#core.accounts.all();
      if (!one) throw new Error('no account to use');
      const account = this.#random.oneOf([one, ...more]);
      await this.#deed(account);
      await pause(paceMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Signs in again to what has ended, one after the other, until the signal fires. */
  async tend(paceMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const account of this.#core.accounts.all()) {
        if (!signal.aborted && account.state.kind !== 'live') await this.signInAgain(account);
      }
      await pause(paceMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether the account is live afterwards. */
  async signInAgain({ id, serverId }: Account): Promise<boolean> {
    if (this.#signingIn.has(id)) return false;
    this.#signingIn.add(id);
    try {
      const begun = this.#core.signIn({ serverId, accountId: id, confirmed: true, extraScopes: [] });
      const status = (await this.#core.desk.ended(begun.id))?.status;
      this.#core.desk.dismiss(begun.id);
      if (status?.kind === 'failed') this.#note(status.problem.code, `a sign-in: ${status.problem.detail}`);
      if (status?.kind === 'succeeded') this.deeds.signIns += 1;
      return status?.kind === 'succeeded';
    } finally {
      this.#signingIn.delete(id);
    }
  }

  /** Asks the server who an account is. @returns null when it is whom it should be, else why not */
  async whoIs({ id, serverId }: Account): Promise<string | null> {
    const connection = this.#core.connection(serverId, id);
    const callId = systemRandomness.id();
    const outcome = await this.#core.calls.call(connection, { callId, name: 'whoami', arguments: {} });
    if (outcome.kind === 'cancelled') return 'cancelled';
    if (outcome.kind === 'problem') return outcome.problem.code;
    if (outcome.kind !== 'result' || outcome.isError) return 'the tool failed';
    const { subject } = (outcome.structuredContent ?? {}) as { subject?: unknown };
    if (subject === this.#users.get(id)) return null;
    this.deeds.violations.push(`an account of ${this.#users.get(id)} is ${String(subject)} at the server`);
    return 'somebody else';
  }

  async #deed(account: Account): Promise<void> {
    this.deeds.calls += 1;
    try {
      const connection = this.#core.connection(account.serverId, account.id);
      switch (this.#random.below(12)) {
        case 0:
          await this.#core.features.catalog.tools(connection);
          return;
        case 1:
          await this.#core.features.catalog.resources(connection);
          return;
        case 2:
          await connection.reconnect();
          return;
        default: {
          const problem = await this.whoIs(account);
          if (problem !== null) this.#note(problem, 'a call');
        }
      }
    } catch (error) {
      const { code, detail } = problemOf(error);
      this.#note(code, detail ?? String(error));
    }
  }

  #note(code: string, what: string): void {
    this.deeds.problems.set(code, (this.deeds.problems.get(code) ?? 0) + 1);
    if (code === 'internal') this.deeds.violations.push(`${what} ended with a failure nobody foresaw`);
  }
}
