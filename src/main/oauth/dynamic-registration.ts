import type { JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { type ClientAuthenticationMethod, clientAuthenticationMethod } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import {
  type ClientCredentials,
  generateClientKey,
  listedSecretMethod,
  publicKeyOf,
} from './client-authentication.ts';
import { commonClientMetadata } from './client-metadata.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { objectIn, textMember } from './json.ts';
import { lenientFetch } from './lenient-fetch.ts';
import { boundedText, textList } from './metadata-members.ts';
import type { ObtainedClient } from './obtained-client.ts';
import { checkSpelling } from './reach.ts';
import { afterRefusal, type RegistrationAttempt, type RegistrationRefusal } from './registration-attempts.ts';
import { splitScope, unionScopes } from './scopes.ts';
import { endpointUrl } from './url-policy.ts';

/** Most registration requests of one sign-in. */
const ATTEMPT_LIMIT = 6;

const answer = z.object({
  client_id: boundedText,
  client_secret: boundedText.optional(),
  client_secret_expires_at: z.number().nonnegative().optional().catch(undefined),
  token_endpoint_auth_method: z.string().optional().catch(undefined),
  redirect_uris: textList(50).optional().catch(undefined),
  registration_client_uri: boundedText.optional().catch(undefined),
  registration_access_token: boundedText.optional().catch(undefined),
  scope: z.string().max(65_536).optional().catch(undefined),
});
type Answer = z.infer<typeof answer>;

const RULE = {
  text: 'A client registers itself: native application, its redirect URIs, grants and authentication method.',
  reference: 'RFC 7591 §3.1, MCP authorization, dynamic client registration',
};

/**
 * Registers at an issuer (RFC 7591 §3). When redirect URIs, authentication method or scope are refused, tries
 * again with less, at most {@link ATTEMPT_LIMIT} requests; each try is in the trace.
 * @param redirectUris best first
 * @throws ProblemError `registration-refused`, `registration-not-offered` (nobody there), `redirect-uri-refused`, `client-authentication-unsupported`,
 * `server-error`, `answer-malformed`, `endpoint-refused`, or a network problem
 */
export async function registerDynamically(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  redirectUris: readonly string[],
  scopes: readonly string[] | null,
): Promise<ObtainedClient> {
  const { host } = new URL(issuer.issuer);
  const endpoint = endpointUrl('registration endpoint', issuer.server.registration_endpoint ?? '');
  checkSpelling(ctx, endpoint);
  const [method, ...otherMethods] = methodsFor(issuer, host);
  let attempt: RegistrationAttempt = { redirectUris, method, otherMethods, scopes };
  for (let count = 1; ; count++) {
    const privateKey = await keyFor(issuer, attempt.method);
    const outcome = await register(ctx, issuer, attempt, privateKey);
    if ('client' in outcome) return obtained(ctx, issuer, attempt, outcome.client, privateKey, scopes);
    const next = count < ATTEMPT_LIMIT ? afterRefusal(attempt, outcome.refusal) : null;
    if (next === null) throw refused(host, outcome.refusal);
    ctx.observer.note(`The registration was refused (${outcome.refusal.told}); ${next.change}.`, RULE);
    attempt = next.attempt;
  }
}

function methodsFor(
  issuer: IssuerMetadata,
  host: string,
): [ClientAuthenticationMethod, ...ClientAuthenticationMethod[]] {
  const listed = issuer.server.token_endpoint_auth_methods_supported;
  // Without a list RFC 8414 §2 means client_secret_basic; in practice such issuers serve public clients.
  if (!listed?.length) return ['none', 'client_secret_basic', 'client_secret_post'];
  const secretMethod = listedSecretMethod(listed);
  const preferred: readonly ClientAuthenticationMethod[] = [
    'none',
    ...(secretMethod ? [secretMethod] : []),
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
  ];
  const [first, ...others] = [...new Set(preferred)].filter((method) => listed.includes(method));
  if (first === undefined) {
    throw failure('client-authentication-unsupported', { host, methods: listed.join(', ') });
  }
  return [first, ...others];
}

async function keyFor(issuer: IssuerMetadata, method: ClientAuthenticationMethod): Promise<JWK | null> {
  if (method !== 'private_key_jwt') return null;
  return generateClientKey(issuer.server.token_endpoint_auth_signing_alg_values_supported);
}

async function register(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  attempt: RegistrationAttempt,
  privateKey: JWK | null,
): Promise<{ client: Answer } | { refusal: RegistrationRefusal }> {
  const metadata = {
    ...commonClientMetadata(),
    redirect_uris: [...attempt.redirectUris],
    token_endpoint_auth_method: attempt.method,
    ...(attempt.scopes?.length && { scope: attempt.scopes.join(' ') }),
    ...(privateKey && { jwks: { keys: [publicKeyOf(privateKey)] } }),
  } as Partial<oauth.OmitSymbolProperties<oauth.Client>>;
  const response = await oauth.dynamicClientRegistrationRequest(issuer.server, metadata, {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: lenientFetch(ctx, {
      kind: 'registration',
      title: 'Registration of Gatehouse',
      rule: RULE,
    }),
  });
  const body = await objectIn(response);
  const parsed = response.ok ? answer.safeParse(body) : null;
  if (parsed?.success) return { client: parsed.data };
  const error = textMember(body, 'error');
  const description = textMember(body, 'error_description');
  const told =
    error === null ? `status ${response.status}` : description ? `${error}: ${description}` : error;
  return { refusal: { error, description, status: response.status, told } };
}

function refused(host: string, { error, status, told }: RegistrationRefusal): Error {
  const absent = error === null && [404, 405, 501].includes(status);
  if (absent) return failure('registration-not-offered', { host }, told);
  if (status >= 500 || status === 429) return failure('server-error', { host, status: String(status) }, told);
  if (status < 300) return failure('answer-malformed', { host, what: 'a registration without client_id' });
  if (error === 'invalid_redirect_uri') return failure('redirect-uri-refused', { host }, told);
  return failure('registration-refused', { host, error: told }, told);
}

function obtained(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  attempt: RegistrationAttempt,
  client: Answer,
  privateKey: JWK | null,
  wanted: readonly string[] | null,
): ObtainedClient {
  const expiresS = client.client_secret_expires_at ?? 0;
  return {
    kind: 'dynamic',
    credentials: credentialsOf(issuer, attempt, client, privateKey),
    clientSecretExpiresAt: client.client_secret === undefined || expiresS === 0 ? null : expiresS * 1000,
    redirectUris: usableRedirectUris(attempt.redirectUris, client.redirect_uris),
    ...scopesOf(attempt, client, wanted),
    ...managementOf(ctx, issuer, client),
  };
}

/**
 * What the client may ask for. Where the issuer registered less than was wanted it is tried all the same: another
 * registration would end alike.
 */
function scopesOf(
  { scopes: sent }: RegistrationAttempt,
  { scope }: Answer,
  wanted: readonly string[] | null,
): Pick<ObtainedClient, 'scopes'> {
  const registered = splitScope(scope);
  if (sent !== null) return { scopes: unionScopes(sent, registered) };
  return wanted === null && registered !== null ? { scopes: registered } : {};
}

function credentialsOf(
  issuer: IssuerMetadata,
  attempt: RegistrationAttempt,
  client: Answer,
  privateKey: JWK | null,
): ClientCredentials {
  const { client_secret: secret } = client;
  const told = clientAuthenticationMethod.safeParse(client.token_endpoint_auth_method);
  let method: ClientAuthenticationMethod = told.success ? told.data : attempt.method;
  // RFC 7591 §3.2.1 lets the issuer change what was asked: a secret nobody asked for is meant to be used
  // unless the issuer lists that none is needed.
  const listed = issuer.server.token_endpoint_auth_methods_supported?.includes('none') ?? false;
  if (method === 'none' && !told.success && !listed) method = 'client_secret_basic';
  if (method.startsWith('client_secret') && secret === undefined) method = 'none';
  if (method === 'private_key_jwt' && privateKey === null) method = secret ? 'client_secret_basic' : 'none';
  return {
    clientId: client.client_id,
    authentication: method,
    ...(secret !== undefined && method.startsWith('client_secret') && { clientSecret: secret }),
    ...(privateKey !== null && method === 'private_key_jwt' && { privateKey }),
    issuer: issuer.issuer,
  };
}

/** Of the redirect URIs offered those the issuer kept (RFC 7591 §3.2.1); all when it doesn't say. */
function usableRedirectUris(offered: readonly string[], kept: readonly string[] | undefined): string[] {
  const href = (uri: string) => (URL.canParse(uri) ? new URL(uri).href : uri);
  const names = new Set(kept?.map(href));
  const usable = offered.filter((uri) => names.has(href(uri)));
  return usable.length > 0 ? usable : [...offered];
}

/** Where to manage the registration (RFC 7592 §3), only within the issuer's own origins. */
function managementOf(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  { registration_client_uri: uri, registration_access_token: token }: Answer,
): Pick<ObtainedClient, 'registrationClientUri' | 'registrationAccessToken'> {
  if (uri === undefined || token === undefined || !URL.canParse(uri)) return {};
  const { origin } = new URL(uri);
  const own = [issuer.issuer, issuer.server.registration_endpoint].some(
    (one) => one && new URL(one).origin === origin,
  );
  if (own) return { registrationClientUri: uri, registrationAccessToken: token };
  ctx.observer.note('registration_client_uri leads to another origin; not kept.', RULE);
  return {};
}
