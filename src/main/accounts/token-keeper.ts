import type { Account, GrantState } from '../../shared/domain/account.ts';
import { failure, ProblemError, problemOf } from '../../shared/problems.ts';
import type { Dpop } from '../oauth/dpop.ts';
import type { TokenSet } from '../oauth/token-endpoint.ts';
import type { AccountSecrets } from '../vault/secrets.ts';
import type { AccountBook } from './account-book.ts';
import {
  type HeldTokens,
  hasEnded,
  heldTokens,
  isRenewable,
  renewedState,
  replacedBy,
  secretsOf,
} from './held-tokens.ts';
import { IssuerLines } from './issuer-lines.ts';
import { RefreshPauses } from './refresh-pauses.ts';
import { hostOf, type RenewalOutcome, TokenRenewal, type TokenRenewalDependencies } from './token-renewal.ts';
import { type TokenStore, TokensInMemory } from './tokens-in-memory.ts';

/** What a request to the server carries. */
export interface Authorization {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly dpop: Dpop | null;
}

export interface TokenKeeperDependencies extends TokenRenewalDependencies {
  readonly vault: TokenStore;
  readonly accounts: Pick<AccountBook, 'get' | 'require' | 'change'>;
}

/**
 * The only place tokens come from. One thing at a time per account, shared by all who wait: a rotating issuer
 * that sees a spent refresh token ends the whole grant (RFC 9700 §4.14.2).
 */
export class TokenKeeper {
  readonly #deps: TokenKeeperDependencies;
  readonly #renewal: TokenRenewal;
  readonly #pauses: RefreshPauses;
  readonly #tokens: TokensInMemory;
  readonly #lines = new IssuerLines();
  /** The renewal, or the taking over of new tokens, that is under way. */
  readonly #busy = new Map<string, Promise<HeldTokens>>();
  /** Accounts that are being signed out: what is renewed now would outlive them. */
  readonly #leaving = new Set<string>();
  #stopped = false;

  constructor(dependencies: TokenKeeperDependencies) {
    this.#deps = dependencies;
    this.#renewal = new TokenRenewal(dependencies);
    this.#pauses = new RefreshPauses(dependencies.clock);
    const lost = (accountId: string) =>
      this.#mark(accountId, { kind: 'secrets-lost', at: dependencies.clock.now() });
    this.#tokens = new TokensInMemory({ ...dependencies, lost });
  }

