import * as oauth from 'oauth4webapi';
import { makeProblem, type Problem, ProblemError } from '../../shared/problems.ts';
import type { PendingAuthorization } from './authorization-request.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext, Rule } from './context.ts';
import type { Dpop } from './dpop.ts';
import { retryAfterMs } from './freshness.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { askIssuer, type IssuerError, IssuerRefusal, type IssuerRequest, inWords } from './issuer-request.ts';
import { isTemporary } from './network-problem.ts';
import { readTokenSet, type TokenSet } from './token-set.ts';

export type { TokenSet } from './token-set.ts';

/** What a failed token request means for the account. */
export type TokenFailureKind = 'grant-invalid' | 'client-invalid' | 'temporary' | 'refused';

/** A token request that failed, with what it means (RFC 6749 §5.2). Only `grant-invalid` ends a grant. */
export class TokenEndpointFailure extends ProblemError {
  readonly kind: TokenFailureKind;
  /** From `Retry-After` (RFC 9110 §10.2.3), in milliseconds from now. */
  readonly retryAfterMs: number | null;

  constructor(
    kind: TokenFailureKind,
    problem: Problem,
    retryAfterMs: number | null,
    options?: { cause?: unknown },
  ) {
    super(problem, options);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A token request before it is sent. */
export interface TokenRequest {
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  readonly title: string;
  readonly rule: Rule;
  /** Scopes asked for; granted when the answer names none. */
  readonly asked: readonly string[] | null;
  readonly renewal: boolean;
  readonly dpop?: Dpop | undefined;
  readonly request: IssuerRequest['request'];
}

/**
 * Sends a token request and reads the answer (RFC 6749 §5).
 * @throws TokenEndpointFailure whatever went wrong; ProblemError `registration-issuer-mismatch`,
 * `client-authentication-unsupported`, `endpoint-refused`, `issuer-incomplete` before anything is sent
 */
export async function requestTokens(ctx: ProtocolContext, asked: TokenRequest): Promise<TokenSet> {
  const { issuer, credentials, title, rule, dpop } = asked;
  const sentAt = ctx.now();
  const { host } = new URL(issuer.issuer);
  try {
    const response = await askIssuer(ctx, {
      issuer,
      credentials,
      purpose: { kind: 'token', title, rule },
      endpoint: { url: issuer.server.token_endpoint, name: 'token endpoint' },
      dpop,
      request: asked.request,
    });
    const body = await oauth
      .processGenericTokenEndpointResponse(issuer.server, { client_id: credentials.clientId }, response, {
        recognizedTokenTypes: { n_a: () => {} },
      })
      .catch((error: unknown) => malformed(host, error));
    return readTokenSet(body, { host, sentAt, asked: asked.asked, dpop: dpop !== undefined });
  } catch (error) {
    throw asFailure(ctx, host, asked.renewal, error);
  }
}

function malformed(host: string, error: unknown): never {
  const detail = error instanceof Error ? error.message : null;
  throw new ProblemError(makeProblem('answer-malformed', { host, what: 'its token answer' }, detail));
}

const BEFORE_SENDING = [
  'registration-issuer-mismatch',
  'client-authentication-unsupported',
  'endpoint-refused',
  'issuer-incomplete',
];

function asFailure(ctx: ProtocolContext, host: string, renewal: boolean, error: unknown): unknown {
  if (!(error instanceof ProblemError) || BEFORE_SENDING.includes(error.problem.code)) return error;
  const refusal = error instanceof IssuerRefusal ? error.refusal : null;
  const kind = refusal ? kindOf(refusal) : isTemporary(error.problem) ? 'temporary' : 'refused';
  const wait = refusal ? retryAfterMs(refusal.headers, ctx.now()) : null;
  const told = refusal ? inWords('token endpoint', refusal) : error.message;
  return new TokenEndpointFailure(kind, problemFor(kind, renewal, host, told, error.problem), wait, {
    cause: error,
  });
}

function kindOf({ error, status }: IssuerError): TokenFailureKind {
  if (error === 'invalid_grant') return 'grant-invalid';
  if (error === 'invalid_client') return 'client-invalid';
  const later = error === 'temporarily_unavailable' || error === 'server_error' || error === 'slow_down';
  return later || status >= 500 || status === 429 || status === 408 ? 'temporary' : 'refused';
}

function problemFor(
  kind: TokenFailureKind,
  renewal: boolean,
  host: string,
  told: string,
  found: Problem,
): Problem {
  switch (kind) {
    case 'client-invalid':
      return makeProblem('client-unknown', { host }, told);
    case 'grant-invalid':
      return renewal
        ? makeProblem('grant-revoked', { host }, told)
        : makeProblem('token-refused', { host, error: told }, told);
    case 'temporary':
      return renewal ? makeProblem('refresh-delayed', { host, reason: told }, told) : found;
    case 'refused':
      return found;
  }
}

/**
 * Exchanges the code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 8707 §2.2).
 * @param parameters from {@link readAuthorizationResponse}
 * @param dpop key to bind the tokens to (RFC 9449 §5)
 * @throws TokenEndpointFailure, or ProblemError before anything is sent
 */
export async function exchangeCode(
  ctx: ProtocolContext,
  pending: PendingAuthorization,
  credentials: ClientCredentials,
  parameters: URLSearchParams,
  dpop?: Dpop,
): Promise<TokenSet> {
  const { issuer, redirectUri, codeVerifier, resource } = pending;
  return requestTokens(ctx, {
    issuer,
    credentials,
    title: 'Exchange of the code for tokens',
    rule: {
      text: 'code, verifier, redirect URI and resource go to the token endpoint.',
      reference: 'RFC 6749 §4.1.3',
    },
    asked: pending.scopes,
    renewal: false,
    dpop,
    request: (as, client, authentication, options) =>
      oauth.authorizationCodeGrantRequest(as, client, authentication, parameters, redirectUri, codeVerifier, {
        ...options,
        ...(resource !== null && { additionalParameters: { resource } }),
      }),
  });
}

export interface RefreshRequest {
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  readonly refreshToken: string;
  readonly resource: string | null;
  /** Scopes to narrow to; absent: as granted (RFC 6749 §6). */
  readonly scopes?: readonly string[];
  readonly dpop?: Dpop;
}

/**
 * Renews tokens (RFC 6749 §6, RFC 8707 §2.2). One at a time per account is the caller's duty.
 * @returns `refreshToken` is the new one, or the old one when the issuer sent none; `scopes` null: unchanged
 * @throws TokenEndpointFailure: `grant-invalid` ends the grant, `temporary` keeps everything
 */
export async function refreshTokens(ctx: ProtocolContext, request: RefreshRequest): Promise<TokenSet> {
  const { issuer, credentials, refreshToken, resource, scopes, dpop } = request;
  const additionalParameters = {
    ...(resource !== null && { resource }),
    ...(scopes?.length && { scope: scopes.join(' ') }),
  };
  const tokens = await requestTokens(ctx, {
    issuer,
    credentials,
    title: 'Renewal of the access token',
    rule: { text: 'A refresh token is exchanged for new tokens.', reference: 'RFC 6749 §6' },
    asked: scopes ?? null,
    renewal: true,
    dpop,
    request: (as, client, authentication, options) =>
      oauth.refreshTokenGrantRequest(as, client, authentication, refreshToken, {
        ...options,
        additionalParameters,
      }),
  });
  return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}
