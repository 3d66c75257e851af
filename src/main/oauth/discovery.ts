import type { ServerSettings } from '../../shared/domain/server.ts';
import { failure, ProblemError } from '../../shared/problems.ts';
import type { BearerChallenge } from './challenge.ts';
import type { ProtocolContext, Reach } from './context.ts';
import { discoverIssuer, type IssuerMetadata, sameIssuer } from './issuer-metadata.ts';
import { checkIssuer } from './issuer-policy.ts';
import {
  discoverProtectedResource,
  type ProtectedResource,
  type ResourceFinding,
  unusableMetadata,
} from './protected-resource.ts';
import { reachOf } from './reach.ts';
import { resourceParameter } from './resource.ts';
import { scopesToAsk } from './scopes.ts';

/** Most issuers asked in one discovery: a hostile list must not keep a person waiting for minutes. */
const TRIED_LIMIT = 5;

/** Where the caller keeps issuer metadata; this room keeps nothing. */
export interface IssuerCache {
  get(issuer: string): IssuerMetadata | undefined;
  set(metadata: IssuerMetadata): void;
}

/** Everything found out before a person is asked. */
export interface Discovery {
  readonly issuer: IssuerMetadata;
  /** All issuers the server names, in its order; the first is not always the chosen one. */
  readonly issuers: string[];
  readonly protectedResource: ProtectedResource | null;
  /** The `resource` parameter to send (RFC 8707), or null to leave it out. */
  readonly resource: string | null;
  /** Scopes to ask, or null for no `scope` parameter. */
  readonly scopes: string[] | null;
  /** Where server, issuer or settings depart from the specification, in words. */
  readonly deviations: string[];
  /** How far requests of this sign-in may reach; for the context of the steps that follow. */
  readonly reach: Reach;
}

export interface DiscoveryRequest {
  readonly serverUrl: URL;
  readonly challenge: BearerChallenge | null;
  readonly settings: ServerSettings;
  /** Throws a ProblemError for an issuer that must not be asked at all; absent: any may be. */
  readonly admitIssuer?: (issuer: string) => void;
  /** Issuers with an account or registration, best first. */
  readonly preferredIssuers?: readonly string[];
  readonly issuerCache?: IssuerCache;
  /** Resource metadata from an earlier discovery: used instead of asking, while it is fresh. */
  readonly knownResource?: ProtectedResource;
  /** False for machine accounts: no browser, so neither PKCE nor an authorization endpoint is needed. */
  readonly interactive?: boolean;
}

/**
 * Finds out who signs people in for a server, for which resource and scopes (MCP authorization; RFC 9728 §3,
 * RFC 8414 §3, RFC 8707 §2).
 * @throws ProblemError `resource-*`, `issuer-*`, `s256-missing`, `endpoint-refused`,
 * `private-address-refused`, or a network problem
 */
export async function discover(outer: ProtocolContext, request: DiscoveryRequest): Promise<Discovery> {
  const { serverUrl, challenge, settings } = request;
  const reach = outer.reach ?? (await reachOf(outer, serverUrl));
  const ctx: ProtocolContext = { ...outer, reach };
  const known = request.knownResource;
  const finding: ResourceFinding =
    known && known.freshUntil > ctx.now()
      ? { kind: 'found', metadata: known }
      : await discoverProtectedResource(ctx, serverUrl, challenge);
  const protectedResource = finding.kind === 'found' ? finding.metadata : null;
  // Before any issuer is asked: nothing is sent anywhere for a resource that is not this server.
  const resource = resourceParameter(serverUrl, protectedResource, settings.resource);
  const named = protectedResource?.authorizationServers ?? [];
  const issuers = named.length > 0 ? named : [serverUrl.origin];
  const candidates = admitted(
    inOrder(pinned(issuers, settings, named.length === 0), request.preferredIssuers ?? []),
    request.admitIssuer,
  );
  const guessed = named.length === 0 && settings.issuerPin === undefined;
  // Default endpoints are for servers that know nothing of metadata, not for those whose metadata is broken.
  const legacy = guessed && finding.kind !== 'unusable';
  const issuer = await firstThatAnswers(ctx, request, candidates, legacy).catch((error: unknown) => {
    const known = !guessed || finding.kind !== 'unusable' || !(error instanceof ProblemError);
    throw known ? error : unusableMetadata(serverUrl, finding.reason, error);
  });
  const interactive = request.interactive ?? true;
  const departures = checkIssuer(ctx, issuer, { interactive, assumeS256: settings.assumeS256 });
  return {
    issuer,
    issuers,
    protectedResource,
    resource,
    scopes: scopesToAsk({
      configured: settings.scopes ?? null,
      challenged: challenge?.scope ?? null,
      resourceScopes: protectedResource?.scopesSupported ?? null,
      issuerScopes: issuer.server.scopes_supported ?? null,
    }),
    deviations: [...deviations(settings, finding, issuer), ...departures],
    reach,
  };
}

