import { createAuthorizationRequest } from '../../../src/main/oauth/authorization-request.ts';
import { readAuthorizationResponse } from '../../../src/main/oauth/authorization-response.ts';
import type { BearerChallenge } from '../../../src/main/oauth/challenge.ts';
import { type Discovery, discover } from '../../../src/main/oauth/discovery.ts';
import type { IssuerMetadata } from '../../../src/main/oauth/issuer-metadata.ts';
import type { ObtainedClient } from '../../../src/main/oauth/obtained-client.ts';
import { obtainClient } from '../../../src/main/oauth/registration.ts';
import { exchangeCode, type TokenSet } from '../../../src/main/oauth/token-endpoint.ts';
import type { ServerSettings } from '../../../src/shared/domain/server.ts';
import { ISSUER, issuerDocument, RESOURCE_METADATA, SERVER, settings } from './profiles.ts';
import type { Stage } from './stage.ts';

export const redirectUris = {
  customScheme: 'app.gatehouse.desktop:/oauth/callback',
  loopback: ['http://127.0.0.1:4711/oauth/callback', 'http://localhost:4711/oauth/callback'],
};
export const challenge: BearerChallenge = { scheme: 'Bearer', resourceMetadata: RESOURCE_METADATA };

export interface SignIn {
  discovery: Discovery;
  client: ObtainedClient;
  url: URL;
  tokens: TokenSet;
}

/** One whole sign-in against a stage; the browser answers with a code at once. */
export async function signIn(
  { ctx }: Stage,
  options: { settings?: ServerSettings; challenge?: BearerChallenge | null; server?: URL; iss?: string } = {},
): Promise<SignIn> {
  const discovery = await discover(ctx, {
    serverUrl: options.server ?? SERVER,
    challenge: options.challenge === undefined ? challenge : options.challenge,
    settings: options.settings ?? settings,
  });
  const { issuer, resource, scopes } = discovery;
  const client = await obtainClient(ctx, issuer, { redirectUris });
  const { credentials } = client;
  const redirectUri = client.redirectUris[0] ?? '';
  const { url, pending } = await createAuthorizationRequest(ctx, {
    issuer,
    credentials,
    redirectUri,
    resource,
    scopes,
  });
  const callback = new URLSearchParams({ code: 'code-1', state: pending.state });
  if (options.iss !== undefined) callback.set('iss', options.iss);
  const parameters = readAuthorizationResponse(pending, callback);
  return { discovery, client, url, tokens: await exchangeCode(ctx, pending, credentials, parameters) };
}

/** Metadata as {@link discover} would bring it, for tests of later steps. */
export function issuerMetadata(overrides: Record<string, unknown> = {}, issuer = ISSUER): IssuerMetadata {
  return {
    issuer,
    server: issuerDocument(issuer, overrides),
    source: `${issuer}/.well-known/oauth-authorization-server`,
    freshUntil: Number.MAX_SAFE_INTEGER,
  };
}
