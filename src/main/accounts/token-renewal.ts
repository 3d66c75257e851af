import type { Account, GrantState } from '../../shared/domain/account.ts';
import { failure, ProblemError, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import type { MachineGrantRequest } from '../oauth/machine-grants.ts';
import { refreshTokens, TokenEndpointFailure, type TokenSet } from '../oauth/token-endpoint.ts';
import type { Clock } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import type { HeldTokens } from './held-tokens.ts';
import { LONGEST_PAUSE_MS } from './refresh-pauses.ts';
import type { RegistrationBook } from './registration-book.ts';

export interface TokenRenewalDependencies {
  readonly registrations: Pick<RegistrationBook, 'get' | 'credentials'>;
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

/** How a request for new tokens ended. */
export type RenewalOutcome =
  /** The trace is still open: tokens are not renewed before they are stored. */
  | { kind: 'tokens'; tokens: TokenSet; trace: TraceHandle }
  /** The grant is over: the account is kept and marked. */
  | { kind: 'over'; state: GrantState; problem: ProblemError }
  /** Everything is kept and asked again, after a pause as {@link RefreshPauses.begin} takes it. */
  | { kind: 'later'; problem: ProblemError; askedMs: number | null; leastMs: number };

/** One request for new tokens, and what its failure means for the account. */
export class TokenRenewal {
  readonly #deps: TokenRenewalDependencies;

  constructor(dependencies: TokenRenewalDependencies) {
    this.#deps = dependencies;
  }

  /** Asks the issuer once. Never throws: a failure is an outcome. */
  async ask(account: Account, { secrets, dpop }: HeldTokens): Promise<RenewalOutcome> {
    const trace = this.#deps.trace(account);
    trace.learn(secrets.refreshToken, secrets.accessToken);
    try {
      const tokens = await this.#request(trace, account, secrets.refreshToken, dpop);
      trace.learn(tokens.accessToken, tokens.refreshToken, tokens.idToken);
      return { kind: 'tokens', tokens, trace };
    } catch (error) {
      const problem = new ProblemError(trace.fail(problemOf(error)), { cause: error });
      return this.#meaning(account, error, problem);
    }
  }

  async #request(
    trace: TraceHandle,
    account: Account,
    refreshToken: string | null,
    dpop: HeldTokens['dpop'],
  ): Promise<TokenSet> {
    const { registrations } = this.#deps;
    const host = hostOf(account.issuer);
    const context = await this.#deps.protocol(trace, account);
    const credentials = await registrations.credentials(account.registrationId);
    if (!credentials) {
      if (!registrations.get(account.registrationId)) throw failure('client-unknown', { host });
      throw failure('refresh-delayed', { host, reason: 'the client’s secret can’t be read' });
    }
    const issuer = await this.#deps.issuer(context, account);
    const { resource, requestedScopes: scopes } = account.grant;
    const request = { issuer, credentials, resource, ...(dpop && { dpop }) };
    return refreshToken === null
      ? this.#deps.machineTokens(context, account, { ...request, scopes })
      : refreshTokens(context, { ...request, refreshToken });
  }

  /** @param problem what went wrong, with its trace named */
  async #meaning(account: Account, error: unknown, problem: ProblemError): Promise<RenewalOutcome> {
    const { code, detail } = problem.problem;
    const host = hostOf(account.issuer);
    const at = this.#deps.clock.now();
    const untilMended = {
      kind: 'later',
      problem,
      askedMs: askedMs(error),
      leastMs: LONGEST_PAUSE_MS,
    } as const;
    if (!(error instanceof TokenEndpointFailure)) {
      // Nothing was sent. These only a person can mend; whatever else it was may pass.
      if (code === 'client-unknown' || code === 'grant-expired' || code.startsWith('policy-')) {
        return untilMended;
      }
    } else if (error.kind === 'grant-invalid') {
      const revoked = withTrace(failure('grant-revoked', { host }, detail, error), problem);
      return {
        kind: 'over',
        state: { kind: 'revoked', at, reason: detail ?? 'invalid_grant' },
        problem: revoked,
      };
    } else if (error.kind === 'client-invalid') {
      if (!(await this.#deps.registrationUnknown(account.registrationId))) return untilMended;
      // A refresh token is bound to its client (RFC 6749 §6): without the one, the other is worthless.
      return { kind: 'over', state: { kind: 'revoked', at, reason: 'invalid_client' }, problem };
    } else if (error.kind === 'refused') {
      return untilMended;
    }
    const delayed =
      code === 'refresh-delayed'
        ? problem
        : withTrace(failure('refresh-delayed', { host, reason: problem.message }, detail, error), problem);
    return { kind: 'later', problem: delayed, askedMs: askedMs(error), leastMs: 0 };
  }
}

function askedMs(error: unknown): number | null {
  return error instanceof TokenEndpointFailure ? error.retryAfterMs : null;
}

function withTrace(error: ProblemError, traced: ProblemError): ProblemError {
  return new ProblemError({ ...error.problem, traceId: traced.problem.traceId }, { cause: error.cause });
}

/** The host of an issuer, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
