import type { RemoteServer } from '../../shared/domain/server.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import { type Discovery, discover, type IssuerCache } from '../oauth/discovery.ts';
import type { ProtectedResource } from '../oauth/protected-resource.ts';
import type { Clock } from '../ports.ts';

/** How long what a server said about itself is used again without asking. */
const FRESH_MS = 10 * 60_000;

export type DiscoverySubject = Pick<RemoteServer, 'url' | 'settings'>;

export interface DiscovererDependencies {
  readonly clock: Clock;
  readonly issuerCache: IssuerCache;
  /** Issuers where there is an account or registration already. */
  readonly preferredIssuers: () => string[];
  /** Throws a ProblemError for an issuer that must not be asked; absent: any may be. */
  readonly admitIssuer?: (issuer: string) => void;
}

/**
 * Runs discovery and remembers its outcome for a while, so that preview and sign-in ask once; and what a server
 * publishes about itself for as long as it allows (RFC 9111 §4.2), so that a further account asks nobody.
 */
export class Discoverer {
  readonly #deps: DiscovererDependencies;
  readonly #remembered = new Map<string, { discovery: Discovery; until: number }>();
  readonly #resources = new Map<string, { metadata: ProtectedResource; named: string | undefined }>();
  readonly #challenges = new Map<string, BearerChallenge>();

  constructor(dependencies: DiscovererDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Takes note of the newest challenge of a server. What one call wanted on top of a grant is asked of who made
   * that call, not of everyone who signs in from now on (RFC 6750 §3.1, MCP authorization, scope selection).
   */
  challenged(url: string, challenge: BearerChallenge): void {
    if (challenge.error !== 'insufficient_scope') this.#challenges.set(url, challenge);
  }

  /** The newest challenge of a server in this run, if it ever sent one. */
  challengeOf(url: string): BearerChallenge | undefined {
    return this.#challenges.get(url);
  }

  /** @throws ProblemError as {@link discover} */
  async discover(context: ProtocolContext, subject: DiscoverySubject): Promise<Discovery> {
    const challenge = this.#challenges.get(subject.url) ?? null;
    const key = JSON.stringify([subject.url, subject.settings, challenge]);
    const known = this.#remembered.get(key);
    if (known && known.until > this.#deps.clock.now()) {
      context.observer.note('What the server said about itself a moment ago is used again.');
      return known.discovery;
    }
    const resource = this.#resources.get(subject.url);
    // A challenge that names another address means another document.
    const knownResource = resource?.named === challenge?.resourceMetadata ? resource?.metadata : undefined;
    const discovery = await discover(context, {
      serverUrl: new URL(subject.url),
      challenge,
      settings: subject.settings,
      preferredIssuers: this.#deps.preferredIssuers(),
      issuerCache: this.#deps.issuerCache,
      ...(knownResource && { knownResource }),
      ...(this.#deps.admitIssuer && { admitIssuer: this.#deps.admitIssuer }),
      interactive: subject.settings.machineGrant === undefined,
    });
    const metadata = discovery.protectedResource;
    if (metadata) this.#resources.set(subject.url, { metadata, named: challenge?.resourceMetadata });
    this.#remembered.set(key, { discovery, until: this.#deps.clock.now() + FRESH_MS });
    return discovery;
  }

  /** Forgets what is known about a server, so that it is discovered anew. */
  forget(url: string): void {
    this.#challenges.delete(url);
    this.askAgain(url);
  }

  /**
   * Discovers anew at the next sign-in, with the challenge there is: a token nobody could renew may mean that
   * the server moved to another issuer (MCP authorization, authorization server migration).
   */
  askAgain(url: string): void {
    this.#resources.delete(url);
    for (const key of this.#remembered.keys()) {
      if ((JSON.parse(key) as [string])[0] === url) this.#remembered.delete(key);
    }
  }
}
