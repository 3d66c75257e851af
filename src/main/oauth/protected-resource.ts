import * as z from 'zod';
import { describeProblem, failure, ProblemError, problemOf } from '../../shared/problems.ts';
import type { Draft } from './answer-draft.ts';
import type { BearerChallenge } from './challenge.ts';
import type { ProtocolContext } from './context.ts';
import { freshUntil } from './freshness.ts';
import { fetchDocument } from './lenient-fetch.ts';
import { boundedText, textList } from './metadata-members.ts';
import { isHostProblem } from './network-problem.ts';
import { endpointUrl } from './url-policy.ts';

/** Most issuers of one server we look at. */
export const AUTHORIZATION_SERVER_LIMIT = 20;

/** What a server says about itself (RFC 9728 §2), bounded. Plain JSON. */
export interface ProtectedResource {
  readonly resource: string;
  /** At most {@link AUTHORIZATION_SERVER_LIMIT}. */
  readonly authorizationServers: string[];
  readonly scopesSupported: string[] | null;
  readonly name: string | null;
  /** Whether the server takes only tokens bound to a key (RFC 9449). */
  readonly dpopRequired: boolean;
  /** Signature algorithms of DPoP proofs the server takes, or null when it names none. */
  readonly dpopAlgorithms: string[] | null;
  /** Address the document came from. */
  readonly source: string;
  /** Until when it may be used without asking again, milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** What asking a server about itself came to. */
export type ResourceFinding =
  | { readonly kind: 'found'; readonly metadata: ProtectedResource }
  /** Nothing is published, and no challenge says otherwise (servers of 2025-03-26). */
  | { readonly kind: 'unpublished' }
  /** The challenge names an address, which is of no use, and neither are the well-known ones. */
  | { readonly kind: 'unusable'; readonly reason: string };

const document = z.object({
  resource: boundedText,
  authorization_servers: textList(AUTHORIZATION_SERVER_LIMIT).optional(),
  scopes_supported: textList(200).optional(),
  resource_name: boundedText.optional().catch(undefined),
  dpop_bound_access_tokens_required: z.boolean().optional().catch(undefined),
  dpop_signing_alg_values_supported: textList(200).optional().catch(undefined),
});

const RULE = {
  text: 'A client must use resource_metadata of the challenge, else probe the well-known addresses in order.',
  reference: 'RFC 9728 §3.1, §5.1',
};

/**
 * Asks a server who it is and who signs people in for it (RFC 9728 §3): at the challenge's
 * `resource_metadata` if there is one, then at the well-known address with the path, then at the root.
 * @throws ProblemError `resource-metadata-unusable` or `private-address-refused` for a hostile
 * `resource_metadata`; a network problem when the server can't be reached at all
 */
export async function discoverProtectedResource(
  ctx: ProtocolContext,
  serverUrl: URL,
  challenge: BearerChallenge | null,
): Promise<ResourceFinding> {
  const named = namedAddress(ctx, serverUrl, challenge?.resourceMetadata);
  let unusable = named instanceof URL ? null : named;
  const asked = new Set<string>();
  for (const candidate of [...(named instanceof URL ? [named] : []), ...wellKnownAddresses(serverUrl)]) {
    if (asked.has(candidate.href)) continue;
    asked.add(candidate.href);
    const found = await ask(ctx, candidate, candidate === named);
    if (typeof found !== 'string') return { kind: 'found', metadata: found };
    if (candidate === named) unusable = found;
  }
  if (unusable !== null) return { kind: 'unusable', reason: unusable };
  ctx.observer.note('The server publishes no protected resource metadata.', RULE);
  return { kind: 'unpublished' };
}

/** The failure of a server whose own metadata address is of no use. */
export function unusableMetadata(serverUrl: URL, reason: string, cause: unknown): ProblemError {
  return failure('resource-metadata-unusable', { host: serverUrl.host, reason }, null, cause);
}

/** The address the challenge names; why it can't be used; or null when it names none. */
function namedAddress(ctx: ProtocolContext, serverUrl: URL, named: string | undefined): URL | string | null {
  if (named === undefined) return null;
  if (!URL.canParse(named, serverUrl)) {
    ctx.observer.note('resource_metadata of the challenge is no address; ignored.', RULE);
    return 'it is no web address';
  }
  const address = new URL(named, serverUrl);
  // A server behind a proxy often names itself with http. Its own well-known address tells the same.
  if (
    address.protocol === 'http:' &&
    serverUrl.protocol === 'https:' &&
    address.hostname === serverUrl.hostname
  ) {
    ctx.observer.note('resource_metadata of the challenge is a plain http address; not used.', RULE);
    return 'it is a plain http address';
  }
  try {
    return endpointUrl('resource metadata', address.href);
  } catch (error) {
    // No slip of a proxy: whoever names such an address is not asked for another.
    const { found } = problemOf(error).params;
    throw unusableMetadata(serverUrl, `Gatehouse does not go to ${found}`, error);
  }
}

/** The well-known addresses of a server's metadata, in the order to ask (RFC 9728 §3.1). */
export function wellKnownAddresses(serverUrl: URL): URL[] {
  const root = new URL('/.well-known/oauth-protected-resource', serverUrl.origin);
  const path = serverUrl.pathname.replace(/\/$/, '');
  return path === '' ? [root] : [new URL(`${root.pathname}${path}${serverUrl.search}`, root), root];
}

/** The document at an address, or why there is none. */
async function ask(ctx: ProtocolContext, url: URL, named: boolean): Promise<ProtectedResource | string> {
  const title = named ? 'Resource metadata named by the challenge' : 'Resource metadata, well-known address';
  try {
    return await fetchDocument(
      ctx,
      { kind: 'protected-resource', to: 'server', title, rule: RULE },
      url,
      (draft, notes) => understood(ctx, draft, url, notes),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const hostile = error.problem.code === 'private-address-refused';
    // The address the challenge names may be another host's, and down; ours is worth a try then.
    if (hostile || (isHostProblem(error.problem) && !named)) throw error;
    return describeProblem(error.problem).sentence.replace(/\.$/, '');
  }
}

function understood(
  ctx: ProtocolContext,
  draft: Draft,
  url: URL,
  notes: string[],
): ProtectedResource | string {
  if (draft.status > 299) return `${url.host} answered with status ${draft.status}`;
  const parsed = document.safeParse(draft.json);
  if (!parsed.success) {
    notes.push('This is no protected resource metadata (RFC 9728 §2: a JSON object with resource); ignored.');
    return `what ${url.host} sent is no such metadata`;
  }
  const { resource, authorization_servers: servers = [], scopes_supported, resource_name } = parsed.data;
  const { dpop_bound_access_tokens_required, dpop_signing_alg_values_supported } = parsed.data;
  return {
    resource,
    authorizationServers: [...new Set(servers)],
    scopesSupported: scopes_supported ?? null,
    name: resource_name ?? null,
    dpopRequired: dpop_bound_access_tokens_required ?? false,
    dpopAlgorithms: dpop_signing_alg_values_supported ?? null,
    source: url.href,
    freshUntil: freshUntil(draft.headers, ctx.now()),
  };
}
