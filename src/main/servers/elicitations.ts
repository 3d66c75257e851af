import type { Elicitation, ElicitationAnswer } from '../../shared/domain/elicitation.ts';
import { failure, problemOf } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clock, Randomness, SystemBrowser } from '../ports.ts';
import type { Connection } from './connection.ts';
import { jsonSize } from './json-size.ts';
import type { Answer, Question } from './mcp-client.ts';
import type { RunningRequests } from './running-requests.ts';
import { shownAddress } from './shown-address.ts';

/** Questions that may wait at once; more are declined. */
export const QUESTIONS_PER_CONNECTION = 5;
export const QUESTIONS_AT_ONCE = 50;
const MESSAGE_LIMIT = 8192;
const SCHEMA_BOUNDS = { depth: 12, characters: 64 * 1024 };

export interface ElicitationDependencies {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly browser: SystemBrowser;
  readonly emit: EventListener;
  readonly running: RunningRequests;
  /** Told of questions nobody gets to see, and why. */
  readonly declined: (connection: Connection, reason: string) => void;
}

interface Waiting {
  view: Elicitation;
  readonly connection: Connection;
  /** The server's own identifier, for its announcement that it is done. */
  readonly announcedAs: string | null;
  /** Null: the server has its answer, only the announcement is awaited. */
  settle: ((answer: Answer) => void) | null;
}

/** Questions of servers that wait for the person (MCP specification, elicitation). */
export class Elicitations {
  readonly #deps: ElicitationDependencies;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<(connection: Connection) => void>();

  constructor(dependencies: ElicitationDependencies) {
    this.#deps = dependencies;
  }

  views(): Elicitation[] {
    return [...this.#waiting.values()].map(({ view }) => view);
  }

  /** Whether an answer of the person is awaited on this connection. */
  isAsking(connection: Connection): boolean {
    return this.#of(connection).some(({ settle }) => settle !== null);
  }

  /** Calls `listener` when {@link isAsking} may have changed for a connection; returns what stops it. */
  listen(listener: (connection: Connection) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Puts a question to the person and waits for the answer. Beyond the limits it is declined unseen; when the
   * signal fires nobody needs the answer any more.
   * @param acceptedWhenOpened an address counts as accepted as soon as it was opened
   */
  ask(
    connection: Connection,
    question: Question,
    signal: AbortSignal | undefined,
    acceptedWhenOpened = question.mode === 'url' && question.elicitationId !== null,
  ): Promise<Answer> {
    const reason = this.#reasonToDecline(connection, question);
    const shown = reason ?? this.#shown(question);
    if (typeof shown === 'string') {
      this.#deps.declined(connection, shown);
      return Promise.resolve({ action: 'decline' });
    }
    if (signal?.aborted) return Promise.resolve({ action: 'cancel' });
    return new Promise((resolve) => {
      const { clock, randomness, running } = this.#deps;
      const id = randomness.id();
      const withdraw = () => this.#end(id, { action: 'cancel' });
      signal?.addEventListener('abort', withdraw, { once: true });
      const settle = (answer: Answer) => {
        signal?.removeEventListener('abort', withdraw);
        resolve(answer);
      };
      const announcedAs = question.mode === 'url' ? question.elicitationId : null;
      this.#waiting.set(id, {
        connection,
        announcedAs,
        settle,
        view: {
          id,
          serverId: connection.server.id,
          accountId: connection.accountId,
          request: running.current(connection),
          askedAt: clock.now(),
          message: connection.redacted(question.message),
          question:
            shown.mode === 'url'
              ? { ...shown, announced: announcedAs !== null && acceptedWhenOpened }
              : shown,
        },
      });
      this.#changed(id);
    });
  }

  /**
   * Answers a question.
   * @throws ProblemError `question-gone`
   */
  answer(id: string, answer: ElicitationAnswer): void {
    if (!this.#waiting.has(id)) throw failure('question-gone');
    const { action } = answer;
    this.#end(id, action === 'accept' && answer.content ? { action, content: answer.content } : { action });
  }

  /**
   * Opens the address of a question in the browser, because the person said so.
   * @throws ProblemError `question-gone`, `browser-not-opened`
   */
  async open(id: string): Promise<void> {
    const waiting = this.#waiting.get(id);
    if (waiting?.view.question.mode !== 'url') throw failure('question-gone');
    const asked = waiting.view.question;
    await this.#deps.browser.open(new URL(asked.address.url)).catch((error: unknown) => {
      throw failure('browser-not-opened', {}, error instanceof Error ? error.message : null, error);
    });
    if (this.#waiting.get(id) !== waiting) return;
    waiting.view = { ...waiting.view, question: { ...asked, opened: true } };
    if (asked.announced) {
      // Accepting means agreeing to go there, not having finished (MCP specification, URL mode).
      waiting.settle?.({ action: 'accept' });
      waiting.settle = null;
    }
    this.#changed(id);
  }

  /** The server says that what it wanted opened is done. */
  completed(connection: Connection, announcedAs: string): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.connection === connection && waiting.announcedAs === announcedAs) {
        this.#end(id, { action: 'accept' });
      }
    }
  }

  /** The connection ended: nobody waits for an answer any more. */
  connectionEnded(connection: Connection): void {
    for (const { view } of this.#of(connection)) this.#end(view.id, { action: 'cancel' });
  }

  #of(connection: Connection): Waiting[] {
    return [...this.#waiting.values()].filter((one) => one.connection === connection);
  }

  #reasonToDecline(connection: Connection, { message, ...question }: Question): string | null {
    if (this.#of(connection).length >= QUESTIONS_PER_CONNECTION) return 'too many questions wait already';
    if (this.#waiting.size >= QUESTIONS_AT_ONCE) return 'too many questions wait already';
    if (message.length > MESSAGE_LIMIT) return 'the question is too long';
    if (question.mode === 'form' && jsonSize(question.requestedSchema, SCHEMA_BOUNDS) === null) {
      return 'the form is too large';
    }
    return null;
  }

  /** What the person gets to see; a string says why nobody does. */
  #shown(question: Question) {
    if (question.mode === 'form') return { mode: 'form' as const, schema: question.requestedSchema };
    try {
      return { mode: 'url' as const, address: shownAddress(question.url), opened: false };
    } catch (error) {
      const { found } = problemOf(error).params;
      return `it wants ${found ?? 'an address'} opened`;
    }
  }

  #end(id: string, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.settle?.(answer);
    this.#deps.emit('elicitation.removed', { elicitationId: id });
    for (const listener of this.#listeners) listener(waiting.connection);
  }

  #changed(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#deps.emit('elicitation.changed', waiting.view);
    for (const listener of this.#listeners) listener(waiting.connection);
  }
}
