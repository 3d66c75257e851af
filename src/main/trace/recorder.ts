import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  type Trace,
  type TraceParty,
  type TraceStep,
  type TraceSummary,
  trace,
} from '../../shared/domain/trace.ts';
import type { Problem } from '../../shared/problems.ts';
import { writeDurably } from '../store/json-file.ts';
import { Redactor, SHORTEST_ENTERED } from './redaction.ts';
import { tokensIn } from './token-claims.ts';

const KEPT_TRACES = 200;
const KEPT_STEPS = 300;
const BODY_LIMIT = 16_384;

const storedTrace = z.object({ version: z.literal(1), content: trace });

/** One request with its answer, as the protocol code reports it. */
export interface RecordedExchange {
  readonly to: 'server' | 'issuer';
  readonly title: string;
  readonly rule?: { text: string; reference: string };
  readonly request: {
    method: string;
    url: string;
    headers: Headers | Record<string, string>;
    body: string | null;
  };
  readonly response: {
    status: number;
    headers: Headers | Record<string, string>;
    body: string | null;
  } | null;
  readonly durationMs: number;
  readonly problem?: Problem;
  readonly notes?: string[];
}

export interface TraceSubject {
  readonly kind: TraceSummary['kind'];
  readonly title: string;
  readonly serverId: string | null;
  readonly accountId: string | null;
}

/** Writes down one attempt while it happens, secrets removed before anything is kept. */
export class TraceHandle {
  readonly id: string;
  readonly #redactor = new Redactor();
  readonly #trace: Trace;
  readonly #now: () => number;
  readonly #changed: (trace: Trace) => void;

  constructor(opened: Trace, now: () => number, changed: (trace: Trace) => void) {
    this.id = opened.id;
    this.#trace = opened;
    this.#now = now;
    this.#changed = changed;
  }

