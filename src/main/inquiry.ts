import type { ProbeResult } from '../shared/contract/servers.ts';
import type { ExtraHeaders } from '../shared/domain/extra-header.ts';
import { type RemoteServer, serverSettings } from '../shared/domain/server.ts';
import type { ConsentPreview } from '../shared/domain/sign-in.ts';
import { failure, problemOf, visibleText } from '../shared/problems.ts';
import type { AccountBook } from './accounts/account-book.ts';
import { noteIssuer } from './accounts/issuer-move.ts';
import type { ProtocolContext } from './oauth/context.ts';
import type { Discovery } from './oauth/discovery.ts';
import { parseServerUrl } from './oauth/url-policy.ts';
import type { PolicyGuard } from './policy/policy-guard.ts';
import type { Clock, Fetch } from './ports.ts';
import { probeServer } from './servers/probe.ts';
import type { ServerBook } from './servers/server-book.ts';
import type { Discoverer } from './sign-in/discoverer.ts';
import type { TraceHandle, TraceRecorder } from './trace/recorder.ts';

export interface InquiryDependencies {
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly policy: PolicyGuard;
  readonly discoverer: Discoverer;
  readonly traces: TraceRecorder;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Time limit of one request in milliseconds. */
  readonly timeoutMs: number;
  /** Fires when the app ends. */
  readonly ending: AbortSignal;
  readonly extraHeaders: (server: RemoteServer) => Promise<ExtraHeaders>;
  readonly protocol: (trace: TraceHandle, signal?: AbortSignal) => ProtocolContext;
  readonly preview: (server: RemoteServer, discovery: Discovery) => Promise<ConsentPreview>;
}

/** Asks what is at an address, and who signs people in there. */
export class Inquiry {
  readonly #deps: InquiryDependencies;
  /** Servers being asked who signs people in now, by address. */
  readonly #lookups = new Map<string, Promise<void>>();

  constructor(dependencies: InquiryDependencies) {
    this.#deps = dependencies;
  }

  /** Finds out what is at an address. Stores nothing; never throws. */
  async probe(input: string, extraHeaders: ExtraHeaders = {}): Promise<ProbeResult> {
    const { policy, servers, traces, discoverer, fetch, clock, timeoutMs } = this.#deps;
    let trace: TraceHandle | null = null;
    try {
      const url = parseServerUrl(input);
      policy.admitAddress(url);
      const existing = servers.findByUrl(url);
      if (existing) {
        const problem = failure('server-already-added', { name: existing.name }).problem;
        return { kind: 'problem', problem, existingServerId: existing.id };
      }
      trace = traces.begin({ kind: 'probe', title: `Look at ${url.host}`, serverId: null, accountId: null });
      const settings = serverSettings.parse({});
      const outcome = await probeServer({
        url,
        fetch,
        clock,
        trace,
        extraHeaders,
        timeoutSeconds: timeoutMs / 1000,
        signal: AbortSignal.timeout(2 * timeoutMs),
      });
      if (outcome.kind === 'problem') {
        return { kind: 'problem', problem: trace.fail(outcome.problem), existingServerId: null };
      }
      if (outcome.kind === 'open') {
        trace.succeed();
        return { kind: 'open', url: url.href, suggestedName: suggestedName(outcome.serverName, url) };
      }
      if (outcome.challenge) discoverer.challenged(url.href, outcome.challenge);
      const subject = { url: url.href, settings };
      const discovery = await discoverer.discover(this.#deps.protocol(trace), subject);
      const preview = await this.#deps.preview(draft(subject), discovery);
      trace.succeed();
      const { serverName } = preview;
      return { kind: 'sign-in', url: url.href, suggestedName: suggestedName(serverName, url), preview };
    } catch (error) {
      const problem = trace ? trace.fail(problemOf(error)) : problemOf(error);
      return { kind: 'problem', problem, existingServerId: null };
    }
  }

  /**
   * Finds out who signs people in at a server; asks the server itself first, without a token.
   * @throws ProblemError of the first thing that is wrong
   */
  async discover(context: ProtocolContext, server: RemoteServer, trace: TraceHandle): Promise<Discovery> {
    const { accounts, discoverer, fetch, clock, timeoutMs } = this.#deps;
    if (!discoverer.challengeOf(server.url)) {
      // The first request goes out without a token: the challenge may name metadata and scopes (RFC 9728 §5.1).
      const outcome = await probeServer({
        url: new URL(server.url),
        fetch,
        clock,
        trace,
        extraHeaders: await this.#deps.extraHeaders(server),
        timeoutSeconds: timeoutMs / 1000,
        signal: context.signal ?? AbortSignal.timeout(2 * timeoutMs),
      });
      if (outcome.kind === 'problem')
        throw failure(outcome.problem.code, outcome.problem.params, outcome.problem.detail);
      if (outcome.kind === 'sign-in' && outcome.challenge) {
        discoverer.challenged(server.url, outcome.challenge);
      }
    }
    const discovery = await discoverer.discover(context, server);
    await noteIssuer(accounts, server.id, discovery, clock.now());
    return discovery;
  }

  /** Asks a server again who signs people in, after it refused a token nobody could renew. */
  lookForMove(url: string): void {
    const { servers, traces, ending } = this.#deps;
    const server = servers.findByUrl(new URL(url));
    if (server?.kind !== 'remote' || this.#lookups.has(url) || ending.aborted) return;
    const title = `Ask ${server.name} who signs people in now`;
    const trace = traces.begin({ kind: 'probe', title, serverId: server.id, accountId: null });
    const lookup = this.discover(this.#deps.protocol(trace, ending), server, trace)
      .then(() => trace.succeed())
      // Whoever met the refusal already tells the person; this was only one more question.
      .catch((error: unknown) => void trace.fail(problemOf(error)))
      .finally(() => this.#lookups.delete(url));
    this.#lookups.set(url, lookup);
  }

  /** Resolves when nothing is being asked any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#lookups.values());
  }
}

/** A name for a new server that fits the form: its own, or its host. */
function suggestedName(told: string | null, url: URL): string {
  return told?.trim() ? visibleText(told.trim(), 199) : url.host.slice(0, 200);
}

/** A server that is only looked at, not stored. */
function draft({ url, settings }: Pick<RemoteServer, 'url' | 'settings'>): RemoteServer {
  return { id: 'draft', kind: 'remote', name: new URL(url).host, url, enabled: true, addedAt: 0, settings };
}
