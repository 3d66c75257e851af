import type { Account, GrantState } from '../../shared/domain/account.ts';
import { failure, ProblemError, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import { type Dpop, importDpop } from '../oauth/dpop.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import type { MachineGrantRequest } from '../oauth/machine-grants.ts';
import { refreshTokens, TokenEndpointFailure, type TokenSet } from '../oauth/token-endpoint.ts';
import type { Clock } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import type { AccountSecrets } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccountBook } from './account-book.ts';
import type { RegistrationBook } from './registration-book.ts';

/** A token this close to its end is renewed before use: it must survive the way to the server. */
const EXPIRY_MARGIN_MS = 10_000;
/** Pause after a refresh that failed for a passing reason, doubled each time up to the ceiling. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;

/** What a request to the server carries. */
export interface Authorization {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly dpop: Dpop | null;
}

export interface TokenKeeperDependencies {
  readonly vault: Vault;
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly clock: Clock;
  /** Opens a trace of a refresh of this account. */
  readonly trace: (account: Account) => TraceHandle;
  /** The protocol's view of the world, held to what this account's server may lead to. */
  readonly protocol: (trace: TraceHandle, account: Account) => ProtocolContext | Promise<ProtocolContext>;
  readonly issuer: (context: ProtocolContext, account: Account) => Promise<IssuerMetadata>;
  /** Asks again for tokens that were obtained without a person. */
  readonly machineTokens: (
    context: ProtocolContext,
    account: Account,
    request: MachineGrantRequest,
  ) => Promise<TokenSet>;
  /**
   * Told when the issuer no longer knows our client. Returns true when the registration was dropped, so that
   * a new sign-in registers anew; false when only the person can mend it.
   */
  readonly registrationUnknown: (registrationId: string) => Promise<boolean>;
}

interface Held {
  secrets: AccountSecrets;
  dpop: Dpop | null;
  /** False while the newest tokens could not be written: they must be, before anyone uses them. */
  stored: boolean;
  /** What was in use before, while the newest tokens are not stored. */
  before: Held | null;
}

/** When a refresh may be tried again after one that failed. */
interface Pause {
  readonly until: number;
  readonly lengthMs: number;
  readonly problem: ProblemError;
  /** The issuer named the time (`Retry-After`). */
  readonly asked: boolean;
}

/**
 * The only place tokens come from. One refresh at a time per account, shared by all who wait: a rotating
 * issuer that sees a spent refresh token ends the whole grant (RFC 9700 §4.14.2).
 */
export class TokenKeeper {
  readonly #deps: TokenKeeperDependencies;
  readonly #held = new Map<string, Held>();
  readonly #loading = new Map<string, Promise<Held>>();
  readonly #refreshing = new Map<string, Promise<Held>>();
  readonly #pauses = new Map<string, Pause>();

  constructor(dependencies: TokenKeeperDependencies) {
    this.#deps = dependencies;
  }

