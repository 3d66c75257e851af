import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { Server } from '../../shared/domain/server.ts';
import { failure, type Problem, ProblemError, problemOf } from '../../shared/problems.ts';
import type { Cancel, Clock, Randomness, Scheduler } from '../ports.ts';
import type { TraceHandle, TraceRecorder } from '../trace/recorder.ts';
import { Redactor } from '../trace/redaction.ts';
import { ClientsInUse } from './clients-in-use.ts';
import type { Answer, McpClient, McpEndpoint, Question, ServerNotice } from './mcp-client.ts';
import { MoreScopeNeeded, SignInNeeded } from './sign-in-needed.ts';

/** Pauses between attempts: doubled from the first to the longest, spread by jitter. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const JITTER = 0.3;
/** A connection that held this long was a working one: after it, the pauses start anew. */
const STEADY_MS = 30_000;
/** After so many in a row nothing is started again by itself. */
const ENDINGS_IN_A_ROW = 5;

/** What a connection hands to whoever opens a client for it. */
export interface Opening {
  readonly signal: AbortSignal;
  /** The trace that is open now, if any; also asked long after the client is open. */
  readonly trace: () => TraceHandle | null;
  /** Learns what was sent, so that no answer that echoes a secret gets further with it. */
  readonly redactor: Redactor;
  readonly told: (notice: ServerNotice) => void;
  readonly asked: (question: Question, signal: AbortSignal) => Promise<Answer>;
  /** Told when an open client ends by itself, with what is known of the reason. */
  readonly closed: (problem?: Problem) => void;
}

/**
 * Opens a client to one server; each kind of server has its own way.
 * @throws ProblemError
 */
export type OpenClient = (opening: Opening) => Promise<McpClient>;

/** What comes from a server beside the answers to requests, connection by connection. */
export interface ConnectionHooks {
  /** A client is open; it counts as connected when this resolves, which it does as soon as the signal fires. */
  readonly opened: (connection: Connection, client: McpClient, signal: AbortSignal) => Promise<void>;
  readonly told: (connection: Connection, notice: ServerNotice) => void;
  /** The server asks the person something; the signal fires when the question is off. */
  readonly asked: (connection: Connection, question: Question, signal: AbortSignal) => Promise<Answer>;
  /** The connection ended, for now or for good. */
  readonly ended: (connection: Connection) => void;
}

export interface ConnectionDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly traces: TraceRecorder;
  /** Waits for a place among the attempts that may run at once; the result gives it back. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>;
  readonly changed: (connection: Connection) => void;
  /** Told when the server asks for more than was granted. */
  readonly moreScopeNeeded: (connection: Connection, scopes: readonly string[]) => void;
  readonly used: (connection: Connection) => void;
  readonly hooks: ConnectionHooks;
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
  'issuer-moved',
]);

/** A program that ended by itself: it is started again, but not for ever. */
const ENDED = new Set<Problem['code']>(['command-ended', 'message-too-long']);

