import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Protocol } from '../../node_modules/playwright-core/types/protocol.d.ts';

export type { Protocol };

type Command = keyof Protocol.CommandParameters & keyof Protocol.CommandReturnValues;

interface Message {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * The DevTools protocol over Chromium's debugging pipe: JSON messages, each ended by a zero byte.
 *
 * The pipe doubles as the leash: Chromium quits when our end of it closes, also after `kill -9`.
 */
export class DevTools extends EventEmitter<{ close: [] }> {
  readonly root: DevToolsSession;
  #write: Writable;
  #lastId = 0;
  #waiting = new Map<number, Waiting>();
  #sessions = new Map<string, DevToolsSession>();
  #closed = false;

  constructor(write: Writable, read: Readable) {
    super();
    this.#write = write;
    this.root = new DevToolsSession(this, '');
    this.#sessions.set('', this.root);
    let chunks: Buffer[] = [];
    read.on('data', (chunk: Buffer) => {
      let rest = chunk;
      for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
        chunks.push(rest.subarray(0, end));
        this.#receive(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message);
        chunks = [];
        rest = rest.subarray(end + 1);
      }
      if (rest.length > 0) chunks.push(rest);
    });
    read.on('close', () => this.#close());
    read.on('error', () => this.#close());
    write.on('error', () => this.#close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The session Chromium opened under this ID; made on first mention so that no early event is lost. */
  session(sessionId: string): DevToolsSession {
    let session = this.#sessions.get(sessionId);
    if (!session) {
      session = new DevToolsSession(this, sessionId);
      this.#sessions.set(sessionId, session);
    }
    return session;
  }

  /** Forgets a session whose target is gone; commands under way in it fail. */
  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  send(sessionId: string, method: string, params: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error(`${method}: Chromium is gone`));
    const id = ++this.#lastId;
    const message = sessionId ? { id, method, params, sessionId } : { id, method, params };
    this.#write.write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result);
      return;
    }
    if (message.method) this.session(message.sessionId ?? '').emit(message.method, message.params);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new Error('Chromium is gone'));
    this.#waiting.clear();
    this.emit('close');
  }
}

/** One target's conversation: commands out, events in, both typed by the protocol. */
export class DevToolsSession {
  readonly id: string;
  #devtools: DevTools;
  #events = new EventEmitter();

  constructor(devtools: DevTools, id: string) {
    this.#devtools = devtools;
    this.id = id;
  }

  send<C extends Command>(
    method: C,
    params?: Protocol.CommandParameters[C],
  ): Promise<Protocol.CommandReturnValues[C]> {
    return this.#devtools.send(this.id, method, params ?? {}) as Promise<Protocol.CommandReturnValues[C]>;
  }

  /** Sends without waiting; a target that closed meanwhile is no failure. */
  post<C extends Command>(method: C, params?: Protocol.CommandParameters[C]): void {
    this.send(method, params).catch(() => {});
  }

  on<E extends keyof Protocol.Events>(event: E, listener: (params: Protocol.Events[E]) => void): void {
    this.#events.on(event, listener as (params: unknown) => void);
  }

  emit(event: string, params: unknown): void {
    this.#events.emit(event, params);
  }
}