  /**
   * A token fit for use now; renewed first when it is about to end.
   * @throws ProblemError `grant-revoked`, `grant-expired`, `refresh-delayed`, `secrets-unreadable`, `account-unknown`
   */
  async authorization(accountId: string): Promise<Authorization> {
    try {
      const held = await (this.#refreshing.get(accountId) ?? this.#hold(accountId));
      if (held.stored && !this.#endsSoon(held.secrets)) return present(held);
      return present(await this.#renew(accountId, null));
    } catch (error) {
      // A failed renewal is no reason to refuse a token that still lives.
      const living = this.#living(accountId);
      if (!living) throw error;
      return present(living);
    }
  }

  /**
   * Told that the server answered 401 to a token. Whoever comes with an older token than the current one
   * gets the current one, not another refresh.
   * @throws ProblemError as {@link authorization}
   */
  async rejected(accountId: string, accessToken: string): Promise<Authorization> {
    return present(await this.#renew(accountId, accessToken));
  }

  /**
   * Renews whatever the token's age, at once: the person asked for it.
   * @throws ProblemError as {@link authorization}, also when the old token still lives; `refresh-not-offered`
   */
  async refreshNow(accountId: string): Promise<void> {
    this.#pauses.delete(accountId);
    await this.refreshAhead(accountId);
  }

  /**
   * Renews whatever the token's age, but not before a pause has ended: the clock asked for it.
   * @throws ProblemError as {@link refreshNow}
   */
  async refreshAhead(accountId: string): Promise<void> {
    const held = await this.#hold(accountId);
    const { issuer, grant } = this.#deps.accounts.require(accountId);
    const { refreshToken, expiresAt, accessToken } = held.secrets;
    const lives = expiresAt === null || expiresAt > this.#deps.clock.now();
    // Wanting to renew is no reason to end a token that lives.
    if (refreshToken === null && grant.machine === undefined && lives) {
      throw failure('refresh-not-offered', { host: hostOf(issuer) });
    }
    await this.#renew(accountId, accessToken);
  }

  /** Ends the pauses nobody asked for: the computer woke up or the network is back. */
  endPauses(): void {
    for (const [accountId, { asked }] of this.#pauses) if (!asked) this.#pauses.delete(accountId);
  }

  /**
   * Takes over tokens just granted. They are on disk before anyone can use them.
   * @throws ProblemError `secrets-not-stored`
   */
  async accept(
    accountId: string,
    label: string,
    tokens: TokenSet,
    dpopKey?: AccountSecrets['dpopKey'],
  ): Promise<void> {
    const secrets = this.#secretsOf(tokens, label, dpopKey);
    await this.#deps.vault.write(accountId, secrets);
    this.#pauses.delete(accountId);
    this.#held.set(accountId, { secrets, dpop: await dpopOf(secrets), stored: true, before: null });
  }

  /** Deletes an account's tokens from memory and the vault; returns them once more, for revocation. */
  async release(accountId: string): Promise<AccountSecrets | null> {
    await this.#refreshing.get(accountId)?.catch(() => undefined);
    const held = await this.#hold(accountId).catch(() => null);
    return held?.secrets ?? null;
  }

  /** Forgets an account for good. */
  async forget(accountId: string): Promise<void> {
    this.#held.delete(accountId);
    this.#pauses.delete(accountId);
    await this.#deps.vault.delete(accountId);
  }

  #endsSoon({ expiresAt }: AccountSecrets): boolean {
    return expiresAt !== null && expiresAt - EXPIRY_MARGIN_MS <= this.#deps.clock.now();
  }

  #hold(accountId: string): Promise<Held> {
    const held = this.#held.get(accountId);
    if (held) return Promise.resolve(held);
    const loading = this.#loading.get(accountId) ?? this.#load(accountId);
    this.#loading.set(accountId, loading);
    const done = () => this.#loading.delete(accountId);
    loading.then(done, done);
    return loading;
  }

  async #load(accountId: string): Promise<Held> {
    const account = this.#deps.accounts.require(accountId);
    const reading = await this.#deps.vault.read(accountId, 'account');
    switch (reading.kind) {
      case 'found': {
        const { secrets } = reading;
        const held = { secrets, dpop: await dpopOf(secrets), stored: true, before: null };
        this.#held.set(accountId, held);
        return held;
      }
      case 'unavailable':
        throw failure('secrets-locked', { label: account.label }, reading.reason);
      case 'unreadable':
      case 'absent':
        await this.#mark(accountId, { kind: 'secrets-lost', at: this.#deps.clock.now() });
        throw failure('secrets-unreadable', { label: account.label });
    }
  }

  /** @param rejected the token the server refused, or null when the current one is about to end */
  async #renew(accountId: string, rejected: string | null): Promise<Held> {
    const running = this.#refreshing.get(accountId);
    if (running) return running;
    const held = await this.#hold(accountId);
    const started = this.#refreshing.get(accountId);
    if (started) return started;
    const current = held.secrets;
    if (held.stored && rejected !== null && current.accessToken !== rejected) return held;
    if (held.stored && rejected === null && !this.#endsSoon(current)) return held;
    const renewal = held.stored ? this.#refresh(accountId, held) : this.#storeAgain(accountId, held);
    this.#refreshing.set(accountId, renewal);
    try {
      return await renewal;
    } finally {
      this.#refreshing.delete(accountId);
    }
  }

  async #refresh(accountId: string, held: Held): Promise<Held> {
    const { clock, accounts } = this.#deps;
    const account = accounts.require(accountId);
    if (account.state.kind === 'revoked') throw failure('grant-revoked', { host: hostOf(account.issuer) });
    const { refreshToken } = held.secrets;
    if (refreshToken === null && account.grant.machine === undefined) {
      await this.#mark(accountId, { kind: 'expired', at: clock.now() });
      throw failure('grant-expired', { host: hostOf(account.issuer) });
    }
    const pause = this.#pauses.get(accountId);
    if (pause && pause.until > clock.now()) throw pause.problem;
    const trace = this.#deps.trace(account);
    trace.learn(refreshToken, held.secrets.accessToken);
    try {
      const tokens = await this.#request(trace, account, held, refreshToken);
      trace.learn(tokens.accessToken, tokens.refreshToken, tokens.idToken);
      const renewed = await this.#adopt(accountId, account, held, tokens);
      trace.succeed();
      return renewed;
    } catch (error) {
      const problem = new ProblemError(trace.fail(problemOf(error)), { cause: error });
      throw await this.#failed(accountId, account, error, problem);
    }
  }

  async #request(
    trace: TraceHandle,
    account: Account,
    held: Held,
    refreshToken: string | null,
  ): Promise<TokenSet> {
    const context = await this.#deps.protocol(trace, account);
    const credentials = await this.#deps.registrations.credentials(account.registrationId);
    if (!credentials) throw failure('client-unknown', { host: hostOf(account.issuer) });
    const issuer = await this.#deps.issuer(context, account);
    const { resource, requestedScopes: scopes } = account.grant;
    const request = { issuer, credentials, resource, ...(held.dpop && { dpop: held.dpop }) };
    return refreshToken === null
      ? this.#deps.machineTokens(context, account, { ...request, scopes })
      : refreshTokens(context, { ...request, refreshToken });
  }

