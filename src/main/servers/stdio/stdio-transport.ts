import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  deserializeMessage,
  type JSONRPCMessage,
  SdkError,
  SdkErrorCode,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import type { Scheduler } from '../../ports.ts';
import { MESSAGE_LIMIT } from '../bounded-answer.ts';
import { LineReader } from './line-reader.ts';
import type { ProcessOutput } from './process-output.ts';
import type { ProcessTree, TreeEnding } from './process-tree.ts';

/** How long a program may take to end after its input was closed, and once more after it was asked to. */
export const GRACE_MS = 2_000;
/** How often is looked whether it has. */
const LOOK_MS = 100;

/** How a program ended by itself. */
export type Ending =
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'wrote-too-much' };

export interface StdioTransportOptions {
  /** Starts the program. */
  readonly launch: () => Promise<{ child: ChildProcessWithoutNullStreams; tree: ProcessTree }>;
  readonly ending: TreeEnding;
  readonly scheduler: Scheduler;
  readonly output: ProcessOutput;
  /** Told of every message on its way. */
  readonly passed: (from: 'gatehouse' | 'server', message: JSONRPCMessage) => void;
  /** Told when the program itself has ended, asked or not. */
  readonly exited: (exitCode: number | null, signal: string | null) => void;
  /** Told when nothing of it and of what it started is left. */
  readonly over: () => void;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly tree: ProcessTree;
  /** Resolve when the program has ended, and when its streams are read to their end as well. */
  readonly exited: Promise<void>;
  readonly closed: Promise<void>;
}

/** MCP over the standard streams of a program (MCP specification, transports, stdio). */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Its presence, and that of `pid`, tells the SDK what kind of transport this is when it looks for the era. */
  readonly stderr = null;
  readonly #options: StdioTransportOptions;
  #running: Running | null = null;
  #starting: Promise<void> | null = null;
  #ending: Promise<void> | null = null;
  #ended: Ending | null = null;
  #isAsked = false;

  constructor(options: StdioTransportOptions) {
    this.#options = options;
  }

  get pid(): number | null {
    return this.#running?.tree.pid ?? null;
  }

  /** How the program ended by itself; null while it runs, and when {@link close} ended it. */
  get ended(): Ending | null {
    return this.#ended;
  }

  /** @throws ProblemError when the program can't be started */
  async start(): Promise<void> {
    this.#starting = this.#start();
    await this.#starting;
  }

  async #start(): Promise<void> {
    const { child, tree } = await this.#options.launch();
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const running = { child, tree, exited, closed };
    this.#running = running;
    this.#read(running);
    child.once('exit', (exitCode, signal) => {
      if (!this.#isAsked) this.#ended ??= { kind: 'exited', exitCode, signal };
      this.#options.exited(exitCode, signal);
      void this.#end(running);
    });
  }

  /** @throws SdkError when there is no program to write to */
  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#running?.child.stdin;
    if (!stdin?.writable) throw new SdkError(SdkErrorCode.NotConnected, 'Not connected');
    this.#options.passed('gatehouse', message);
    if (stdin.write(serializeMessage(message))) return;
    await new Promise<void>((resolve) => {
      // Who ends before it has read everything never drains.
      const done = () => {
        stdin.off('drain', done).off('close', done);
        resolve();
      };
      stdin.on('drain', done).on('close', done);
    });
  }

  /** Ends the program and everything it started: first by closing its input, then by asking, then by force. */
  async close(): Promise<void> {
    this.#isAsked = true;
    // It may be on its way just now.
    await this.#starting?.catch(() => undefined);
    if (this.#running) await this.#end(this.#running);
  }

  #read({ child, tree }: Running): void {
    const { output, ending } = this.#options;
    const messages = new LineReader({
      limit: MESSAGE_LIMIT,
      line: (text) => this.#received(text),
      tooLong: () => {
        this.#ended ??= { kind: 'wrote-too-much' };
        child.stdout.destroy();
        void ending.kill(tree);
      },
    });
    const errors = output.reader('stderr');
    child.stdout.on('data', (chunk: Buffer) => messages.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stderr.on('end', () => errors.end());
    // Who has closed its output can't be spoken with any more.
    child.stdout.on('end', () => child.stdin.end());
    // A write to a program that is ending fails; how it ended says more.
    for (const source of [child, child.stdin, child.stdout, child.stderr]) {
      source.on('error', (error: Error) => this.onerror?.(error));
    }
  }

  #received(line: string): void {
    // What is still in the pipe of a program that is being given up is of no use.
    if (line.trim() === '' || this.#ended?.kind === 'wrote-too-much') return;
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch {
      // Some programs log where only messages belong. That is worth showing, and no reason to give up.
      this.#options.output.add('stdout', line);
      return;
    }
    this.#options.passed('server', message);
    try {
      this.onmessage?.(message);
    } catch (error) {
      // The SDK writes down what it did not expect, and can't when that is nested without end.
      this.onerror?.(error as Error);
    }
  }

  #end(running: Running): Promise<void> {
    this.#ending ??= this.#endTree(running).finally(() => {
      this.#options.over();
      this.onclose?.();
    });
    return this.#ending;
  }

  async #endTree(running: Running): Promise<void> {
    const { child, tree } = running;
    const { ending } = this.#options;
    child.stdin.end();
    const hasExited = () => child.exitCode !== null || child.signalCode !== null;
    await this.#until(running, async () => hasExited());
    const isOver = async () => hasExited() && !(await ending.isAlive(tree));
    if (!(await isOver())) {
      await ending.ask(tree);
      await this.#until(running, isOver);
      if (!(await isOver())) await ending.kill(tree);
    }
    // What it said last may still be on its way.
    await this.#until(running, async () => child.stdout.closed && child.stderr.closed);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }

  /** Waits for a condition for as long as the grace lasts, looking again and again and whenever something ends. */
  async #until({ exited, closed }: Running, condition: () => Promise<boolean>): Promise<void> {
    const pending = new Set([exited, closed]);
    for (const one of pending) void one.then(() => pending.delete(one));
    for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
      if (await condition()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#options.scheduler.after(LOOK_MS, resolve);
      await Promise.race([promise, ...pending]);
      cancel();
    }
  }
}