  /** Records a request and its answer. */
  exchange(exchange: RecordedExchange): void {
    const { request, response } = exchange;
    // The request first: what it carries is learned before the answer that may echo it is read.
    const [headers, body] = [this.#redactor.headers(request.headers), this.#body(request.body)];
    const sent = { method: request.method, url: this.#redactor.text(request.url), headers, body };
    const answered = response && {
      status: response.status,
      body: this.#body(response.body),
      headers: this.#redactor.headers(response.headers),
    };
    this.#add({
      from: 'gatehouse',
      to: exchange.to,
      title: exchange.title,
      durationMs: exchange.durationMs,
      rule: exchange.rule ?? null,
      request: sent,
      response: answered,
      notes: (exchange.notes ?? []).map((note) => this.#redactor.text(note)),
      // Last, when everything secret on both sides is known: a claim may repeat it.
      tokens: [
        ...tokensIn('request', request, this.#redactor),
        ...(response ? tokensIn('response', response, this.#redactor) : []),
      ],
      problem: exchange.problem ? this.redactProblem(exchange.problem) : null,
    });
  }

  /** Records a decision or oddity. */
  note(text: string, rule?: { text: string; reference: string }): void {
    this.step('gatehouse', 'gatehouse', text, rule);
  }

  /**
   * Records something that happened between two parties without an HTTP exchange of ours.
   * @param url where the browser was sent, or came back to
   */
  step(
    from: TraceParty,
    to: TraceParty,
    title: string,
    rule?: { text: string; reference: string },
    url?: string,
  ): void {
    this.#add({
      from,
      to,
      title: this.#redactor.text(title),
      durationMs: null,
      rule: rule ?? null,
      request: url === undefined ? null : this.#visit(url),
      response: null,
      notes: [],
      tokens: [],
      problem: null,
    });
  }

  /** Makes values known as secret, so that they are removed wherever they turn up in this trace. */
  learn(...secrets: (string | null | undefined)[]): void {
    for (const secret of secrets) if (secret) this.#redactor.learn(secret);
  }

  /** The same for what the person entered as secrets, which may be shorter. */
  learnEntered(secrets: readonly string[]): void {
    for (const secret of secrets) this.#redactor.learn(secret, SHORTEST_ENTERED);
  }

  /** The problem with secrets removed and this trace named. */
  redactProblem(problem: Problem): Problem {
    return { ...this.#redactor.problem(problem), traceId: this.id };
  }

  /** Names the account once it is known. */
  belongsTo(accountId: string): void {
    this.#trace.accountId = accountId;
  }

  /** Closes the trace. Returns the problem as it may be shown. */
  fail(problem: Problem): Problem {
    const shown = this.redactProblem(problem);
    this.#end('failed', shown);
    return shown;
  }

  succeed(): void {
    this.#end('succeeded', null);
  }

  cancel(): void {
    this.#end('cancelled', null);
  }

  #end(outcome: TraceSummary['outcome'], problem: Problem | null): void {
    if (this.#trace.endedAt !== null) return;
    this.#trace.endedAt = this.#now();
    this.#trace.outcome = outcome;
    this.#trace.problem = problem;
    this.#changed(this.#trace);
  }

  #add(step: Omit<TraceStep, 'at'>): void {
    // What is still under way when an attempt ends, a request that was given up, belongs to nothing any more.
    if (this.#trace.endedAt !== null || this.#trace.steps.length >= KEPT_STEPS) return;
    this.#trace.steps.push({ at: this.#now(), ...step });
    this.#changed(this.#trace);
  }

  #visit(url: string): TraceStep['request'] {
    return { method: 'GET', url: this.#redactor.text(url.slice(0, BODY_LIMIT)), headers: {}, body: null };
  }

  #body(body: string | null): string | null {
    if (!body) return null;
    // What is cut off is not read either; the margin keeps a secret at the cut out of what is kept.
    const redacted = this.#redactor.body(body.slice(0, 4 * BODY_LIMIT));
    return redacted.length > BODY_LIMIT ? `${redacted.slice(0, BODY_LIMIT)}…` : redacted;
  }
}

export interface TraceRecorderOptions {
  /** Absolute path of the traces folder. */
  readonly folder: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly changed: (summary: TraceSummary) => void;
}

/** Keeps the last 200 traces, in memory and on disk. */
export class TraceRecorder {
  readonly #options: TraceRecorderOptions;
  readonly #traces = new Map<string, Trace>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: TraceRecorderOptions) {
    this.#options = options;
  }

  /** Reads the traces of earlier runs. A file that can't be read is skipped: traces are no one's only copy. */
  async load(): Promise<void> {
    const { folder } = this.#options;
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const read = async (name: string): Promise<Trace[]> => {
      try {
        return [storedTrace.parse(JSON.parse(await readFile(join(folder, name), 'utf8'))).content];
      } catch {
        return [];
      }
    };
    const loaded = (await Promise.all(names.map(read))).flat().sort((a, b) => a.startedAt - b.startedAt);
    for (const one of loaded) if (!this.#traces.has(one.id)) this.#traces.set(one.id, one);
    this.#prune();
  }

  begin(subject: TraceSubject): TraceHandle {
    const opened: Trace = {
      id: this.#options.newId(),
      ...subject,
      startedAt: this.#options.now(),
      endedAt: null,
      outcome: 'running',
      problem: null,
      steps: [],
    };
    this.#traces.set(opened.id, opened);
    this.#prune();
    const changed = (current: Trace) => {
      if (!this.#traces.has(current.id)) return;
      this.#options.changed(summaryOf(current));
      if (current.endedAt !== null) this.#store(current);
    };
    changed(opened);
    return new TraceHandle(opened, this.#options.now, changed);
  }

  /** Newest first; of one server when given. */
  list(serverId: string | null): TraceSummary[] {
    return [...this.#traces.values()]
      .filter((one) => serverId === null || one.serverId === serverId)
      .sort((a, b) => b.startedAt - a.startedAt)
      .map(summaryOf);
  }

  get(id: string): Trace | null {
    return this.#traces.get(id) ?? null;
  }

  /** Deletes every trace, here and on disk; one that is open goes on unseen. */
  async clear(): Promise<void> {
    await this.#writing;
    this.#traces.clear();
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** Resolves when every closed trace is on disk or has failed to get there. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #store(closed: Trace): void {
    const path = join(this.#options.folder, `${closed.id}.json`);
    // A trace that can't be stored is no reason to fail what it describes.
    this.#writing = this.#writing
      .then(() => writeDurably(path, JSON.stringify({ version: 1, content: closed })))
      .catch(() => undefined);
  }

  #prune(): void {
    for (const id of this.#traces.keys()) {
      if (this.#traces.size <= KEPT_TRACES) return;
      this.#traces.delete(id);
      void rm(join(this.#options.folder, `${id}.json`), { force: true }).catch(() => undefined);
    }
  }
}

function summaryOf({ steps: _, ...summary }: Trace): TraceSummary {
  return summary;
}