/** Problems that pass by themselves: the connection tries again. */
const PASSING = new Set<Problem['code']>([
  'host-not-found',
  'connection-refused',
  'network-unreachable',
  'proxy-failed',
  'answer-timeout',
  'server-error',
  'connection-lost',
  'answer-cut',
  'refresh-delayed',
  'secrets-locked',
  ...ENDED,
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
  /** What problems of this connection name. */
  readonly endpoint: McpEndpoint;
  readonly #deps: ConnectionDependencies;
  readonly #openClient: OpenClient;
  readonly #redactor = new Redactor();
  #status: ConnectionStatus = 'disconnected';
  #problem: Problem | null = null;
  #since: number;
  #nextAttemptAt: number | null = null;
  #failures = 0;
  #opened: McpClient | null = null;
  readonly #clients = new ClientsInUse();
  #opening: Promise<McpClient> | null = null;
  /** While what there was ends to make room for a new client; whoever wants one waits. */
  #restart: Promise<void> | null = null;
  /** Ended for good: a restart under way starts nothing. */
  #stopped = false;
  #abort = new AbortController();
  #retry: Cancel = () => undefined;
  #trace: TraceHandle | null = null;

  constructor(
    server: Server,
    accountId: string | null,
    openClient: OpenClient,
    dependencies: ConnectionDependencies,
  ) {
    this.server = server;
    this.accountId = accountId;
    this.endpoint = {
      host: server.kind === 'remote' ? new URL(server.url).host : server.name,
      timeoutMs: server.settings.requestTimeoutSeconds * 1000,
    };
    this.#deps = dependencies;
    this.#since = dependencies.clock.now();
    this.#openClient = openClient;
  }

  /** The client that is open now, if one is. */
  get current(): McpClient | null {
    return this.#opened;
  }

  /** Text of the server without the secrets it was sent. */
  redacted(text: string): string {
    return this.#redactor.learned(text);
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
      serverName: this.#shown(this.#opened?.serverName),
      serverVersion: this.#shown(this.#opened?.serverVersion),
    };
  }

  /**
   * The open client; connects first when there is none. Callers at once share one attempt, and one that is
   * given up for the sake of another is no failure of theirs.
   * @throws ProblemError why there is no connection
   */
  client(): Promise<McpClient> {
    if (this.#restart) return this.#restart.then(() => this.client());
    if (this.#opened) return Promise.resolve(this.#opened);
    // Only the person starts again what kept ending.
    if (this.#problem?.code === 'command-keeps-ending')
      return Promise.reject(new ProblemError(this.#problem));
    if (!this.#opening) {
      const { promise, resolve } = Promise.withResolvers<McpClient>();
      // Set before anything is told: whoever hears of the attempt may want its client.
      this.#opening = promise.finally(() => {
        this.#opening = null;
      });
      resolve(this.#open());
    }
    return this.#opening.catch((error: unknown) => {
      if (this.#restart) return this.client();
      throw error;
    });
  }

  /** Connects in the background; what happens shows in {@link view}. */
  start(): void {
    this.client().catch(() => undefined);
  }

  /** Ends what there is and connects anew, at once. */
  async reconnect(): Promise<void> {
    this.#failures = 0;
    this.#restart ??= this.#end().finally(() => {
      this.#restart = null;
      this.#problem = null;
    });
    await this.#restart;
    if (!this.#stopped) this.start();
  }

  /**
   * Connects anew for an account that has just signed in. Calls under way go on over what there was; whoever
   * waits for the connection waits for the new one.
   * @throws ProblemError why there is no connection
   */
  async renew(): Promise<McpClient> {
    const before = this.#opened;
    this.#opened = null;
    await this.reconnect();
    if (before) this.#clients.retire(before);
    if (this.#stopped) throw this.#connectionLost();
    return this.client();
  }

  /** Tries at once if it waits for a next attempt: the computer woke up or the network is back. */
  retryNow(): void {
    if (this.#nextAttemptAt === null) return;
    this.#retry();
    this.start();
  }

  /** Ends the connection for good. */
  async stop(status: 'disconnected' | 'disabled' = 'disconnected'): Promise<void> {
    this.#stopped = true;
    await this.#end();
    this.#become(status, null);
  }

  /**
   * Runs one request on the connection; waits for it as long as for an answer. Repeated only when the server
   * never looked at it, because it had forgotten the session.
   * @throws ProblemError translated by the caller's `translate`, `answer-timeout`, or as {@link client}
   */
  async use<T>(
    run: (client: McpClient) => Promise<T>,
    translate: (error: unknown) => ProblemError,
  ): Promise<T> {
    let opened = await this.#inTime();
    for (let again = false; ; again = true) {
      const current = opened;
      const outcome = await this.#clients.during(current, async () => {
        try {
          return { result: await run(current) };
        } catch (error) {
          const refusal = again ? null : current.refusedSession(error);
          const successor = refusal === null ? null : await this.#successor(current, refusal);
          if (successor) return { successor };
          const ended = current.ended?.();
          const translated = this.#redacted(
            ended ? new ProblemError(ended, { cause: error }) : translate(error),
          );
          this.#noteFailure(translated);
          throw translated;
        }
      });
      if ('result' in outcome) {
        this.#deps.used(this);
        return outcome.result;
      }
      opened = outcome.successor;
    }
  }

  /**
   * A client with a new session, after a request on the one there was got an HTTP status that says it is gone.
   * @returns null when the request may have been carried out all the same
   */
  async #successor(lost: McpClient, status: number): Promise<McpClient | null> {
    const successor = await this.#newSession(lost);
    // 404 is what the specification says. The others may come from a proxy after the server did its work; they
    // were about the session when it is still refused in the same way.
    return status === 404 || (await lost.isRefused(status)) ? successor : null;
  }

  /** Nobody who called waits longer for a connection than for an answer over it. */
  async #inTime(): Promise<McpClient> {
    if (this.#opened && !this.#restart) return this.#opened;
    const { host, timeoutMs } = this.endpoint;
    const { promise: patience, reject } = Promise.withResolvers<never>();
    const seconds = String(Math.ceil(timeoutMs / 1000));
    const cancel = this.#deps.scheduler.after(timeoutMs, () =>
      reject(failure('answer-timeout', { host, seconds })),
    );
    try {
      for (;;) {
        const opened = await Promise.race([this.client(), patience]);
        // By the time this goes on it may have been given up.
        if (opened === this.#opened && !this.#restart) return opened;
      }
    } finally {
      cancel();
    }
  }

  /** Initializes again after the server forgot the session; callers at once share one attempt. */
  #newSession(lost: McpClient): Promise<McpClient> {
    if (this.#opened === lost) {
      this.#opened = null;
      // Other requests on it are about to hear the same; closed at once, they would hear something else.
      this.#clients.retire(lost);
    }
    return this.client();
  }

  /** A server may call itself by a secret it was sent. */
  #shown(name: string | null | undefined): string | null {
    return name ? this.#redactor.learned(name) : null;
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
    const { traces, enter, hooks } = this.#deps;
    this.#retry();
    this.#nextAttemptAt = null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#become(this.#failures > 0 ? 'reconnecting' : 'connecting', null);
    const leave = await enter(signal).catch((error: unknown) => {
      throw this.#connectionLost(error);
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
      const opened = await this.#openClient({
        signal,
        trace: () => this.#trace,
        redactor: this.#redactor,
        told: (notice) => hooks.told(this, notice),
        asked: (question, signal) => hooks.asked(this, question, signal),
        closed: (problem) => {
          // One whose session was given up may end later; that says nothing about its successor.
          if (this.#opened !== current) return;
          this.#lost(problem ?? this.#connectionLost().problem);
        },
      });
      if (signal.aborted) {
        await opened.close();
        throw this.#connectionLost();
      }
      current = opened;
      this.#opened = opened;
      await hooks.opened(this, opened, signal);
      if (this.#opened !== opened) throw this.#connectionLost();
      trace.succeed();
      this.#become('connected', null);
      return opened;
    } catch (error) {
      if (signal.aborted) {
        trace.cancel();
        throw this.#connectionLost(error);
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
    this.#deps.hooks.ended(this);
    // What is still under way may end well: one request that found nobody says little about the others.
    this.#clients.retire(lost);
    if (this.#deps.clock.now() - this.#since >= STEADY_MS) this.#failures = 0;
    this.#failures += 1;
    // It worked once, so it may again, whatever ended it.
    this.#retryLater(problem);
  }

  #retryLater(problem: Problem): void {
    const { clock, scheduler, randomness } = this.#deps;
    if (ENDED.has(problem.code) && this.#failures >= ENDINGS_IN_A_ROW) {
      const params = { ...problem.params, times: String(this.#failures) };
      this.#become('failed', { ...problem, code: 'command-keeps-ending', params });
      return;
    }
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

  #connectionLost(cause?: unknown): ProblemError {
    return failure('connection-lost', { host: this.endpoint.host }, null, cause);
  }

  async #end(): Promise<void> {
    this.#retry();
    this.#retry = () => undefined;
    this.#abort.abort();
    await this.#opening?.catch(() => undefined);
    const opened = this.#opened;
    this.#opened = null;
    if (opened) this.#deps.hooks.ended(this);
    await Promise.all([this.#clients.closeRetired(), opened?.close()]);
  }

  #become(status: ConnectionStatus, problem: Problem | null): void {
    if (status !== this.#status) this.#since = this.#deps.clock.now();
    this.#status = status;
    this.#problem = problem;
    this.#deps.changed(this);
  }
}
