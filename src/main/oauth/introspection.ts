import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { failure } from '../../shared/problems.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { askIssuer } from './issuer-request.ts';
import { objectIn } from './json.ts';
import { splitScope } from './scopes.ts';

/** What an issuer says about a token of ours (RFC 7662 §2.2). */
export interface Introspection {
  readonly active: boolean;
  readonly subject: string | null;
  readonly username: string | null;
  readonly scopes: string[] | null;
  /** Milliseconds since the epoch, or null. */
  readonly expiresAt: number | null;
}

const text = z.string().max(4096).optional().catch(undefined);
const answer = z.object({
  active: z.boolean(),
  sub: text,
  username: text,
  scope: text,
  exp: z.number().positive().optional().catch(undefined),
});

/**
 * Asks the issuer about a token of ours (RFC 7662 §2).
 * @returns null when the issuer offers no introspection
 * @throws ProblemError `answer-malformed`, `token-refused`, `server-error`, or a network problem
 */
export async function introspectToken(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
  token: string,
): Promise<Introspection | null> {
  const endpoint = issuer.server.introspection_endpoint;
  if (endpoint === undefined) return null;
  const response = await askIssuer(ctx, {
    issuer,
    credentials,
    purpose: {
      kind: 'introspection',
      title: 'Introspection of the token',
      rule: { text: 'The issuer tells what a token is good for.', reference: 'RFC 7662 §2.1' },
    },
    endpoint: { url: endpoint, name: 'introspection endpoint' },
    oneWay: true,
    request: (as, client, authentication, options) =>
      oauth.introspectionRequest(as, client, authentication, token, options),
  });
  const parsed = answer.safeParse(await objectIn(response));
  if (!parsed.success) {
    throw failure('answer-malformed', {
      host: new URL(issuer.issuer).host,
      what: 'its introspection answer',
    });
  }
  const { active, sub, username, scope, exp } = parsed.data;
  return {
    active,
    subject: sub ?? null,
    username: username ?? null,
    scopes: splitScope(scope),
    expiresAt: exp === undefined ? null : exp * 1000,
  };
}
