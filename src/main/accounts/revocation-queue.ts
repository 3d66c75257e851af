import type { RevocationView } from '../../shared/domain/revocation.ts';
import { failure, type Problem, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import type { Cancel, Clock, Randomness, Scheduler } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import type { QueuedRevocation } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';
import { deleteLeftRegistration, revokeLeftTokens } from './revocation.ts';

const PREFIX = 'revocation-';
/** Pause after a failed attempt, doubled each time up to the ceiling. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** After this long the tokens have ended by themselves almost everywhere; it is shown, not tried again. */
const LONGEST_WAIT_MS = 30 * 24 * 3_600_000;

/** Refusals that another attempt would only hear again. */
const FINAL = new Set<Problem['code']>([
  'client-unknown',
  'token-refused',
  'endpoint-refused',
  'private-address-refused',
  'redirect-refused',
  'secrets-unreadable',
]);

export interface RevocationQueueDependencies {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly trace: (title: string, serverId: string | null) => TraceHandle;
  readonly protocol: (trace: TraceHandle, subject: QueuedRevocation) => Promise<ProtocolContext>;
  readonly issuer: (context: ProtocolContext, issuer: string) => Promise<IssuerMetadata>;
  readonly changed: (view: RevocationView) => void;
  readonly removed: (revocationId: string) => void;
}

interface Waiting {
  readonly view: RevocationView;
  readonly serverId: string;
  /** Pause after the next failure. */
  readonly pauseMs: number;
}

/** How far one attempt to take back at an issuer came: it is tried again, or refused for good. */
type Unfinished = 'queued' | 'failed';

/** What one attempt to take back at an issuer came to. */
export interface RevocationOutcome {
  readonly revocation: 'confirmed' | 'not-offered' | 'nothing-to-revoke' | Unfinished;
  readonly registration: 'deleted' | Unfinished | null;
  readonly problem: Problem | null;
}

const NOTHING: RevocationOutcome = { revocation: 'nothing-to-revoke', registration: null, problem: null };

/**
 * What signed-out accounts left at their issuers and nobody has confirmed yet. It rests in the vault, goes on
 * when the network is back, over restarts too, and ends when the issuer confirms or the person gives up.
 */
export class RevocationQueue {
  readonly #deps: RevocationQueueDependencies;
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<string, Promise<RevocationOutcome>>();
  #timer: Cancel = () => undefined;
  #stopped = false;

  constructor(dependencies: RevocationQueueDependencies) {
    this.#deps = dependencies;
  }

  views(): RevocationView[] {
    return [...this.#waiting.values()].map(({ view }) => view);
  }

  /** Takes up again what was left by the last run. */
  async start(): Promise<void> {
    const { vault, clock } = this.#deps;
    for (const id of await vault.ids(PREFIX)) {
      const reading = await vault.read(id, 'revocation');
      // Locked now: the next start finds it again. Unreadable: set aside by the vault, nothing else can be done.
      if (reading.kind === 'found') this.#waiting.set(id, firstWait(id, reading.secrets, clock.now()));
    }
    this.#arm();
  }

  /** Ends the trying; what is left stays written down. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer();
    await Promise.all(this.#running.values());
  }

  /**
   * Writes down what is to be taken back, before anything is deleted. {@link attempt} does it.
   * @throws ProblemError `secrets-not-stored`
   */
  async add(entry: QueuedRevocation): Promise<string> {
    const id = PREFIX + this.#deps.randomness.id();
    await this.#deps.vault.write(id, entry);
    // The timer leaves it alone at first: whoever added it tries at once.
    this.#waiting.set(id, firstWait(id, entry, this.#deps.clock.now() + FIRST_PAUSE_MS));
    this.#arm();
    return id;
  }

  /**
   * Tries one now. Never throws: what came of it is the answer.
   * @param trace the trace to write to; absent: one of its own
   */
  attempt(revocationId: string, trace?: TraceHandle): Promise<RevocationOutcome> {
    const running = this.#running.get(revocationId);
    if (running) return running;
    const attempt = this.#attempt(revocationId, trace).finally(() => this.#running.delete(revocationId));
    this.#running.set(revocationId, attempt);
    return attempt;
  }

  /**
   * Leaves one that was just added to the timer.
   * @param problem why its issuer is not asked now
   */
  postpone(revocationId: string, problem: Problem): RevocationOutcome {
    const waiting = this.#waiting.get(revocationId);
    if (!waiting) return NOTHING;
    const view = { ...waiting.view, problem };
    this.#waiting.set(revocationId, { ...waiting, view });
    this.#deps.changed(view);
    return { revocation: 'queued', registration: view.deletesRegistration ? 'queued' : null, problem };
  }

  /** Tries everything now: the network is back, the computer woke up, or the person asked. */
  async retryAll(): Promise<void> {
    for (const { id, nextAttemptAt } of this.views()) {
      if (nextAttemptAt !== null && !this.#stopped) await this.attempt(id);
    }
  }

  /** The person gives up on one: its tokens are deleted here and left to end by themselves there. */
  async cancel(revocationId: string): Promise<void> {
    await this.#running.get(revocationId);
    await this.#drop(revocationId);
  }

  /** Takes back what could not be written down: one try. Never throws. */
  async once(entry: QueuedRevocation, trace: TraceHandle): Promise<RevocationOutcome> {
    return this.#takeBack(entry, trace, () => 'failed');
  }

  /** Gives up on everything. */
  async clear(): Promise<void> {
    for (const { id } of this.views()) await this.cancel(id);
  }

  async #attempt(revocationId: string, given?: TraceHandle): Promise<RevocationOutcome> {
    const waiting = this.#waiting.get(revocationId);
    if (!waiting) return NOTHING;
    const trace = given ?? this.#deps.trace(`Finish signing out ${waiting.view.label}`, waiting.serverId);
    const outcome = await this.#attemptIn(trace, revocationId, waiting);
    if (given) return outcome;
    if (outcome.problem) trace.fail(outcome.problem);
    else trace.succeed();
    return outcome;
  }

  async #attemptIn(trace: TraceHandle, revocationId: string, waiting: Waiting): Promise<RevocationOutcome> {
    const failed = (problem: Problem) => this.#failed(revocationId, waiting, problem);
    let entry: QueuedRevocation;
    try {
      entry = await this.#read(revocationId, waiting.view.label);
    } catch (error) {
      const problem = problemOf(error);
      return { ...NOTHING, revocation: failed(problem), problem };
    }
    const outcome = await this.#takeBack(entry, trace, failed);
    const left = [outcome.revocation, outcome.registration];
    if (left.includes('queued') && outcome.revocation !== 'queued') {
      // The tokens are taken back: they have no business in the vault any longer.
      const rest = { ...entry, accessToken: null, refreshToken: null, replaced: [] };
      await this.#deps.vault.write(revocationId, rest).catch(() => undefined);
    }
    if (!left.includes('queued') && !left.includes('failed')) await this.#drop(revocationId);
    return outcome;
  }

  async #takeBack(
    entry: QueuedRevocation,
    trace: TraceHandle,
    failed: (problem: Problem) => Unfinished,
  ): Promise<RevocationOutcome> {
    const { accessToken, refreshToken, replaced, client, registration } = entry;
    trace.learn(...replaced.map(({ token }) => token));
    trace.learn(accessToken, refreshToken, client.clientSecret, registration?.accessToken);
    let revocation: RevocationOutcome['revocation'] | null = null;
    try {
      const context = await this.#deps.protocol(trace, entry);
      const issuer = await this.#deps.issuer(context, entry.issuer);
      revocation = await revokeLeftTokens(context, issuer, entry);
      return {
        revocation,
        registration: await deleteLeftRegistration(context, issuer, entry),
        problem: null,
      };
    } catch (error) {
      const problem = trace.redactProblem(problemOf(error));
      const unfinished = failed(problem);
      return {
        revocation: revocation ?? unfinished,
        registration: registration ? unfinished : null,
        problem,
      };
    }
  }

  /** Only for the time of an attempt are the tokens in memory. */
  async #read(revocationId: string, label: string): Promise<QueuedRevocation> {
    const reading = await this.#deps.vault.read(revocationId, 'revocation');
    if (reading.kind === 'found') return reading.secrets;
    if (reading.kind === 'unavailable') throw failure('secrets-locked', { label }, reading.reason);
    throw failure('secrets-unreadable', { label });
  }

  #failed(revocationId: string, { view, serverId, pauseMs }: Waiting, problem: Problem): Unfinished {
    const now = this.#deps.clock.now();
    const final = FINAL.has(problem.code) || now - view.queuedAt > LONGEST_WAIT_MS;
    const next = {
      ...view,
      attempts: view.attempts + 1,
      nextAttemptAt: final ? null : now + pauseMs,
      problem,
    };
    this.#waiting.set(revocationId, {
      view: next,
      serverId,
      pauseMs: Math.min(pauseMs * 2, LONGEST_PAUSE_MS),
    });
    this.#deps.changed(next);
    this.#arm();
    return final ? 'failed' : 'queued';
  }

  async #drop(id: string): Promise<void> {
    const known = this.#waiting.delete(id);
    await this.#deps.vault.delete(id);
    if (known) this.#deps.removed(id);
  }

  #arm(): void {
    this.#timer();
    if (this.#stopped) return;
    const dues = [...this.#waiting.values()].flatMap(({ view }) => view.nextAttemptAt ?? []);
    if (dues.length === 0) return;
    const next = dues.reduce((least, due) => Math.min(least, due));
    this.#timer = this.#deps.scheduler.after(next - this.#deps.clock.now(), () => void this.#due());
  }

  async #due(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const { id, nextAttemptAt } of this.views()) {
      if (nextAttemptAt !== null && nextAttemptAt <= now && !this.#stopped) await this.attempt(id);
    }
    this.#arm();
  }
}

function firstWait(id: string, entry: QueuedRevocation, nextAttemptAt: number): Waiting {
  const { label, issuer, queuedAt, registration, serverId } = entry;
  const deletesRegistration = registration !== null;
  const view = {
    id,
    label,
    issuer,
    queuedAt,
    deletesRegistration,
    attempts: 0,
    nextAttemptAt,
    problem: null,
  };
  return { view, serverId, pauseMs: FIRST_PAUSE_MS };
}
