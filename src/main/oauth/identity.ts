import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import * as z from 'zod';
import type { AccountIdentity } from '../../shared/domain/account.ts';
import { visibleText } from '../../shared/problems.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { fetchDocument } from './lenient-fetch.ts';
import { checkSpelling } from './reach.ts';
import type { TokenSet } from './token-set.ts';
import { endpointUrl } from './url-policy.ts';

const CLOCK_TOLERANCE_S = 60;
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const SYMMETRIC = ['HS256', 'HS384', 'HS512'];

const member = z.string().trim().min(1).max(4096).optional().catch(undefined);
const claims = z.object({
  sub: z.string().min(1).max(4096),
  name: member,
  preferred_username: member,
  email: member,
});

/**
 * Who an account belongs to: from the ID token when it validates (OpenID Connect Core §3.1.3.7), and from
 * userinfo (§5.3) when the ID token has no name. Requests are made only when `openid` was granted.
 * @returns null when nobody says so, or what is said does not validate; never fails a sign-in
 */
export async function identifyAccount(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
  tokens: TokenSet,
): Promise<AccountIdentity | null> {
  const asked = tokens.scopes?.includes('openid') ?? false;
  const fromToken = await fromIdToken(ctx, issuer, credentials, tokens.idToken, asked).catch(() => null);
  if (!asked || fromToken?.name || fromToken?.email) return fromToken;
  const fromUserinfo = await userinfo(ctx, issuer, tokens).catch(() => null);
  // OpenID Connect Core §5.3.2: another subject than the ID token's must not be used.
  if (fromUserinfo === null || (fromToken && fromToken.subject !== fromUserinfo.subject)) return fromToken;
  return fromUserinfo;
}

async function fromIdToken(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
  idToken: string | null,
  asked: boolean,
): Promise<AccountIdentity | null> {
  if (idToken === null) return null;
  const payload = asked
    ? await verified(ctx, issuer, credentials, idToken)
    : // Unrequested: no request for it. OpenID Connect Core §3.1.3.7 (6): TLS to the issuer stands for the signature.
      claimsValid(decodeJwt(idToken), issuer, credentials.clientId, ctx.now());
  return identityOf(payload, 'id-token');
}

/** Verifies what can be: where the issuer publishes no keys, its TLS stands for the signature (§3.1.3.7 (6)). */
async function verified(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  { clientId, clientSecret }: ClientCredentials,
  idToken: string,
): Promise<JWTPayload | null> {
  const unsigned = () => claimsValid(decodeJwt(idToken), issuer, clientId, ctx.now());
  const options = {
    issuer: issuer.server.issuer,
    audience: clientId,
    currentDate: new Date(ctx.now()),
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['sub', 'exp', 'iat'],
  };
  // §10.1: a symmetric signature is made with the client's secret.
  if (SYMMETRIC.includes(decodeProtectedHeader(idToken).alg ?? '')) {
    if (clientSecret === undefined) return unsigned();
    const secret = new TextEncoder().encode(clientSecret);
    const { payload } = await jwtVerify(idToken, secret, { ...options, algorithms: SYMMETRIC });
    return claimsValid(payload, issuer, clientId, ctx.now());
  }
  const keys = await keysOf(ctx, issuer);
  if (keys === null) return unsigned();
  const local = createLocalJWKSet(keys.published as JSONWebKeySet);
  const { payload } = await jwtVerify(idToken, local, { ...options, algorithms: ALGORITHMS });
  return claimsValid(payload, issuer, clientId, ctx.now());
}

/** The issuer's keys; null when it publishes none. */
async function keysOf(ctx: ProtocolContext, issuer: IssuerMetadata): Promise<{ published: unknown } | null> {
  const { jwks_uri: address } = issuer.server;
  if (address === undefined) return null;
  const url = endpointUrl('key set', address);
  checkSpelling(ctx, url);
  const rule = {
    text: 'An ID token is verified with the issuer’s keys.',
    reference: 'OpenID Connect Core §3.1.3.7',
  };
  return fetchDocument(ctx, { kind: 'issuer', title: 'Keys of the issuer', rule }, url, ({ status, json }) =>
    status === 404 || status === 410 ? null : { published: json },
  );
}

function claimsValid(
  payload: JWTPayload,
  { server }: IssuerMetadata,
  clientId: string,
  now: number,
): JWTPayload | null {
  const { iss, aud, exp, azp } = payload;
  const audiences = Array.isArray(aud) ? aud : [aud];
  const alone = audiences.length === 1 || azp === clientId;
  const alive = typeof exp === 'number' && exp * 1000 > now - CLOCK_TOLERANCE_S * 1000;
  return iss === server.issuer && audiences.includes(clientId) && alone && alive ? payload : null;
}

async function userinfo(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  tokens: TokenSet,
): Promise<AccountIdentity | null> {
  const { userinfo_endpoint: address } = issuer.server;
  // A DPoP-bound token would need a proof; the ID token has to do then.
  if (address === undefined || tokens.tokenType === 'DPoP') return null;
  const url = endpointUrl('userinfo endpoint', address);
  checkSpelling(ctx, url);
  const rule = {
    text: 'The granted scope openid allows asking who signed in.',
    reference: 'OpenID Connect Core §5.3',
  };
  return fetchDocument(
    ctx,
    { kind: 'userinfo', title: 'Who signed in', rule },
    url,
    ({ status, json }) => (status === 200 ? identityOf(json, 'userinfo') : null),
    { authorization: `Bearer ${tokens.accessToken}` },
  );
}

function identityOf(said: unknown, source: AccountIdentity['source']): AccountIdentity | null {
  const parsed = claims.safeParse(said);
  if (!parsed.success) return null;
  const { sub, name, preferred_username, email } = parsed.data;
  const shown = name ?? preferred_username;
  return {
    subject: sub,
    ...(shown !== undefined && { name: visibleText(shown, 200) }),
    ...(email !== undefined && { email: visibleText(email, 320) }),
    source,
  };
}