  /**
   * A token fit for use now; renewed first when it is about to end or was refused. Nobody waits for a renewal
   * ahead of time.
   * @throws ProblemError `grant-revoked`, `grant-expired`, `issuer-moved`, `client-unknown`, `refresh-delayed`,
   * `token-refused`, `secrets-not-stored`, `secrets-unreadable`, `secrets-locked`, `account-unknown`
   */
  async authorization(accountId: string): Promise<Authorization> {
    refuseEnded(this.#deps.accounts.require(accountId));
    await this.#tokens.load(accountId);
    try {
      return present(this.#fit(accountId) ?? (await this.#renew(accountId)));
    } catch (error) {
      // A failed renewal is no reason to refuse a token that still lives.
      const living = this.#tokens.living(accountId);
      if (!living) throw error;
      return present(living);
    }
  }

  /**
   * Told that the server answered 401 to a token, which is then never handed out again. Whoever comes with an
   * older token than the current one gets the current one, not another refresh.
   * @throws ProblemError as {@link authorization}
   */
  async rejected(accountId: string, accessToken: string): Promise<Authorization> {
    const newest = await this.#tokens.load(accountId);
    for (const held of [newest, newest.before]) {
      if (held?.secrets.accessToken === accessToken) held.refused = true;
    }
    return this.authorization(accountId);
  }

  /**
   * Renews whatever the token's age, at once: the person asked for it.
   * @throws ProblemError as {@link authorization}, also when the old token still lives; `refresh-not-offered`
   */
  async refreshNow(accountId: string): Promise<void> {
    this.#pauses.end(accountId);
    await this.refreshAhead(accountId);
  }

  /**
   * Renews whatever the token's age, but not before a pause has ended: the clock asked for it.
   * @throws ProblemError as {@link refreshNow}
   */
  async refreshAhead(accountId: string): Promise<void> {
    const { secrets } = this.#tokens.newest(accountId) ?? (await this.#tokens.load(accountId));
    const account = this.#deps.accounts.require(accountId);
    // Wanting to renew is no reason to end a token that lives.
    if (!isRenewable(account, secrets) && !hasEnded(secrets, this.#deps.clock.now())) {
      throw failure('refresh-not-offered', { host: hostOf(account.issuer) });
    }
    await this.#renew(accountId);
  }

  /** Ends the pauses nobody asked for: the computer woke up or the network is back. */
  endPauses(): void {
    this.#pauses.endUnasked();
  }

  /**
   * Takes over tokens just granted. They are on disk before anyone can use them.
   * @throws ProblemError `secrets-not-stored`; what was held before still is
   */
  async accept(account: Account, tokens: TokenSet, dpopKey?: AccountSecrets['dpopKey']): Promise<void> {
    const accountId = account.id;
    // A renewal under way would put the old grant in the place of the new one.
    while (this.#busy.has(accountId)) await this.#idle(accountId);
    await this.#alone(accountId, async () => {
      const before = await this.#tokens.load(accountId).catch(() => null);
      const kept = { dpopKey, replaced: replacedBy(before?.secrets ?? null) };
      const held = await heldTokens(secretsOf(tokens, account, this.#deps.clock.now(), kept));
      await this.#deps.vault.write(accountId, held.secrets);
      this.#pauses.end(accountId);
      this.#leaving.delete(accountId);
      this.#tokens.put(accountId, held);
      return held;
    });
  }

  /** The tokens of an account that is about to go, to be revoked. From now on they are renewed no more. */
  async release(accountId: string): Promise<AccountSecrets | null> {
    this.#leaving.add(accountId);
    await this.#idle(accountId);
    const held = await this.#tokens.load(accountId).catch(() => null);
    return held?.secrets ?? null;
  }

  /**
   * Forgets an account for good, in memory and in the vault.
   * @throws ProblemError `secrets-not-deleted`
   */
  async forget(accountId: string): Promise<void> {
    this.#leaving.add(accountId);
    try {
      await this.#idle(accountId);
      this.#tokens.delete(accountId);
      this.#pauses.end(accountId);
      await this.#deps.vault.delete(accountId);
    } finally {
      this.#leaving.delete(accountId);
    }
  }

  /**
   * Begins no renewal any more. Resolves when those under way have ended and their tokens are stored: an
   * answer nobody waits for would be a lost grant where refresh tokens rotate.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#busy.size > 0) await Promise.allSettled(this.#busy.values());
  }

  /** Resolves when what is under way for an account has ended, however it ended. */
  async #idle(accountId: string): Promise<void> {
    await this.#busy.get(accountId)?.catch(() => undefined);
  }

  /** The tokens in use, when nothing has to happen before their use. */
  #fit(accountId: string): HeldTokens | null {
    const held = this.#tokens.inUse(accountId);
    // Tokens whose storing failed are stored first; nobody waits for a first try under way.
    const unstored = this.#tokens.newest(accountId)?.stored === false && !this.#busy.has(accountId);
    return held && !unstored && this.#tokens.isFit(accountId, held) ? held : null;
  }

  /** Renews, or joins what is under way. */
  #renew(accountId: string): Promise<HeldTokens> {
    return (
      this.#busy.get(accountId) ??
      this.#alone(accountId, async () => {
        const held = this.#tokens.newest(accountId);
        if (!held) throw failure('account-unknown');
        if (held.stored) return this.#refresh(accountId, held);
        const stored = await this.#store(accountId, held);
        return this.#tokens.isFit(accountId, stored) ? stored : this.#refresh(accountId, stored);
      })
    );
  }

  /** Runs the one thing that may be under way for an account. */
  #alone(accountId: string, work: () => Promise<HeldTokens>): Promise<HeldTokens> {
    const done = work().finally(() => this.#busy.delete(accountId));
    this.#busy.set(accountId, done);
    return done;
  }

  /** @param again whether the tokens were renewed a moment ago */
  async #refresh(accountId: string, held: HeldTokens, again = false): Promise<HeldTokens> {
    const account = this.#deps.accounts.require(accountId);
    refuseEnded(account);
    if (!isRenewable(account, held.secrets)) {
      this.#mark(accountId, { kind: 'expired', at: this.#deps.clock.now() });
      throw failure('grant-expired', { host: hostOf(account.issuer) });
    }
    const paused = this.#pauses.problem(accountId);
    if (paused) throw paused;
    const outcome = await this.#lines.take(account.issuer, async () => {
      const host = hostOf(account.issuer);
      if (this.#leaving.has(accountId)) throw failure('account-unknown');
      if (this.#stopped) throw failure('refresh-delayed', { host, reason: 'Gatehouse is closing' });
      return this.#renewal.ask(account, held);
    });
    switch (outcome.kind) {
      case 'tokens': {
        const renewed = await this.#adopt(account, held, outcome);
        // The computer may have slept while the answer was on its way, longer than the new token lives.
        const tooLate = hasEnded(renewed.secrets, this.#deps.clock.now());
        return tooLate && !again ? this.#refresh(accountId, renewed, true) : renewed;
      }
      case 'over':
        this.#mark(accountId, outcome.state);
        throw outcome.problem;
      case 'later':
        this.#pauses.begin(accountId, outcome.problem, outcome.askedMs, outcome.leastMs);
        throw outcome.problem;
    }
  }

  /** Makes a refresh answer the current tokens: kept in memory at once, on disk before anyone may use it. */
  async #adopt(
    account: Account,
    before: HeldTokens,
    { tokens, trace }: Extract<RenewalOutcome, { kind: 'tokens' }>,
  ): Promise<HeldTokens> {
    const { id } = account;
    const { scopes } = before.secrets;
    // RFC 6749 §6: no scope in the answer means that it is the same.
    const granted = { ...tokens, scopes: tokens.scopes ?? scopes };
    const secrets = secretsOf(granted, account, this.#deps.clock.now(), before.secrets);
    const renewed: HeldTokens = { secrets, dpop: before.dpop, stored: false, refused: false, before };
    // The old refresh token may be spent now; whatever happens next, it must not be sent again.
    this.#tokens.put(id, renewed);
    try {
      const stored = await this.#store(id, renewed);
      trace.succeed();
      return stored;
    } catch (error) {
      throw new ProblemError(trace.fail(problemOf(error)), { cause: error });
    }
  }

  async #store(accountId: string, held: HeldTokens): Promise<HeldTokens> {
    await this.#deps.vault.write(accountId, held.secrets);
    held.stored = true;
    held.before = null;
    this.#pauses.end(accountId);
    const { secrets } = held;
    this.#change(accountId, (account) => ({
      ...account,
      lastRefreshedAt: secrets.issuedAt,
      state: renewedState(account.state),
      grant: {
        ...account.grant,
        grantedScopes: secrets.scopes ?? account.grant.grantedScopes,
        accessTokenExpiresAt: secrets.expiresAt,
        accessTokenIssuedAt: secrets.issuedAt,
        refreshable: isRenewable(account, secrets),
      },
    }));
    return held;
  }

  #mark(accountId: string, state: GrantState): void {
    if (this.#deps.accounts.get(accountId)?.state.kind === state.kind) return;
    this.#change(accountId, (account) => ({ ...account, state }));
  }

  /** The book shows a change at once and saves it behind; no token waits for that. */
  #change(accountId: string, change: (account: Account) => Account): void {
    void this.#deps.accounts.change(accountId, change);
  }
}

/**
 * A grant its issuer has ended, or that belongs to another issuer than the server's, gives nothing any more:
 * not even an access token that would live on.
 */
function refuseEnded({ state, issuer }: Account): void {
  if (state.kind === 'revoked') throw failure('grant-revoked', { host: hostOf(issuer) });
  if (state.kind === 'issuer-moved') {
    throw failure('issuer-moved', { found: state.newIssuer, expected: issuer });
  }
}

function present({ secrets, dpop }: HeldTokens): Authorization {
  return { accessToken: secrets.accessToken, tokenType: secrets.tokenType, dpop };
}
