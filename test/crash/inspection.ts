import type { Core } from '../../src/main/core.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import { problemOf } from '../../src/shared/problems.ts';
import type { Browser } from './browser.ts';
import { callTool, coreOnFolder, openLink } from './core-on-folder.ts';
import type { Observer } from './observer.ts';

/** What is expected of an account when the app starts again. */
export type Expectation =
  | { readonly kind: 'works' }
  /** The issuer renewed its tokens and the answer was lost; `family` is its sign-in's. */
  | { readonly kind: 'revoked'; readonly family: number };

/** The app started again on what a killed process left. */
export class Inspection {
  readonly #core: Core;
  readonly #folder: string;
  readonly #browser: Browser;
  readonly #observer: Observer;
  readonly #ended: { account: Account; family: number }[] = [];

  constructor(folder: string, browser: Browser, observer: Observer) {
    this.#folder = folder;
    this.#browser = browser;
    this.#observer = observer;
    this.#core = this.#newCore();
  }

  get core(): Core {
    return this.#core;
  }

  /** Reads what is stored; no complaint is expected. @returns the accounts as they were stored */
  async load(): Promise<readonly Account[]> {
    await this.#load(this.#core);
    return this.#core.accounts.all();
  }

  start(): Promise<void> {
    return this.#core.start();
  }

  /**
   * Lets every sign-in that was under way go on: by the link that waited for the app, or by opening the browser
   * again.
   * @param expected the sign-ins that can't but go on
   * @returns the account of each
   */
  async finishSignIns(links: readonly string[], expected: readonly string[]): Promise<string[]> {
    const open = this.#core.desk.views();
    for (const id of expected) {
      if (!open.some((view) => view.id === id)) this.#violation(`a sign-in was forgotten: ${id}`);
    }
    const accounts: string[] = [];
    for (const link of open.length > 0 ? links : []) openLink(this.#core, link);
    for (const { id } of open) {
      const { status } = this.#core.desk.views().find((view) => view.id === id) ?? {};
      if (status?.kind === 'waiting-for-browser') await this.#core.desk.openAgain(id).catch(() => undefined);
      const ended = (await this.#core.desk.ended(id))?.status;
      if (ended?.kind === 'succeeded') accounts.push(ended.accountId);
      else this.#violation(`a sign-in did not go on after the restart: ${JSON.stringify(ended)}`);
    }
    return accounts;
  }

  /** Uses and renews an account, and compares with what is expected. */
  async look(account: Account, expectation: Expectation): Promise<void> {
    if (account.state.kind !== 'live') {
      this.#violation(`an account started as ${account.state.kind}: ${account.id}`);
    } else if (expectation.kind === 'works') {
      await this.#expectWorking(account);
    } else {
      await this.#expectRevoked(account, expectation.family);
    }
  }

  /** Starts once more, which must not ask for the tokens of ended accounts, and signs in to them again. */
  async signInAgainToEnded(): Promise<void> {
    const ended = this.#ended.filter(({ account }) => this.#core.accounts.get(account.id));
    if (ended.length === 0) return;
    const asked = ended.map(({ family }) => this.#observer.requestsOf(family));
    await this.#observer.beginRun();
    const core = this.#newCore();
    await this.#load(core);
    await core.start();
    await Promise.all(ended.map(({ account }) => callTool(core, account.serverId, account.id)));
    core.wake();
    for (const [index, { family, account }] of ended.entries()) {
      if (this.#observer.requestsOf(family) !== asked[index]) {
        this.#violation(`the tokens of an ended account were asked for again: ${account.id}`);
      }
      const begun = core.signIn({
        serverId: account.serverId,
        accountId: account.id,
        confirmed: true,
        extraScopes: [],
      });
      const status = (await core.desk.ended(begun.id))?.status;
      if (status?.kind !== 'succeeded' || status.accountId !== account.id) {
        this.#violation(`signing in again failed: ${JSON.stringify(status)}`);
      }
    }
    await core.stop();
  }

  /** Signs out of all but `kept` accounts of each server. */
  async signOutAllBut(kept: number): Promise<void> {
    for (const server of this.#core.servers.all()) {
      for (const { id } of this.#core.accounts.ofServer(server.id).slice(kept)) {
        await this.#core.leaving.signOut(id, { forgetRegistration: false });
      }
    }
  }

  stop(): Promise<void> {
    return this.#core.stop();
  }

  async #expectWorking({ serverId, id }: Account): Promise<void> {
    const problem = await callTool(this.#core, serverId, id);
    if (problem !== null) this.#violation(`a call failed with ${problem}: ${id}`);
    const refused = await this.#refresh(id);
    if (refused !== null) this.#violation(`an account can't be renewed, ${refused}: ${id}`);
  }

  async #expectRevoked({ serverId, id }: Account, family: number): Promise<void> {
    // The old access token may live a little longer.
    await callTool(this.#core, serverId, id);
    const refused = await this.#refresh(id);
    const state = this.#core.accounts.require(id).state.kind;
    if (refused !== 'grant-revoked' || state !== 'revoked') {
      this.#violation(`an account whose renewal was lost is ${state}, renewing says ${refused}: ${id}`);
    }
    const asked = this.#observer.requestsOf(family);
    const problem = await callTool(this.#core, serverId, id);
    if (problem !== 'grant-revoked')
      this.#violation(`a revoked account answers a call with ${problem}: ${id}`);
    await this.#refresh(id);
    this.#core.wake();
    this.#ended.push({ account: this.#core.accounts.require(id), family });
    if (this.#observer.requestsOf(family) !== asked) this.#violation(`a revoked account asked again: ${id}`);
  }

  async #refresh(accountId: string): Promise<string | null> {
    return this.#core.keeper.refreshNow(accountId).then(
      () => null,
      (error: unknown) => problemOf(error).code,
    );
  }

  #newCore(): Core {
    const core: Core = coreOnFolder(this.#folder, (url) =>
      this.#browser.visit(url, (link) => void openLink(core, link)),
    );
    return core;
  }

  async #load(core: Core): Promise<void> {
    for (const { code, params } of await core.load()) {
      this.#violation(`a start complained: ${code} ${JSON.stringify(params)}`);
    }
  }

  #violation(what: string): void {
    this.#observer.violations.push(what);
  }
}
