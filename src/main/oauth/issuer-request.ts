import * as oauth from 'oauth4webapi';
import { failure, type Problem, ProblemError } from '../../shared/problems.ts';
import {
  type AuthenticationAttempt,
  authenticationAttempts,
  type ClientCredentials,
} from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { Dpop } from './dpop.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { objectIn, textMember } from './json.ts';
import { lenientFetch, type Purpose } from './lenient-fetch.ts';
import { checkSpelling } from './reach.ts';
import { endpointUrl } from './url-policy.ts';

/** What an issuer answered instead of what was asked for. */
export interface IssuerError {
  /** OAuth error code (RFC 6749 §5.2), or null when the answer held none. */
  readonly error: string | null;
  readonly description: string | null;
  readonly status: number;
  readonly headers: Headers;
}

/** Thrown by {@link askIssuer}; callers turn it into a problem of their own. */
export class IssuerRefusal extends ProblemError {
  readonly refusal: IssuerError;
  constructor(problem: Problem, refusal: IssuerError) {
    super(problem);
    this.refusal = refusal;
  }
}

/** Options every request function of oauth4webapi takes. */
export interface LibraryOptions {
  readonly [oauth.customFetch]: (url: string, request: object) => Promise<Response>;
  readonly [oauth.allowInsecureRequests]: boolean;
}

export interface IssuerRequest {
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  readonly purpose: Purpose;
  readonly endpoint: { readonly url: string | undefined; readonly name: string };
  readonly dpop?: Dpop | undefined;
  /** Nothing depends on the answer: our client proves itself in one way, and a refusal costs one request. */
  readonly oneWay?: boolean;
  /** Sends the request once, by the means of oauth4webapi. */
  readonly request: (
    as: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: LibraryOptions,
  ) => Promise<Response>;
}

/**
 * Sends a request of our client to its issuer (RFC 6749 §3.2.1): each way of authenticating in turn while the
 * answer is `invalid_client`, and once more for a DPoP nonce (RFC 9449 §8).
 * @returns the answer, tidied, with a status of success
 * @throws IssuerRefusal what the issuer answered instead; ProblemError for the network, the endpoint or the
 * client's binding
 */
export async function askIssuer(ctx: ProtocolContext, asked: IssuerRequest): Promise<Response> {
  const ways = authenticationAttempts(ctx, asked.issuer, asked.credentials);
  const attempts = asked.oneWay ? ways.slice(0, 1) : ways;
  const { url: address, name } = asked.endpoint;
  const { host } = new URL(asked.issuer.issuer);
  if (address === undefined) throw failure('issuer-incomplete', { host, what: `its ${name}` });
  const url = endpointUrl(name, address);
  checkSpelling(ctx, url);
  for (const [index, attempt] of attempts.entries()) {
    const response = await withNonce(ctx, asked, attempt, url);
    if (response.ok) return response;
    const refusal = await errorIn(response);
    if (refusal.error !== 'invalid_client' || index === attempts.length - 1)
      throw refused(host, name, refusal);
    ctx.observer.note(`${attempt.name} was refused; trying ${attempts[index + 1]?.name} once.`, {
      text: 'A secret is form-encoded in Basic authentication; some issuers read it raw, want client_id in the body too, or read only the body.',
      reference: 'RFC 6749 §2.3.1',
    });
  }
  throw failure('internal');
}

async function withNonce(
  ctx: ProtocolContext,
  asked: IssuerRequest,
  attempt: AuthenticationAttempt,
  url: URL,
): Promise<Response> {
  const { dpop } = asked;
  const once = async () => {
    const send = lenientFetch(ctx, asked.purpose);
    const proof = await dpop?.proof({ method: 'POST', url, now: ctx.now() });
    const response = await asked.request(
      asked.issuer.server,
      { client_id: asked.credentials.clientId },
      attempt.authenticate,
      {
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: (target, request: { headers?: Record<string, string> }) =>
          send(target, { ...request, headers: { ...request.headers, ...(proof && { dpop: proof }) } }),
      },
    );
    return { response, fresh: dpop?.takeNonce(url, response.headers) ?? false };
  };
  const first = await once();
  if (!first.fresh || first.response.ok) return first.response;
  const { error } = await errorIn(first.response.clone());
  return error === 'use_dpop_nonce' ? (await once()).response : first.response;
}

async function errorIn(response: Response): Promise<IssuerError> {
  const body = await objectIn(response);
  const { status, headers } = response;
  const description = textMember(body, 'error_description');
  return { error: textMember(body, 'error'), description, status, headers };
}

function refused(host: string, endpoint: string, refusal: IssuerError): IssuerRefusal {
  const told = inWords(endpoint, refusal);
  const problem =
    refusal.status >= 500 || refusal.status === 429
      ? failure('server-error', { host, status: String(refusal.status) }, told).problem
      : failure('token-refused', { host, error: told }, told).problem;
  return new IssuerRefusal(problem, refusal);
}

/** An issuer's error in words: its own if it has one, else status and endpoint. */
export function inWords(endpoint: string, { error, description, status }: IssuerError): string {
  if (error === null) return `status ${status} from the ${endpoint}`;
  return description === null ? error : `${error}: ${description}`;
}
