import * as oauth from 'oauth4webapi';
import { failure } from '../../shared/problems.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { Dpop } from './dpop.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { askIssuer, type IssuerRequest } from './issuer-request.ts';
import { objectIn } from './json.ts';
import { requestTokens } from './token-endpoint.ts';
import type { TokenSet } from './token-set.ts';

/** A grant without a person at the browser. */
export interface MachineGrantRequest {
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  readonly resource: string | null;
  readonly scopes: readonly string[] | null;
  readonly dpop?: Dpop;
}

/** The wish for an identity assertion (ID-JAG) at the identity provider. */
export interface IdentityAssertionRequest {
  /** The identity provider and our client there. */
  readonly issuer: IssuerMetadata;
  readonly credentials: ClientCredentials;
  /** The person's ID token (or SAML assertion) of the identity provider. Secret: never logged. */
  readonly subjectToken: string;
  /** RFC 8693 §3; absent: an ID token. */
  readonly subjectTokenType?: string;
  /** Issuer of the MCP server's authorization server. */
  readonly audience: string;
  readonly resource: string | null;
  readonly scopes: readonly string[] | null;
}

const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Tokens for a client of its own (RFC 6749 §4.4; MCP extension OAuth client credentials).
 * @throws TokenEndpointFailure, or ProblemError before anything is sent
 */
export function clientCredentialsGrant(
  ctx: ProtocolContext,
  request: MachineGrantRequest,
): Promise<TokenSet> {
  return grant(
    ctx,
    request,
    'Tokens for the client itself',
    'RFC 6749 §4.4.2',
    (as, client, authentication, options) =>
      oauth.clientCredentialsGrantRequest(as, client, authentication, target(request), options),
  );
}

/**
 * Tokens for an assertion (RFC 7523 §2.1): an ID-JAG (MCP extension enterprise-managed authorization) or a
 * workload's token (workload identity federation). A refused assertion is not tried again.
 * @throws TokenEndpointFailure, or ProblemError before anything is sent
 */
export function jwtBearerGrant(
  ctx: ProtocolContext,
  request: MachineGrantRequest & { readonly assertion: string },
): Promise<TokenSet> {
  const parameters = { ...target(request), assertion: request.assertion };
  return grant(
    ctx,
    request,
    'Assertion exchanged for tokens',
    'RFC 7523 §2.1',
    (as, client, authentication, options) =>
      oauth.genericTokenEndpointRequest(as, client, authentication, JWT_BEARER, parameters, options),
  );
}

/**
 * An ID-JAG for the MCP server's issuer (RFC 8693 §2.1; draft-ietf-oauth-identity-assertion-authz-grant §4).
 * @returns the assertion, for {@link jwtBearerGrant}
 * @throws ProblemError `token-refused`, `server-error`, `answer-malformed`, or a network problem
 */
export async function requestIdentityAssertion(
  ctx: ProtocolContext,
  request: IdentityAssertionRequest,
): Promise<string> {
  const { issuer, credentials, audience, subjectToken, subjectTokenType = ID_TOKEN } = request;
  const parameters = {
    ...target(request),
    audience,
    requested_token_type: ID_JAG,
    subject_token: subjectToken,
    subject_token_type: subjectTokenType,
  };
  const response = await askIssuer(ctx, {
    issuer,
    credentials,
    purpose: {
      kind: 'token',
      title: 'Identity assertion for the server’s issuer',
      rule: { text: 'The identity provider vouches for the person.', reference: 'RFC 8693 §2.1' },
    },
    endpoint: { url: issuer.server.token_endpoint, name: 'token endpoint' },
    request: (as, client, authentication, options) =>
      oauth.genericTokenEndpointRequest(as, client, authentication, TOKEN_EXCHANGE, parameters, options),
  });
  const { access_token: assertion, issued_token_type: issued } = await objectIn(response);
  if (typeof assertion !== 'string' || issued !== ID_JAG) {
    throw failure('answer-malformed', { host: new URL(issuer.issuer).host, what: 'no identity assertion' });
  }
  return assertion;
}

function grant(
  ctx: ProtocolContext,
  { issuer, credentials, scopes, dpop }: MachineGrantRequest,
  title: string,
  reference: string,
  request: IssuerRequest['request'],
): Promise<TokenSet> {
  const rule = { text: 'No person is asked; the client or its assertion is the grant.', reference };
  return requestTokens(ctx, {
    issuer,
    credentials,
    title,
    rule,
    asked: scopes,
    renewal: false,
    dpop,
    request,
  });
}

function target({
  resource,
  scopes,
}: Pick<MachineGrantRequest, 'resource' | 'scopes'>): Record<string, string> {
  return {
    ...(resource !== null && { resource }),
    ...(scopes?.length && { scope: scopes.join(' ') }),
  };
}
