import * as oauth from 'oauth4webapi';
import { failure } from '../../shared/problems.ts';
import { type ClientCredentials, checkBinding } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { askIssuer } from './issuer-request.ts';
import { objectIn } from './json.ts';
import { browserUrl } from './url-policy.ts';

/** What must be remembered between the request and its answer. Secret: never logged. Plain JSON. */
export interface PendingAuthorization {
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly issuer: IssuerMetadata;
  readonly clientId: string;
  readonly resource: string | null;
  readonly scopes: string[] | null;
}

export interface AuthorizationRequest {
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  readonly redirectUri: string;
  readonly resource: string | null;
  readonly scopes: readonly string[] | null;
  /** OpenID Connect Core §3.1.2.1, for example `select_account` to add a second account. */
  readonly prompt?: string;
  readonly loginHint?: string;
  /** Thumbprint of the DPoP key the code is to be bound to (RFC 9449 §10). */
  readonly dpopThumbprint?: string;
}

/**
 * Makes the address to open in the browser (RFC 6749 §4.1.1, RFC 7636 §4.3 always with S256, RFC 8707 §2.1);
 * pushed to the issuer first when it requires that (RFC 9126 §2).
 * @throws ProblemError `endpoint-refused`, `issuer-incomplete`, `registration-issuer-mismatch`,
 * `token-refused`, `client-unknown` or a network problem of the pushed request
 */
export async function createAuthorizationRequest(
  ctx: ProtocolContext,
  request: AuthorizationRequest,
): Promise<{ url: URL; pending: PendingAuthorization }> {
  const { issuer, credentials, redirectUri, resource } = request;
  checkBinding(issuer, credentials);
  const { authorization_endpoint: address } = issuer.server;
  if (address === undefined) {
    const { host } = new URL(issuer.issuer);
    throw failure('issuer-incomplete', { host, what: 'an authorization endpoint' });
  }
  const url = browserUrl(address);
  const pending: PendingAuthorization = {
    state: oauth.generateRandomState(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    redirectUri,
    issuer,
    clientId: credentials.clientId,
    resource,
    scopes: request.scopes?.length ? [...request.scopes] : null,
  };
  const parameters = await authorizationParameters(request, pending);
  const shown =
    issuer.server.require_pushed_authorization_requests === true
      ? await pushed(ctx, request, parameters)
      : parameters;
  for (const [name, value] of Object.entries(shown)) url.searchParams.set(name, value);
  return { url, pending };
}

async function authorizationParameters(
  request: AuthorizationRequest,
  pending: PendingAuthorization,
): Promise<Record<string, string>> {
  const { resource, scopes } = pending;
  const prompt = promptFor(request.prompt, scopes);
  return {
    response_type: 'code',
    client_id: pending.clientId,
    redirect_uri: pending.redirectUri,
    state: pending.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.codeVerifier),
    code_challenge_method: 'S256',
    ...(resource !== null && { resource }),
    ...(scopes !== null && { scope: scopes.join(' ') }),
    ...(prompt !== null && { prompt }),
    ...(request.loginHint && { login_hint: request.loginHint }),
    ...(request.dpopThumbprint && { dpop_jkt: request.dpopThumbprint }),
  };
}

// OpenID Connect Core §11: offline_access is granted only with the person's consent asked for.
function promptFor(wanted: string | undefined, scopes: readonly string[] | null): string | null {
  const consent = scopes?.includes('offline_access') && wanted !== 'none' ? ['consent'] : [];
  const prompts = [...new Set([...(wanted?.split(' ') ?? []), ...consent])];
  return prompts.length > 0 ? prompts.join(' ') : null;
}

async function pushed(
  ctx: ProtocolContext,
  { issuer, credentials }: AuthorizationRequest,
  parameters: Record<string, string>,
): Promise<Record<string, string>> {
  const response = await askIssuer(ctx, {
    issuer,
    credentials,
    purpose: {
      kind: 'pushed-authorization',
      title: 'Authorization request, pushed',
      rule: { text: 'The issuer requires pushed authorization requests.', reference: 'RFC 9126 §5' },
    },
    endpoint: {
      url: issuer.server.pushed_authorization_request_endpoint,
      name: 'pushed authorization request endpoint',
    },
    request: (as, client, authentication, options) =>
      oauth.pushedAuthorizationRequest(as, client, authentication, parameters, options),
  });
  const { request_uri: requestUri } = await objectIn(response);
  if (typeof requestUri !== 'string' || requestUri.length > 4096) {
    const { host } = new URL(issuer.issuer);
    throw failure('answer-malformed', { host, what: 'a pushed request without request_uri' });
  }
  return { client_id: credentials.clientId, request_uri: requestUri };
}