  /** Makes a refresh answer the current tokens: kept in memory at once, on disk before anyone may use it. */
  async #adopt(accountId: string, account: Account, held: Held, tokens: TokenSet): Promise<Held> {
    const secrets = this.#secretsOf(
      // RFC 6749 §6: no new refresh token means the old one stays.
      { ...tokens, refreshToken: tokens.refreshToken ?? held.secrets.refreshToken },
      account.label,
      held.secrets.dpopKey,
    );
    secrets.scopes = tokens.scopes ?? held.secrets.scopes;
    const renewed: Held = { secrets, dpop: held.dpop, stored: false, before: held };
    // The old refresh token may be spent now; whatever happens next, it must not be sent again.
    this.#held.set(accountId, renewed);
    return this.#storeAgain(accountId, renewed);
  }

  async #storeAgain(accountId: string, held: Held): Promise<Held> {
    await this.#deps.vault.write(accountId, held.secrets);
    held.stored = true;
    held.before = null;
    this.#pauses.delete(accountId);
    const { secrets } = held;
    await this.#deps.accounts.change(accountId, (account) => ({
      ...account,
      lastRefreshedAt: secrets.issuedAt,
      state: account.state.kind === 'insufficient' ? account.state : { kind: 'live' },
      grant: {
        ...account.grant,
        grantedScopes: secrets.scopes ?? account.grant.grantedScopes,
        accessTokenExpiresAt: secrets.expiresAt,
        accessTokenIssuedAt: secrets.issuedAt,
        refreshable: secrets.refreshToken !== null || account.grant.machine !== undefined,
      },
    }));
    return held;
  }

  /** What a failed refresh means for the account; returns what those who wait are told. */
  async #failed(
    accountId: string,
    account: Account,
    error: unknown,
    problem: ProblemError,
  ): Promise<ProblemError> {
    const kind = error instanceof TokenEndpointFailure ? error.kind : 'temporary';
    const host = hostOf(account.issuer);
    const at = this.#deps.clock.now();
    switch (kind) {
      case 'grant-invalid': {
        const reason = problem.problem.detail ?? 'invalid_grant';
        await this.#mark(accountId, { kind: 'revoked', at, reason });
        return withTrace(failure('grant-revoked', { host }, problem.problem.detail, error), problem);
      }
      case 'client-invalid':
        if (await this.#deps.registrationUnknown(account.registrationId)) {
          // A refresh token is bound to its client (RFC 6749 §6): without the one, the other is worthless.
          await this.#mark(accountId, { kind: 'revoked', at, reason: 'invalid_client' });
        } else {
          this.#pause(accountId, problem, null, LONGEST_PAUSE_MS);
        }
        return problem;
      case 'refused':
        this.#pause(accountId, problem, null, LONGEST_PAUSE_MS);
        return problem;
      case 'temporary': {
        // A storage failure keeps its own problem: waiting for the network would not help.
        const delayed =
          problem.problem.code === 'secrets-not-stored'
            ? problem
            : withTrace(
                failure('refresh-delayed', { host, reason: problem.message }, problem.problem.detail, error),
                problem,
              );
        this.#pause(accountId, delayed, error instanceof TokenEndpointFailure ? error.retryAfterMs : null);
        return delayed;
      }
    }
  }

  /** The token in use, if it still lives and nobody has ended the grant. */
  #living(accountId: string): Held | null {
    const newest = this.#held.get(accountId);
    const held = newest?.stored ? newest : (newest?.before ?? null);
    const state = this.#deps.accounts.get(accountId)?.state.kind;
    if (!held || (state !== 'live' && state !== 'insufficient')) return null;
    const { expiresAt } = held.secrets;
    return expiresAt !== null && expiresAt > this.#deps.clock.now() ? held : null;
  }

  #pause(accountId: string, problem: ProblemError, askedMs: number | null, leastMs = 0): void {
    const before = this.#pauses.get(accountId)?.lengthMs ?? FIRST_PAUSE_MS / 2;
    const lengthMs = Math.max(Math.min(before * 2, LONGEST_PAUSE_MS), askedMs ?? leastMs);
    const until = this.#deps.clock.now() + lengthMs;
    this.#pauses.set(accountId, { until, lengthMs, problem, asked: askedMs !== null });
  }

  async #mark(accountId: string, state: GrantState): Promise<void> {
    await this.#deps.accounts.change(accountId, (account) => ({ ...account, state }));
  }

  #secretsOf(tokens: TokenSet, label: string, dpopKey: AccountSecrets['dpopKey']): AccountSecrets {
    return {
      kind: 'account',
      accessToken: tokens.accessToken,
      tokenType: tokens.tokenType,
      refreshToken: tokens.refreshToken,
      expiresAt: tokens.expiresAt,
      issuedAt: this.#deps.clock.now(),
      scopes: tokens.scopes,
      label,
      ...(dpopKey && { dpopKey }),
    };
  }
}

function present({ secrets, dpop }: Held): Authorization {
  return { accessToken: secrets.accessToken, tokenType: secrets.tokenType, dpop };
}

async function dpopOf({ dpopKey }: AccountSecrets): Promise<Dpop | null> {
  return dpopKey ? importDpop(dpopKey as Parameters<typeof importDpop>[0]) : null;
}

function withTrace(error: ProblemError, traced: ProblemError): ProblemError {
  return new ProblemError({ ...error.problem, traceId: traced.problem.traceId }, { cause: error.cause });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
