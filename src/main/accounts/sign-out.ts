import type { SignOutReport } from '../../shared/contract/accounts.ts';
import type { Account } from '../../shared/domain/account.ts';
import type { Registration } from '../../shared/domain/registration.ts';
import { describeProblem, type Problem, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import { deleteRegistration } from '../oauth/registration-management.ts';
import type { Clock } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import type { QueuedRevocation } from '../vault/secrets.ts';
import type { AccountBook } from './account-book.ts';
import type { RegistrationBook } from './registration-book.ts';
import type { RevocationOutcome, RevocationQueue } from './revocation-queue.ts';
import type { TokenKeeper } from './token-keeper.ts';

/** Sign-outs at different issuers that run at once. */
const ISSUERS_AT_ONCE = 4;

export interface SignOutDependencies {
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly keeper: TokenKeeper;
  readonly queue: RevocationQueue;
  readonly clock: Clock;
  readonly trace: (account: Account) => TraceHandle;
  /** The protocol's view of the world, held to what the subject's server may lead to. */
  readonly protocol: (trace: TraceHandle, subject: Registration) => Promise<ProtocolContext>;
  readonly issuer: (context: ProtocolContext, issuer: string) => Promise<IssuerMetadata>;
  /** Whether a sign-in at this issuer is under way: its registration is needed then. */
  readonly signInOpenAt: (issuer: string) => boolean;
}

export interface SignOutOptions {
  /** Also delete our own registration at the issuer when no other account uses it. */
  readonly forgetRegistration: boolean;
}

/** Takes consent back: here at once, and at the issuer now or as soon as it can be reached (RFC 7009, RFC 7592). */
export class SignOut {
  readonly #deps: SignOutDependencies;

  constructor(dependencies: SignOutDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Deletes an account here and takes its tokens back at its issuer. What is to be taken back is written down
   * before anything is deleted, so that neither a crash nor a missing network loses it. The report says what
   * the issuer confirmed.
   * @throws ProblemError `account-unknown`; `secrets-not-deleted`, and then the account is still shown
   */
  async account(accountId: string, options: SignOutOptions): Promise<SignOutReport> {
    return (await this.#account(accountId, options, null)).report;
  }

  /** @param unreachable why the issuer could not be asked a moment ago: it is asked later */
  async #account(accountId: string, options: SignOutOptions, unreachable: Problem | null) {
    const { accounts, keeper, queue } = this.#deps;
    const account = accounts.require(accountId);
    const trace = this.#deps.trace(account);
    const leaving = await this.#leaving(account, options, trace);
    let queued: string | null = null;
    let notWritten: Problem | null = null;
    if (leaving.entry) {
      try {
        queued = await queue.add(leaving.entry);
      } catch (error) {
        // A full disk is no reason to stay signed in; what can't be written down has this one chance.
        notWritten = trace.redactProblem(problemOf(error));
        trace.note('What is to be taken back could not be written down: it is tried once.');
      }
    }
    await keeper.forget(accountId);
    await accounts.remove(accountId);
    if (leaving.drop) await this.#deps.registrations.drop(account.registrationId);
    const outcome =
      queued !== null && unreachable
        ? queue.postpone(queued, unreachable)
        : await this.#takeBack(leaving, queued, trace);
    const report = reportOf(account, leaving, outcome, notWritten);
    if (report.revocation === 'failed') trace.cancel();
    else trace.succeed();
    return { report, outcome };
  }

  /** Signs out several accounts, those of one issuer one after another. Never throws: each has its report. */
  async accounts(accountIds: readonly string[], options: SignOutOptions): Promise<SignOutReport[]> {
    const { accounts } = this.#deps;
    const known = accountIds.flatMap((id) => accounts.get(id) ?? []);
    const byIssuer = [...Map.groupBy(known, ({ issuer }) => issuer).values()];
    const reports: SignOutReport[] = [];
    const worker = async () => {
      for (let group = byIssuer.pop(); group; group = byIssuer.pop()) {
        // An issuer that does not answer now keeps the person waiting once, not once per account.
        let unreachable: Problem | null = null;
        for (const { id, label } of group) {
          try {
            const { report, outcome } = await this.#account(id, options, unreachable);
            reports.push(report);
            if (outcome?.revocation === 'queued') unreachable = outcome.problem;
          } catch (error) {
            const detail = describeProblem(problemOf(error)).sentence;
            reports.push({ accountId: id, label, revocation: 'failed', registration: null, detail });
          }
        }
      }
    };
    await Promise.all(Array.from({ length: ISSUERS_AT_ONCE }, worker));
    return reports;
  }

  /**
   * Deletes a registration at its issuer where it offers that (RFC 7592 §2.3), then here.
   * @throws ProblemError when the issuer refused; the registration is then still here
   */
  async registration(registrationId: string, trace: TraceHandle): Promise<void> {
    const { registrations } = this.#deps;
    const registration = registrations.get(registrationId);
    if (!registration) return;
    const management = await registrations.management(registrationId);
    if (management) {
      const context = await this.#deps.protocol(trace, registration);
      await deleteRegistration(context, {
        issuer: await this.#deps.issuer(context, registration.issuer),
        registrationClientUri: management.uri,
        registrationAccessToken: management.accessToken,
      });
    } else {
      trace.note('The issuer offers no way to delete a registration; it is forgotten here only.');
    }
    await registrations.drop(registrationId);
  }

  async #takeBack({ entry }: Leaving, queued: string | null, trace: TraceHandle) {
    const { queue } = this.#deps;
    if (queued !== null) return queue.attempt(queued, trace);
    return entry && queue.once(entry, trace);
  }

  async #leaving(account: Account, options: SignOutOptions, trace: TraceHandle): Promise<Leaving> {
    const { keeper, registrations, clock } = this.#deps;
    const secrets = await keeper.release(account.id);
    trace.learn(
      secrets?.accessToken,
      secrets?.refreshToken,
      ...(secrets?.replaced ?? []).map(({ token }) => token),
    );
    const registration = registrations.get(account.registrationId);
    const credentials = await registrations.credentials(account.registrationId);
    const last = options.forgetRegistration && this.#lastUserOf(account, registration);
    const management = last ? await registrations.management(account.registrationId) : null;
    // A grant the issuer has ended holds nothing that could be taken back.
    const tokens = secrets && account.state.kind !== 'revoked' ? secrets : null;
    const base = { last, drop: management !== null };
    const replaced = secrets?.replaced ?? [];
    if (!tokens && !management && replaced.length === 0) return { ...base, entry: null, reason: null };
    if (!credentials) return { ...base, entry: null, reason: 'The client registration is gone.' };
    const { clientId, authentication, clientSecret, privateKey } = credentials;
    const entry: QueuedRevocation = {
      kind: 'revocation',
      label: account.label,
      issuer: account.issuer,
      serverId: account.serverId,
      queuedAt: clock.now(),
      accessToken: tokens?.accessToken ?? null,
      refreshToken: tokens?.refreshToken ?? null,
      replaced,
      client: {
        clientId,
        authentication,
        ...(clientSecret !== undefined && { clientSecret }),
        ...(privateKey !== undefined && { privateKey: { ...privateKey } }),
      },
      registration: management,
    };
    return { ...base, entry, reason: null };
  }

  #lastUserOf(account: Account, registration: Registration | undefined): boolean {
    if (registration?.kind !== 'dynamic' || this.#deps.signInOpenAt(registration.issuer)) return false;
    return !this.#deps.accounts
      .all()
      .some(({ id, registrationId }) => registrationId === registration.id && id !== account.id);
  }
}

/** What an account leaves behind at its issuer. */
interface Leaving {
  /** What is to be taken back; null when there is nothing, or nothing that can be. */
  readonly entry: QueuedRevocation | null;
  /** Why it can't be. */
  readonly reason: string | null;
  /** The last account of a registration the issuer made for us. */
  readonly last: boolean;
  /** Whether the registration goes with it. */
  readonly drop: boolean;
}

function reportOf(
  { id, label }: Account,
  leaving: Leaving,
  outcome: RevocationOutcome | null,
  notWritten: Problem | null,
): SignOutReport {
  const base = { accountId: id, label };
  // An issuer without RFC 7592 can't be told: our client stays there, and here for the next sign-in.
  const unmanaged = leaving.last && !leaving.drop ? ('kept' as const) : null;
  if (outcome === null) {
    const revocation = leaving.reason === null ? 'nothing-to-revoke' : 'failed';
    return { ...base, revocation, registration: unmanaged, detail: leaving.reason };
  }
  const { revocation, registration, problem } = outcome;
  const why = problem && (notWritten ?? problem);
  return {
    ...base,
    revocation,
    registration: registration ?? unmanaged,
    detail: why && describeProblem(why).sentence,
  };
}
