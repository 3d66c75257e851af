import { SdkError, SdkErrorCode, UrlElicitationRequiredError } from '@modelcontextprotocol/client';
import type { ProblemError } from '../../shared/problems.ts';
import type { Scheduler } from '../ports.ts';
import type { Connection } from './connection.ts';
import { type Elicitations, QUESTIONS_PER_CONNECTION } from './elicitations.ts';
import type { McpClient } from './mcp-client.ts';
import type { RunningRequest, RunningRequests } from './running-requests.ts';
import type { ServerLogs } from './server-logs.ts';
import { TimeLimit } from './time-limit.ts';

/** Longer than any limit of ours: the SDK's own timer would not rest while the person is asked. */
const NEVER_MS = 2_147_483_647;

/** What every request of a person is sent with. */
export interface RequestBasics {
  /** For `params`: which log messages are wanted. */
  readonly meta: { _meta?: Record<string, unknown> };
  readonly options: { readonly signal: AbortSignal; readonly timeout: number };
  /** The server gave a sign of life. */
  readonly alive: () => void;
}

export interface RequestDependencies {
  readonly scheduler: Scheduler;
  readonly running: RunningRequests;
  readonly elicitations: Elicitations;
  readonly logs: ServerLogs;
}

/** Runs requests a person started: within the server's time limit, and with questions in their middle. */
export class Requests {
  readonly #deps: RequestDependencies;

  constructor(dependencies: RequestDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Runs a request. When the server wants addresses opened first (error -32042) and the person did that, it is
   * run once more.
   * @param abort ends the request: fired by the caller when the person gives it up, and here when time is up
   * @throws ProblemError translated by `translate`, or why there is no connection
   */
  run<T>(
    connection: Connection,
    request: RunningRequest,
    work: (opened: McpClient, basics: RequestBasics) => Promise<T>,
    translate: (error: unknown) => ProblemError,
    abort = new AbortController(),
  ): Promise<T> {
    const { running } = this.#deps;
    return running.during(connection, request, () =>
      connection.use(async (opened) => {
        const limited = () =>
          this.#limited(connection, abort, (basics) =>
            work(opened, { ...basics, meta: this.#deps.logs.metaOf(connection, opened) }),
          );
        try {
          return await limited();
        } catch (error) {
          const wanted = error instanceof UrlElicitationRequiredError ? error.elicitations : [];
          if (wanted.length === 0 || !(await this.#openFirst(connection, wanted, abort.signal))) throw error;
          return limited();
        }
      }, translate),
    );
  }

  async #limited<T>(
    connection: Connection,
    abort: AbortController,
    work: (basics: Omit<RequestBasics, 'meta'>) => Promise<T>,
  ): Promise<T> {
    const { scheduler, elicitations } = this.#deps;
    const limit = new TimeLimit(scheduler, connection.endpoint.timeoutMs, () =>
      abort.abort(new SdkError(SdkErrorCode.RequestTimeout, 'Request timed out')),
    );
    const follow = (changed: Connection) => {
      if (changed === connection) limit.rest(elicitations.isAsking(connection));
    };
    const stopListening = elicitations.listen(follow);
    follow(connection);
    try {
      return await work({
        options: { signal: abort.signal, timeout: NEVER_MS },
        alive: () => limit.restart(),
      });
    } finally {
      stopListening();
      limit.stop();
    }
  }

  /** Asks the person to open what the server wants opened before it serves a request; true: all was. */
  async #openFirst(
    connection: Connection,
    wanted: UrlElicitationRequiredError['elicitations'],
    cancel: AbortSignal,
  ): Promise<boolean> {
    const answers = await Promise.all(
      wanted.slice(0, QUESTIONS_PER_CONNECTION).map(({ message, url, elicitationId }) => {
        const question = { mode: 'url' as const, message, url, elicitationId };
        return this.#deps.elicitations.ask(connection, question, cancel, false);
      }),
    );
    return wanted.length === answers.length && answers.every(({ action }) => action === 'accept');
  }
}
