import type { EraseReport, SignOutReport, SignOutScope } from '../shared/contract/accounts.ts';
import type { Account } from '../shared/domain/account.ts';
import { problemOf } from '../shared/problems.ts';
import type { AccountBook } from './accounts/account-book.ts';
import type { RegistrationBook } from './accounts/registration-book.ts';
import type { RevocationQueue } from './accounts/revocation-queue.ts';
import type { SignOut, SignOutOptions } from './accounts/sign-out.ts';
import type { PolicyGuard } from './policy/policy-guard.ts';
import type { Features } from './servers/features.ts';
import type { ServerBook } from './servers/server-book.ts';
import type { LocalServers } from './servers/stdio/local-servers.ts';
import type { Supervisor } from './servers/supervisor.ts';
import type { SignInDesk } from './sign-in/sign-in-desk.ts';
import type { TraceHandle, TraceSubject } from './trace/recorder.ts';
import type { Vault } from './vault/vault.ts';

export interface LeavingDependencies {
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly vault: Vault;
  readonly policy: PolicyGuard;
  readonly desk: SignInDesk;
  readonly supervisor: Supervisor;
  readonly features: Features;
  readonly local: LocalServers;
  readonly revocations: RevocationQueue;
  readonly signOut: SignOut;
  readonly trace: (subject: TraceSubject) => TraceHandle;
  /** Deletes everything stored; resolves with the names of files that could not be deleted. */
  readonly eraseStored: () => Promise<string[]>;
}

/** A sign-out that was to be finished later, when there is no later. */
const GIVEN_UP = { revocation: 'failed', registration: null } as const;

/** How accounts, servers and everything go: connections and sign-ins end, issuers are told, then it is deleted. */
export class Leaving {
  readonly #deps: LeavingDependencies;

  constructor(dependencies: LeavingDependencies) {
    this.#deps = dependencies;
  }

  /** @throws ProblemError `account-unknown`, `secrets-not-deleted` */
  async signOut(accountId: string, options: SignOutOptions): Promise<SignOutReport> {
    const { accounts, desk, signOut, supervisor } = this.#deps;
    const { serverId } = accounts.require(accountId);
    desk.dismissOf(accountId);
    const report = await signOut.account(accountId, options);
    await supervisor.accountRemoved(serverId, accountId);
    return report;
  }

  /** Signs out several accounts at once. Never throws: each account has its report. */
  async signOutAll(scope: SignOutScope): Promise<SignOutReport[]> {
    const { accounts, desk, signOut, supervisor } = this.#deps;
    const leaving = accounts.all().filter((account) => isIn(scope, account));
    for (const { id } of leaving) desk.dismissOf(id);
    const reports = await signOut.accounts(
      leaving.map(({ id }) => id),
      { forgetRegistration: true },
    );
    const gone = leaving.filter(({ id }) => !accounts.get(id));
    await Promise.all(gone.map(({ id, serverId }) => supervisor.accountRemoved(serverId, id)));
    return reports;
  }

  /**
   * Signs out all accounts of a server, then removes it. Never throws on what an issuer answers.
   * @throws ProblemError `server-unknown`, `policy-locked`
   */
  async removeServer(serverId: string): Promise<SignOutReport[]> {
    this.#deps.policy.mayGo(this.#deps.servers.require(serverId));
    return this.#removeServer(serverId);
  }

  /**
   * Signs out everywhere, then deletes everything Gatehouse stored, and looks whether it is gone. What an
   * issuer could not confirm now is not kept for later: nothing is.
   */
  async eraseEverything(): Promise<EraseReport> {
    const { servers, desk, revocations, registrations, eraseStored } = this.#deps;
    for (const { id } of servers.all()) await desk.cancelAll(id);
    const signOuts = await this.signOutAll({ kind: 'everything' });
    await revocations.clear();
    for (const { id } of servers.all()) await this.#removeServer(id);
    for (const { id } of registrations.all()) await registrations.drop(id);
    const left = await eraseStored();
    const given = signOuts.map((one) => ({ ...one, ...(one.revocation === 'queued' && GIVEN_UP) }));
    return { signOuts: given, left };
  }

  /** @throws ProblemError when the issuer refuses to delete the registration */
  async forgetRegistration(registrationId: string): Promise<void> {
    const registration = this.#deps.registrations.get(registrationId);
    if (!registration) return;
    const trace = this.#deps.trace({
      kind: 'sign-out',
      title: `Forget the registration at ${new URL(registration.issuer).host}`,
      serverId: null,
      accountId: null,
    });
    try {
      await this.#deps.signOut.registration(registrationId, trace);
      trace.succeed();
    } catch (error) {
      trace.fail(problemOf(error));
      throw error;
    }
  }

  async #removeServer(serverId: string): Promise<SignOutReport[]> {
    const { servers, accounts, registrations, vault, desk, supervisor, features, local } = this.#deps;
    await desk.cancelAll(serverId);
    await supervisor.serverRemoved(serverId);
    const reports = await this.#deps.signOut.accounts(
      accounts.ofServer(serverId).map(({ id }) => id),
      { forgetRegistration: true },
    );
    // Pre-registered clients belong to one server's settings and go with them.
    for (const registration of registrations.all()) {
      if (registration.serverId === serverId) await registrations.drop(registration.id);
    }
    await vault.delete(serverId);
    features.forgetServer(serverId);
    await servers.remove(serverId);
    local.forget(serverId);
    return reports;
  }
}

function isIn(scope: SignOutScope, { id, serverId, issuer }: Account): boolean {
  switch (scope.kind) {
    case 'accounts':
      return scope.accountIds.includes(id);
    case 'server':
      return scope.serverId === serverId;
    case 'issuer':
      return scope.issuer === issuer;
    case 'everything':
      return true;
  }
}
