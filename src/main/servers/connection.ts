import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { Server } from '../../shared/domain/server.ts';
import { failure, type Problem, ProblemError, problemOf } from '../../shared/problems.ts';
import type { Cancel, Clock, Randomness, Scheduler } from '../ports.ts';
import type { TraceHandle, TraceRecorder } from '../trace/recorder.ts';
import { Redactor } from '../trace/redaction.ts';
import { type AuthorizedFetchOptions, authorizedFetch, type TokenSource } from './authorized-fetch.ts';
import { type Elicit, type McpClient, openMcpClient } from './mcp-client.ts';
import { MoreScopeNeeded, SignInNeeded } from './sign-in-needed.ts';

/** Pauses between attempts: doubled from the first to the longest, spread by jitter. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const JITTER = 0.3;

export interface ConnectionDependencies
  extends Pick<AuthorizedFetchOptions, 'fetch' | 'challenged' | 'tokenRefused'> {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly traces: TraceRecorder;
  /** Waits for a place among the attempts that may run at once; the result gives it back. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>;
  readonly changed: (connection: Connection) => void;
  readonly toolsChanged: (connection: Connection) => void;
  /** Told when the server asks for more than was granted. */
  readonly moreScopeNeeded: (connection: Connection, scopes: readonly string[]) => void;
  readonly used: (connection: Connection) => void;
  readonly elicit?: Elicit | undefined;
}

/** Problems that only a sign-in mends: the connection waits for the person, quietly. */
const NEEDS_SIGN_IN = new Set<Problem['code']>([
  'sign-in-needed',
  'grant-revoked',
  'grant-expired',
  'secrets-unreadable',
  'token-not-accepted',
  'client-unknown',
  'account-unknown',
]);

/** Problems that pass by themselves: the connection tries again. */
const PASSING = new Set<Problem['code']>([
  'host-not-found',
  'connection-refused',
  'network-unreachable',
  'answer-timeout',
  'server-error',
  'connection-lost',
  'refresh-delayed',
  'secrets-locked',
]);

/** Problems of a call that tell of the whole connection. */
const LOST = new Set<Problem['code']>([
  'connection-lost',
  'connection-refused',
  'host-not-found',
  'network-unreachable',
]);

/** One connection to one server, for one account or for nobody. Comes back by itself after what passes. */
export class Connection {
  readonly server: Server;
  readonly accountId: string | null;
  readonly #deps: ConnectionDependencies;
  readonly #fetch: ReturnType<typeof authorizedFetch>;
  readonly #redactor = new Redactor();
  #status: ConnectionStatus = 'disconnected';
  #problem: Problem | null = null;
  #since: number;
  #nextAttemptAt: number | null = null;
  #failures = 0;
  #opened: McpClient | null = null;
  #opening: Promise<McpClient> | null = null;
  #abort = new AbortController();
  #retry: Cancel = () => undefined;
  #trace: TraceHandle | null = null;

