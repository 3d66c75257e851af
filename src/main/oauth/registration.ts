import type { JWK } from 'jose';
import { appIdentity } from '../../shared/app-identity.ts';
import type { ClientAuthenticationMethod } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import { type ClientCredentials, listedSecretMethod } from './client-authentication.ts';
import { isClientIdUrl } from './client-metadata.ts';
import type { ProtocolContext } from './context.ts';
import { registerDynamically } from './dynamic-registration.ts';
import { type IssuerMetadata, sameIssuer } from './issuer-metadata.ts';
import type { ObtainedClient } from './obtained-client.ts';

export type { ClientCredentials } from './client-authentication.ts';

/** How we become known at an issuer; `ask`: only the person can tell a client ID. */
type Means =
  | { readonly kind: 'pre-registered'; readonly client: PreRegisteredClient }
  | { readonly kind: 'metadata-document'; readonly clientId: string }
  | { readonly kind: 'dynamic' | 'ask' };

/** A client the person entered, for one issuer. */
export interface PreRegisteredClient {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly authentication?: ClientAuthenticationMethod;
  readonly privateKey?: JWK;
  /** Issuer the client belongs to; absent: the one in use. Another one is an error to show. */
  readonly issuer?: string;
}

export interface RegistrationOptions {
  readonly preRegistered?: PreRegisteredClient;
  /** Our metadata document's URL; null: never use one; absent: the app's own. */
  readonly clientMetadataUrl?: string | null;
  readonly redirectUris: {
    readonly customScheme: string | null;
    /** Exact URIs to offer, port included, in order of preference. */
    readonly loopback: readonly string[];
  };
  readonly prefer?: 'custom-scheme' | 'loopback';
  /** Scopes that may be asked later; some issuers refuse what was not registered (RFC 7591 §2). */
  readonly scopes?: readonly string[] | null;
}

/**
 * How we would become known at an issuer, without asking it (MCP authorization, client registration: pre-
 * registered, metadata document, dynamic, ask the person).
 */
export function registrationKind(
  issuer: IssuerMetadata,
  options: Pick<RegistrationOptions, 'preRegistered' | 'clientMetadataUrl'>,
): Means['kind'] {
  return meansFor(issuer, options).kind;
}

function meansFor(
  issuer: IssuerMetadata,
  { preRegistered, clientMetadataUrl }: Pick<RegistrationOptions, 'preRegistered' | 'clientMetadataUrl'>,
): Means {
  if (preRegistered) return { kind: 'pre-registered', client: preRegistered };
  const { client_id_metadata_document_supported: documents, registration_endpoint: endpoint } = issuer.server;
  const clientId = clientMetadataUrl === undefined ? appIdentity.clientMetadataUrl : clientMetadataUrl;
  if (documents && clientId !== null && isClientIdUrl(clientId))
    return { kind: 'metadata-document', clientId };
  return { kind: endpoint === undefined ? 'ask' : 'dynamic' };
}

/**
 * Becomes known at an issuer (MCP authorization, client registration; RFC 7591 §3).
 * @throws ProblemError `registration-issuer-mismatch`, `registration-not-offered`, `registration-refused`,
 * `redirect-uri-refused`, `client-authentication-unsupported`, or a network problem
 */
export async function obtainClient(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  options: RegistrationOptions,
): Promise<ObtainedClient> {
  const means = meansFor(issuer, options);
  const redirectUris = orderedRedirectUris(options);
  switch (means.kind) {
    case 'pre-registered': {
      const credentials = preRegisteredCredentials(issuer, means.client);
      return { kind: means.kind, credentials, clientSecretExpiresAt: null, redirectUris };
    }
    case 'metadata-document': {
      const { kind, clientId } = means;
      ctx.observer.note(`The client ID is the address of our metadata document, ${clientId}.`, {
        text: 'An issuer that supports client ID metadata documents needs no registration.',
        reference: 'MCP authorization, client ID metadata documents',
      });
      const credentials = { clientId, authentication: 'none', issuer: issuer.issuer } as const;
      return { kind, credentials, clientSecretExpiresAt: null, redirectUris };
    }
    case 'dynamic':
      return registerDynamically(ctx, issuer, redirectUris, options.scopes ?? null);
    case 'ask':
      throw failure('registration-not-offered', { host: new URL(issuer.issuer).host });
  }
}

function orderedRedirectUris({ redirectUris, prefer }: RegistrationOptions): string[] {
  const custom = redirectUris.customScheme === null ? [] : [redirectUris.customScheme];
  const loopback = [...redirectUris.loopback];
  return prefer === 'loopback' ? [...loopback, ...custom] : [...custom, ...loopback];
}

function preRegisteredCredentials(issuer: IssuerMetadata, client: PreRegisteredClient): ClientCredentials {
  if (client.issuer !== undefined && !sameIssuer(client.issuer, issuer.issuer)) {
    // MCP authorization: an error to show, not to work around by registering anew.
    throw failure('registration-issuer-mismatch', { expected: client.issuer, found: issuer.issuer });
  }
  const { clientId, clientSecret, privateKey } = client;
  return {
    clientId,
    authentication: client.authentication ?? likelyAuthentication(issuer, client),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(privateKey !== undefined && { privateKey }),
    issuer: issuer.issuer,
  };
}

// RFC 8414 §2: without a list, client_secret_basic.
function likelyAuthentication(
  { server }: IssuerMetadata,
  { clientSecret, privateKey }: PreRegisteredClient,
): ClientAuthenticationMethod {
  if (privateKey !== undefined) return 'private_key_jwt';
  if (clientSecret === undefined) return 'none';
  return listedSecretMethod(server.token_endpoint_auth_methods_supported) ?? 'client_secret_basic';
}
