import {
  auth,
  type OAuthClientInformationFull,
  type OAuthClientProvider,
  type OAuthTokens,
} from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { ISSUER, issuerDocument, RESOURCE_METADATA, SERVER, wellBehaved } from './profiles.ts';
import { challenge, signIn } from './sign-in.ts';
import { type Stage, stage } from './stage.ts';

/** A whole sign-in by the official SDK against the same stage. */
async function officialSignIn(on: Stage, resourceMetadata: string | null): Promise<void> {
  let client: OAuthClientInformationFull | undefined;
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  let discovery: unknown;
  const redirectUrl = 'http://127.0.0.1:4711/oauth/callback';
  const provider = {
    redirectUrl,
    clientMetadata: { client_name: 'x', redirect_uris: [redirectUrl] },
    state: () => 'state-1',
    clientInformation: () => client,
    saveClientInformation: (one: OAuthClientInformationFull) => {
      client = one;
    },
    tokens: () => tokens,
    saveTokens: (one: OAuthTokens) => {
      tokens = one;
    },
    redirectToAuthorization: () => {},
    saveCodeVerifier: (one: string) => {
      verifier = one;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState: (one: unknown) => {
      discovery = one;
    },
    discoveryState: () => discovery,
  } as unknown as OAuthClientProvider;
  const options = {
    serverUrl: SERVER,
    fetchFn: on.ctx.fetch,
    ...(resourceMetadata && { resourceMetadataUrl: new URL(resourceMetadata) }),
  };
  expect(await auth(provider, options)).toBe('REDIRECT');
  expect(await auth(provider, { ...options, authorizationCode: 'code-1' })).toBe('AUTHORIZED');
}

const legacy = (on: Stage) => {
  const own = 'https://mcp.example';
  return on
    .on(`GET ${own}/.well-known/oauth-authorization-server`, { body: issuerDocument(own) })
    .on(`POST ${own}/register`, ({ body }) => ({
      status: 201,
      body: { ...JSON.parse(body), client_id: 'id' },
    }))
    .on(`POST ${own}/token`, { body: { access_token: 'at', token_type: 'Bearer' } });
};
const bare = (on: Stage) => {
  const own = 'https://mcp.example';
  return on
    .on(`POST ${own}/register`, ({ body }) => ({
      status: 201,
      body: { ...JSON.parse(body), client_id: 'id' },
    }))
    .on(`POST ${own}/token`, { body: { access_token: 'at', token_type: 'Bearer' } });
};
const openid = (on: Stage) =>
  wellBehaved(on)
    .on(`GET ${ISSUER}/.well-known/oauth-authorization-server`, { status: 404 })
    .on(`GET ${ISSUER}/.well-known/openid-configuration`, {
      body: issuerDocument(ISSUER, {
        jwks_uri: `${ISSUER}/keys`,
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }),
    });

describe('a cold sign-in makes no more requests than the official SDK', () => {
  test.each([
    ['resource metadata named by the challenge', wellBehaved, RESOURCE_METADATA, 4],
    ['resource metadata probed', wellBehaved, null, 4],
    ['an OpenID Connect issuer', openid, RESOURCE_METADATA, 5],
    ['a client ID metadata document', cimd, RESOURCE_METADATA, 3],
    ['a server of 2025-03-26', legacy, null, 5],
    ['a server without any metadata', bare, null, 6],
  ])('%s', async (_what, prepare, resourceMetadata, count) => {
    const theirs = prepare(await stage());
    await officialSignIn(theirs, resourceMetadata).catch((error) => {
      // The SDK has no document of its own in this test, so it registers; that is its count.
      throw error;
    });
    const ours = prepare(await stage());
    await signIn(ours, { challenge: resourceMetadata ? challenge : null });
    expect(ours.requests.length).toBe(count);
    expect(ours.requests.length).toBeLessThanOrEqual(theirs.requests.length);
  });
});

function cimd(on: Stage): Stage {
  return wellBehaved(on, { issuer: { client_id_metadata_document_supported: true } });
}