  constructor(
    server: Server,
    accountId: string | null,
    tokens: TokenSource | null,
    dependencies: ConnectionDependencies,
  ) {
    this.server = server;
    this.accountId = accountId;
    this.#deps = dependencies;
    this.#since = dependencies.clock.now();
    this.#fetch = authorizedFetch({
      serverUrl: new URL(server.url),
      tokens,
      fetch: dependencies.fetch,
      clock: dependencies.clock,
      trace: () => this.#trace,
      redactor: this.#redactor,
      timeoutSeconds: server.settings.requestTimeoutSeconds,
      challenged: dependencies.challenged,
      tokenRefused: dependencies.tokenRefused,
    });
  }

  get view(): ConnectionView {
    return {
      serverId: this.server.id,
      accountId: this.accountId,
      status: this.#status,
      problem: this.#problem,
      since: this.#since,
      nextAttemptAt: this.#nextAttemptAt,
      protocolVersion: this.#opened?.protocolVersion ?? null,
      serverName: this.#opened?.serverName ?? null,
      serverVersion: this.#opened?.serverVersion ?? null,
    };
  }

  /**
   * The open client; connects first when there is none. Callers at once share one attempt.
   * @throws ProblemError why there is no connection
   */
  client(): Promise<McpClient> {
    if (this.#opened) return Promise.resolve(this.#opened);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Connects in the background; what happens shows in {@link view}. */
  start(): void {
    this.client().catch(() => undefined);
  }

  /** Ends what there is and connects anew, at once. */
  async reconnect(): Promise<void> {
    this.#failures = 0;
    await this.#end();
    this.start();
  }

  /** Tries at once if it waits for a next attempt: the computer woke up or the network is back. */
  retryNow(): void {
    if (this.#nextAttemptAt === null) return;
    this.#retry();
    this.start();
  }

  /** Ends the connection for good. */
  async stop(status: 'disconnected' | 'disabled' = 'disconnected'): Promise<void> {
    await this.#end();
    this.#become(status, null);
  }

  /**
   * Runs one request on the connection.
   * @throws ProblemError translated by the caller's `translate`, or as {@link client}
   */
  async use<T>(
    run: (client: McpClient) => Promise<T>,
    translate: (error: unknown) => ProblemError,
  ): Promise<T> {
    let opened = await this.client();
    for (let again = false; ; again = true) {
      try {
        const result = await run(opened);
        this.#deps.used(this);
        return result;
      } catch (error) {
        if (!again && opened.lostSession(error)) {
          opened = await this.#newSession(opened);
          continue;
        }
        const translated = this.#redacted(translate(error));
        this.#noteFailure(translated);
        throw translated;
      }
    }
  }

  /** Initializes again after the server forgot the session; callers at once share one attempt. */
  #newSession(lost: McpClient): Promise<McpClient> {
    if (this.#opened === lost) {
      this.#opened = null;
      // Other requests on it are about to hear the same; closed at once, they would hear something else.
      const patience = this.server.settings.requestTimeoutSeconds * 1000;
      this.#deps.scheduler.after(patience, () => void lost.close());
    }
    return this.client();
  }

  /** What a server says about a failure may repeat the token it was sent. */
  #redacted(error: ProblemError): ProblemError {
    // Ours hold nothing but the challenge, and that was redacted when it was read.
    if (error instanceof SignInNeeded || error instanceof MoreScopeNeeded) return error;
    return new ProblemError(this.#redactor.problem(error.problem), { cause: error });
  }

  #noteFailure(error: ProblemError): void {
    if (error instanceof MoreScopeNeeded) {
      this.#deps.moreScopeNeeded(this, error.scopes);
    } else if (NEEDS_SIGN_IN.has(error.problem.code)) {
      void this.#end().then(() => this.#become('waiting-for-sign-in', error.problem));
    } else if (LOST.has(error.problem.code)) {
      this.#lost(error.problem);
    }
  }

  async #open(): Promise<McpClient> {
    const { traces, enter, elicit } = this.#deps;
    this.#retry();
    this.#nextAttemptAt = null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#become(this.#failures > 0 ? 'reconnecting' : 'connecting', null);
    const leave = await enter(signal).catch((error: unknown) => {
      throw failure('connection-lost', { host: new URL(this.server.url).host }, null, error);
    });
    const trace = traces.begin({
      kind: 'connection',
      title: `Connect to ${this.server.name}`,
      serverId: this.server.id,
      accountId: this.accountId,
    });
    this.#trace = trace;
    let current: McpClient | null = null;
    try {
      const opened = await openMcpClient({
        serverUrl: new URL(this.server.url),
        fetch: this.#fetch,
        timeoutMs: this.server.settings.requestTimeoutSeconds * 1000,
        signal,
        elicit,
        toolsChanged: () => this.#deps.toolsChanged(this),
        closed: () => {
          // One whose session was given up may end later; that says nothing about its successor.
          if (this.#opened !== current) return;
          this.#lost(failure('connection-lost', { host: new URL(this.server.url).host }).problem);
        },
      });
      if (signal.aborted) {
        await opened.close();
        throw failure('connection-lost', { host: new URL(this.server.url).host });
      }
      current = opened;
      this.#opened = opened;
      this.#failures = 0;
      trace.succeed();
      this.#become('connected', null);
      return opened;
    } catch (error) {
      if (signal.aborted) {
        trace.cancel();
        throw failure('connection-lost', { host: new URL(this.server.url).host }, null, error);
      }
      const problem = trace.fail(problemOf(error));
      this.#failed(error, problem);
      throw error instanceof SignInNeeded || error instanceof MoreScopeNeeded
        ? error
        : new ProblemError(problem, { cause: error });
    } finally {
      this.#trace = null;
      leave();
    }
  }

  #failed(error: unknown, problem: Problem): void {
    this.#failures += 1;
    if (error instanceof MoreScopeNeeded) this.#deps.moreScopeNeeded(this, error.scopes);
    if (error instanceof MoreScopeNeeded || NEEDS_SIGN_IN.has(problem.code)) {
      this.#become('waiting-for-sign-in', problem);
    } else if (PASSING.has(problem.code)) {
      this.#retryLater(problem);
    } else {
      this.#become('failed', problem);
    }
  }

  #lost(problem: Problem): void {
    if (!this.#opened) return;
    const lost = this.#opened;
    this.#opened = null;
    void lost.close();
    this.#failures += 1;
    this.#retryLater(problem);
  }

  #retryLater(problem: Problem): void {
    const { clock, scheduler, randomness } = this.#deps;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    const delay = Math.round(pause * (1 - JITTER * randomness.fraction()));
    this.#retry();
    this.#nextAttemptAt = clock.now() + delay;
    this.#become('reconnecting', problem);
    const cancel = scheduler.after(delay, () => this.start());
    this.#retry = () => {
      cancel();
      this.#nextAttemptAt = null;
    };
  }

  async #end(): Promise<void> {
    this.#retry();
    this.#retry = () => undefined;
    this.#abort.abort();
    await this.#opening?.catch(() => undefined);
    const opened = this.#opened;
    this.#opened = null;
    await opened?.close();
  }

  #become(status: ConnectionStatus, problem: Problem | null): void {
    if (status !== this.#status) this.#since = this.#deps.clock.now();
    this.#status = status;
    this.#problem = problem;
    this.#deps.changed(this);
  }
}