function pinned(issuers: readonly string[], settings: ServerSettings, unnamed: boolean): readonly string[] {
  const pin = settings.issuerPin;
  if (pin === undefined) return issuers;
  const match = issuers.find((one) => sameIssuer(one, pin));
  if (match !== undefined) return [match];
  // A server that names nobody can't contradict the pin.
  if (unnamed) return [pin];
  throw failure('issuer-pin-mismatch', { found: issuers.join(', '), expected: pin });
}

/** Issuers that may be asked; when none may, the reason of the first is the server's. */
function admitted(issuers: readonly string[], admit: DiscoveryRequest['admitIssuer']): readonly string[] {
  if (!admit) return issuers;
  let refused: unknown;
  const left = issuers.filter((issuer) => {
    try {
      admit(issuer);
      return true;
    } catch (error) {
      refused ??= error;
      return false;
    }
  });
  if (left.length === 0) throw refused;
  return left;
}

/** Issuers with an account or registration first, then as the server names them (RFC 9728 §7.6). */
function inOrder(issuers: readonly string[], preferred: readonly string[]): string[] {
  const known = preferred.flatMap((wanted) => issuers.find((one) => sameIssuer(one, wanted)) ?? []);
  return [...new Set([...known, ...issuers])];
}

async function firstThatAnswers(
  ctx: ProtocolContext,
  request: DiscoveryRequest,
  candidates: readonly string[],
  legacy: boolean,
): Promise<IssuerMetadata> {
  let first: ProblemError | undefined;
  for (const candidate of candidates.slice(0, TRIED_LIMIT)) {
    try {
      return await issuerMetadata(ctx, request, candidate, legacy);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      first ??= error;
    }
  }
  throw first;
}

async function issuerMetadata(
  ctx: ProtocolContext,
  request: DiscoveryRequest,
  issuer: string,
  legacy: boolean,
): Promise<IssuerMetadata> {
  const trusted = request.settings.trustedIssuerName;
  const cached = request.issuerCache?.get(issuer);
  if (cached && isUsable(cached, ctx.now(), { trusted, legacy })) return cached;
  const found = await discoverIssuer(ctx, issuer, { legacy, trustedIssuerName: trusted });
  request.issuerCache?.set(found);
  return found;
}

/** What one server's override or lack of metadata allowed must not pass to another through the cache. */
function isUsable(
  cached: IssuerMetadata,
  now: number,
  { trusted, legacy }: { trusted: string | undefined; legacy: boolean },
): boolean {
  const named = sameIssuer(cached.server.issuer, cached.issuer) || cached.server.issuer === trusted;
  return cached.freshUntil > now && named && (legacy || cached.source !== 'defaults');
}

function deviations(settings: ServerSettings, finding: ResourceFinding, issuer: IssuerMetadata): string[] {
  const taken = settings.issuerPin === undefined ? 'its origin is' : 'the one of your settings is';
  const told: (string | false)[] = [
    finding.kind === 'unpublished' &&
      `The server publishes no resource metadata; ${taken} taken as the issuer.`,
    finding.kind === 'unusable' &&
      `The server’s metadata could not be used (${finding.reason}); ${taken} taken as the issuer.`,
    finding.kind === 'found' &&
      finding.metadata.authorizationServers.length === 0 &&
      `The server names no issuer; ${taken} taken.`,
    !sameIssuer(issuer.server.issuer, issuer.issuer) &&
      `The issuer calls itself ${issuer.server.issuer}; your settings trust that.`,
    issuer.server.issuer !== issuer.issuer &&
      sameIssuer(issuer.server.issuer, issuer.issuer) &&
      'Server and issuer write the issuer differently (a slash at the end).',
    settings.resource.mode === 'omit' && 'Your settings leave the resource parameter out.',
    settings.resource.mode === 'fixed' && `Your settings fix the resource: ${settings.resource.value}.`,
    settings.scopes !== undefined && 'Your settings name the scopes to ask for.',
  ];
  return told.filter((one) => one !== false);
}
