import type * as oauth from 'oauth4webapi';
import { failure, type Problem, ProblemError } from '../../shared/problems.ts';
import type { Draft } from './answer-draft.ts';
import type { ProtocolContext } from './context.ts';
import { freshUntil } from './freshness.ts';
import { fetchDocument } from './lenient-fetch.ts';
import { authorizationServerMetadata } from './metadata-members.ts';
import { isHostProblem } from './network-problem.ts';
import { endpointUrl } from './url-policy.ts';

/** An issuer's metadata, validated. Plain JSON. */
export interface IssuerMetadata {
  /** The identifier that was asked; key of registrations. */
  readonly issuer: string;
  /** Known members only, bounded; `server.issuer` is the name the document gives itself. */
  readonly server: oauth.AuthorizationServer;
  /** Address the document came from, or `defaults` when there was none (2025-03-26). */
  readonly source: string;
  /** Until when it may be used without asking again, milliseconds since the epoch. */
  readonly freshUntil: number;
}

export interface IssuerOptions {
  /** Accept a document that calls itself this (deviation from RFC 8414 §3.3, a person's decision). */
  readonly trustedIssuerName?: string | undefined;
  /** A server without resource metadata (2025-03-26): without a document, default endpoints are used. */
  readonly legacy?: boolean;
}

const ORDER = {
  text: 'The well-known addresses are asked in order; the first valid document counts.',
  reference: 'RFC 8414 §3.1, OpenID Connect Discovery §4.1, MCP authorization',
};
const DEFAULTS_FRESH_MS = 5 * 60_000;

/**
 * Asks an issuer for its metadata (RFC 8414 §3, OpenID Connect Discovery §4). What is no valid document (an
 * HTML page, an error, a redirect elsewhere, broken JSON) means "go on to the next address".
 * @param issuer identifier as the server names it
 * @throws ProblemError `issuer-mismatch` (RFC 8414 §3.3), `issuer-incomplete` when no address has a document,
 * `endpoint-refused`, or a network problem
 */
export async function discoverIssuer(
  ctx: ProtocolContext,
  issuer: string,
  options: IssuerOptions = {},
): Promise<IssuerMetadata> {
  const base = endpointUrl('issuer', issuer);
  let mismatch: Problem | null = null;
  let unreachable: Problem | null = null;
  for (const [index, url] of issuerAddresses(base).entries()) {
    const title = `Issuer metadata, address ${index + 1}`;
    try {
      const found = await fetchDocument(ctx, { kind: 'issuer', title, rule: ORDER }, url, (draft, notes) =>
        understood(ctx, draft, { issuer, url, options, notes }),
      );
      if (found) return found;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { problem } = error;
      if (isHostProblem(problem) || problem.code === 'private-address-refused') throw error;
      if (problem.code === 'issuer-mismatch') mismatch ??= problem;
      else unreachable ??= problem;
    }
  }
  if (mismatch) throw new ProblemError(mismatch);
  if (options.legacy) return defaults(ctx, issuer, base);
  if (unreachable) throw new ProblemError(unreachable);
  throw failure('issuer-incomplete', { host: base.host, what: 'its metadata' }, issuer);
}

/** The addresses of an issuer's metadata, in the order to ask (MCP authorization, metadata discovery). */
export function issuerAddresses(issuer: URL): URL[] {
  const path = issuer.pathname.replace(/\/+$/, '');
  // Set as a path, not resolved: a path starting with two slashes would name another host.
  const at = (pathname: string) => {
    const url = new URL(issuer.origin);
    url.pathname = pathname;
    return url;
  };
  const inserted = ['oauth-authorization-server', 'openid-configuration'].map((name) =>
    at(`/.well-known/${name}${path}`),
  );
  return path === '' ? inserted : [...inserted, at(`${path}/.well-known/openid-configuration`)];
}

/**
 * Whether two issuer identifiers are one: equal as strings (RFC 8414 §3.3), or apart only by the slash at
 * the root, which resource metadata and issuer documents of one deployment often disagree about.
 */
export function sameIssuer(one: string, other: string): boolean {
  return one === other || isRootSlashApart(one, other) || isRootSlashApart(other, one);
}

function isRootSlashApart(short: string, long: string): boolean {
  return long === `${short}/` && URL.canParse(short) && new URL(short).pathname === '/';
}

interface Asked {
  readonly issuer: string;
  readonly url: URL;
  readonly options: IssuerOptions;
  readonly notes: string[];
}

function understood(ctx: ProtocolContext, draft: Draft, asked: Asked): IssuerMetadata | null {
  if (draft.status > 299) return null;
  const parsed = authorizationServerMetadata.safeParse(draft.json);
  if (!parsed.success) {
    asked.notes.push('This is no authorization server metadata (RFC 8414 §2); on to the next address.');
    return null;
  }
  const found = parsed.data.issuer;
  checkName(found, asked);
  const known = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  return {
    issuer: asked.issuer,
    server: { ...known, issuer: found },
    source: asked.url.href,
    freshUntil: freshUntil(draft.headers, ctx.now()),
  };
}

function checkName(found: string, { issuer, options, notes }: Asked): void {
  if (found === issuer) return;
  if (sameIssuer(found, issuer)) {
    notes.push(`The document calls itself ${found}, the server ${issuer}: one slash apart, accepted.`);
  } else if (found === options.trustedIssuerName) {
    notes.push(`The document calls itself ${found} instead of ${issuer}; the server’s settings trust that.`);
  } else {
    // RFC 8414 §3.3: identical, or the document MUST NOT be used.
    throw failure('issuer-mismatch', { found, expected: issuer });
  }
}

function defaults(ctx: ProtocolContext, issuer: string, base: URL): IssuerMetadata {
  ctx.observer.note('The issuer publishes no metadata; the default endpoints are used.', {
    text: 'Without metadata a client uses /authorize, /token and /register of the server’s origin.',
    reference: 'MCP authorization 2025-03-26, fallbacks for servers without metadata discovery',
  });
  const at = (path: string) => new URL(path, base.origin).href;
  return {
    issuer,
    server: {
      issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      registration_endpoint: at('/register'),
    },
    source: 'defaults',
    freshUntil: ctx.now() + DEFAULTS_FRESH_MS,
  };
}
