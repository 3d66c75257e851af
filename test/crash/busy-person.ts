import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Core } from '../../src/main/core.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import { problemOf } from '../../src/shared/problems.ts';
import { callTool } from './core-on-folder.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import type { Seeded } from './seeded.ts';

/** Accounts of one server; beyond, sign-ins renew. */
const ACCOUNTS_PER_SERVER = 3;

/** Somebody who uses the core without a pause, and tells the test of it. */
export class BusyPerson {
  readonly #core: Core;
  readonly #random: Seeded;
  readonly #tell: (message: FromProcess) => void;
  /** Accounts in use: what a sign-in is about to replace is not used meanwhile. */
  readonly #busy = new Set<string>();
  /** Accounts whose sign-in has ended. */
  #ready: readonly Account[];

  constructor(core: Core, random: Seeded, tell: (message: FromProcess) => void) {
    this.#core = core;
    this.#random = random;
    this.#tell = tell;
    this.#ready = core.accounts.all();
  }

  /** Renews and uses tokens, one account after the other, for ever. */
  async moveTokens(): Promise<never> {
    for (;;) {
      const account = this.#freeAccount(this.#ready);
      if (!account) {
        await turnOfTheLoop();
        continue;
      }
      await this.#with(account, () =>
        this.#random.weighed<() => Promise<void>>([
          [5, () => this.#core.keeper.refreshNow(account.id)],
          [1, () => this.#call(account)],
          [2, () => this.#callWithRefusedToken(account)],
        ])(),
      );
      this.#tell({ kind: 'deed-done' });
    }
  }

  /** Signs in, to add an account or to renew one, for ever. */
  async signIn(): Promise<never> {
    for (;;) {
      const [one, ...more] = this.#core.servers.all();
      if (!one) throw new Error('there is no server to sign in to');
      const server = this.#random.oneOf([one, ...more]);
      const accounts = this.#core.accounts.ofServer(server.id);
      const renewed = accounts.length < ACCOUNTS_PER_SERVER ? null : this.#freeAccount(accounts);
      if (renewed === undefined) {
        await turnOfTheLoop();
        continue;
      }
      if (renewed === null) await this.#signIn(server.id, null);
      else await this.#with(renewed, () => this.#signIn(server.id, renewed.id));
      this.#ready = this.#core.accounts.all();
      this.#tell({ kind: 'deed-done' });
    }
  }

  async #signIn(serverId: string, accountId: string | null): Promise<void> {
    this.#tell({ kind: 'sign-in-began' });
    const { id } = this.#core.signIn({ serverId, accountId, confirmed: true, extraScopes: [] });
    const status = (await this.#core.desk.ended(id))?.status;
    if (status?.kind === 'succeeded') this.#tell({ kind: 'sign-in-ended', accountId: status.accountId });
    else this.#tell({ kind: 'went-wrong', what: `a sign-in ended with ${JSON.stringify(status)}` });
  }

  async #call({ serverId, id }: Account): Promise<void> {
    const calls = await Promise.all(Array.from({ length: 3 }, () => callTool(this.#core, serverId, id)));
    for (const problem of calls) {
      if (problem !== null) this.#tell({ kind: 'went-wrong', what: `a call ended with ${problem}` });
    }
  }

  async #callWithRefusedToken(account: Account): Promise<void> {
    const server = this.#core.servers.requireRemote(account.serverId);
    const refused = new Promise<void>((resolve) => {
      const listen = (message: ToProcess) => {
        if (message.kind !== 'tokens-refused') return;
        process.off('message', listen);
        resolve();
      };
      process.on('message', listen);
    });
    this.#tell({ kind: 'refuse-tokens', serverUrl: server.url });
    await refused;
    await this.#call(account);
  }

  async #with(account: Account, deed: () => Promise<void>): Promise<void> {
    this.#busy.add(account.id);
    try {
      await deed();
    } catch (error) {
      const { code, detail } = problemOf(error);
      this.#tell({ kind: 'went-wrong', what: `${code} (${detail}) for account ${account.id}` });
    } finally {
      this.#busy.delete(account.id);
    }
  }

  #freeAccount(accounts: readonly Account[]): Account | undefined {
    const [one, ...more] = accounts.filter(({ id }) => !this.#busy.has(id));
    return one && this.#random.oneOf([one, ...more]);
  }
}
