import type { Account } from '../../shared/domain/account.ts';
import type { RemoteServer } from '../../shared/domain/server.ts';
import type { SignInView } from '../../shared/domain/sign-in.ts';
import { failure, makeProblem } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clipboard, Clock, Randomness } from '../ports.ts';
import type { TraceRecorder } from '../trace/recorder.ts';
import { parsePastedCallback } from './redirect/pasted.ts';
import {
  type AttemptDependencies,
  type AttemptOptions,
  type ReadyClient,
  SignInAttempt,
  type SuspendedSignIn,
} from './sign-in-attempt.ts';
import type { SuspendedSignIns } from './suspended-sign-ins.ts';

/** Sign-ins open at once; more would only be a server playing with windows. */
const OPEN_ATTEMPTS = 32;
/** Finished attempts kept for the person to read. */
const KEPT_FINISHED = 50;
/** Notices of stray callbacks are given at most this often, in milliseconds; the rest are only counted. */
const STRAY_NOTICE_MS = 10_000;

export interface SignInDeskDependencies
  extends Omit<
    AttemptDependencies,
    'awaitState' | 'forgetState' | 'changed' | 'obtainClient' | 'remember' | 'forget'
  > {
  readonly suspendedSignIns: SuspendedSignIns;
  /** The client of a sign-in that goes on after a restart, or null when that is not possible. */
  readonly resumeClient: (
    suspended: SuspendedSignIn,
    receive: (parameters: URLSearchParams) => boolean,
  ) => Promise<ReadyClient | null>;
  readonly findServer: (serverId: string) => RemoteServer | undefined;
  readonly findAccount: (accountId: string) => Account | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly clipboard: Clipboard;
  readonly traces: TraceRecorder;
  readonly emit: EventListener;
  readonly obtainClient: (
    ...parameters: [
      ...Parameters<AttemptDependencies['obtainClient']>,
      receive: (parameters: URLSearchParams) => boolean,
    ]
  ) => ReturnType<AttemptDependencies['obtainClient']>;
}

export interface BeginOptions {
  readonly server: RemoteServer;
  readonly account: Account | null;
  readonly confirmed: boolean;
  readonly extraScopes: readonly string[];
}

/** All sign-ins, side by side; callbacks find theirs by `state`, whatever way they came. */
export class SignInDesk {
  readonly #deps: SignInDeskDependencies;
  readonly #attempts = new Map<string, SignInAttempt>();
  readonly #byState = new Map<string, SignInAttempt>();
  readonly #finished = new Map<string, Promise<void>>();
  #strayCallbacks = 0;
  #strayNoticeAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: SignInDeskDependencies) {
    this.#deps = dependencies;
  }

  /** Callbacks dropped because nobody waited for them, in this run. */
  get strayCallbacks(): number {
    return this.#strayCallbacks;
  }

  views(): SignInView[] {
    return [...this.#attempts.values()].map((attempt) => attempt.view);
  }

  /**
   * Starts a sign-in and returns at once; what happens is told by events.
   * An open sign-in for the same account is cancelled: the newest wish counts.
   * @throws ProblemError `too-many-sign-ins`
   */
  begin({ server, account, confirmed, extraScopes }: BeginOptions): SignInView {
    const open = [...this.#attempts.values()].filter((attempt) => !attempt.finished);
    if (open.length >= OPEN_ATTEMPTS) throw failure('too-many-sign-ins');
    for (const attempt of open) {
      const { options } = attempt;
      if (options.server.id === server.id && options.account?.id === account?.id) attempt.cancel();
    }
    const { clock, randomness } = this.#deps;
    return this.#start({
      id: randomness.id(),
      server,
      account,
      confirmed,
      extraScopes,
      startedAt: clock.now(),
    });
  }

  /** Goes on with the sign-ins whose browser was out when the app ended. */
  async resumeSuspended(): Promise<void> {
    const { suspendedSignIns, resumeClient, findServer, findAccount, clock } = this.#deps;
    for (const { signInId, serverId, accountId, suspended } of await suspendedSignIns.find(clock.now())) {
      const server = findServer(serverId);
      const client = server && (await resumeClient(suspended, this.receive));
      if (!server || !client) {
        await suspendedSignIns.forget(signInId);
        continue;
      }
      const account = (accountId && findAccount(accountId)) || null;
      const { startedAt } = suspended;
      const resume = { suspended, client };
      this.#start({ id: signInId, server, account, confirmed: true, extraScopes: [], startedAt, resume });
    }
  }

  #start(options: Omit<AttemptOptions, 'trace'>): SignInView {
    const { id, server, account } = options;
    const trace = this.#deps.traces.begin({
      kind: 'sign-in',
      title: `Sign in to ${server.name}`,
      serverId: server.id,
      accountId: account?.id ?? null,
    });
    const attempt = new SignInAttempt(
      { ...options, trace },
      this.#attemptDependencies(() => attempt),
    );
    this.#attempts.set(id, attempt);
    this.#finished.set(id, attempt.run());
    this.#prune();
    return attempt.view;
  }

  /**
   * Takes an authorization response, matched by `state` (RFC 6749 §10.12). One that nobody waits for is
   * dropped, counted and shown; it starts nothing.
   */
  readonly receive = (parameters: URLSearchParams): boolean => {
    const states = parameters.getAll('state');
    const attempt = states.length === 1 ? this.#byState.get(states[0] ?? '') : undefined;
    // Single use: a second callback with the same state finds nobody.
    if (attempt) this.#byState.delete(states[0] ?? '');
    if (attempt?.receive(parameters)) return true;
    this.#stray();
    return false;
  };

  /** @throws ProblemError `browser-not-opened` */
  async openAgain(signInId: string): Promise<void> {
    await this.#attempts.get(signInId)?.openBrowser();
  }

  /** Puts the authorization URL on the clipboard, for a browser of the person's choice. */
  async copyLink(signInId: string): Promise<void> {
    const url = this.#attempts.get(signInId)?.authorizationUrl;
    if (url) await this.#deps.clipboard.writeText(url.href);
  }

  /**
   * Takes the callback URL from the clipboard. It must belong to this very sign-in.
   * @throws ProblemError `callback-invalid`, `callback-unknown`
   */
  async pasteCallback(signInId: string): Promise<void> {
    this.deliver(signInId, await this.#deps.clipboard.readText());
  }

  /** @throws ProblemError `callback-invalid`, `callback-unknown` */
  deliver(signInId: string, pasted: string): void {
    const parameters = parsePastedCallback(pasted);
    const expected = this.#byState.get(parameters.get('state') ?? '');
    if (!expected || expected.options.id !== signInId) throw failure('callback-unknown');
    if (!this.receive(parameters)) throw failure('callback-unknown');
  }

  confirm(signInId: string): void {
    this.#attempts.get(signInId)?.confirm();
  }

  cancel(signInId: string): void {
    this.#attempts.get(signInId)?.cancel();
  }

  /** Removes a finished attempt from view. */
  dismiss(signInId: string): void {
    if (!this.#attempts.get(signInId)?.finished) return;
    this.#attempts.delete(signInId);
    this.#finished.delete(signInId);
    this.#deps.emit('sign-in.removed', { signInId });
  }

  /** Removes finished attempts of an account that is gone: what they say is no longer so. */
  dismissOf(accountId: string): void {
    for (const { id, status, accountId: renewed } of this.views()) {
      if (renewed === accountId || (status.kind === 'succeeded' && status.accountId === accountId))
        this.dismiss(id);
    }
  }

  /** Resolves with the last view of an attempt when it has ended. */
  async ended(signInId: string): Promise<SignInView | null> {
    const attempt = this.#attempts.get(signInId);
    await this.#finished.get(signInId);
    return attempt?.view ?? null;
  }

  /** Cancels what is open for a server. */
  async cancelAll(serverId: string): Promise<void> {
    const concerned = [...this.#attempts.values()].filter(({ options }) => options.server.id === serverId);
    for (const attempt of concerned) attempt.cancel();
    await Promise.all(concerned.map(({ options }) => this.#finished.get(options.id)));
  }

  /** The app ends: what waits for the browser goes on at the next start, the rest is cancelled. */
  async suspendAll(): Promise<void> {
    for (const attempt of this.#attempts.values()) attempt.suspend();
    await Promise.all(this.#finished.values());
  }

  #attemptDependencies(attempt: () => SignInAttempt): AttemptDependencies {
    const { emit, obtainClient, suspendedSignIns } = this.#deps;
    return {
      ...this.#deps,
      obtainClient: (context, server, discovery) => obtainClient(context, server, discovery, this.receive),
      remember: (id, suspended) => {
        const { server, account } = attempt().options;
        return suspendedSignIns.remember(id, server.id, account?.id ?? null, suspended);
      },
      forget: (id) => suspendedSignIns.forget(id),
      awaitState: (state) => this.#byState.set(state, attempt()),
      forgetState: (state) => this.#byState.delete(state),
      changed: (changed) => emit('sign-in.changed', changed.view),
    };
  }

  #stray(): void {
    this.#strayCallbacks += 1;
    const { clock, traces, emit } = this.#deps;
    if (clock.now() - this.#strayNoticeAt < STRAY_NOTICE_MS) return;
    this.#strayNoticeAt = clock.now();
    const trace = traces.begin({
      kind: 'sign-in',
      title: 'Stray sign-in answer',
      serverId: null,
      accountId: null,
    });
    emit('notice', trace.fail(makeProblem('callback-unknown', {}, `${this.#strayCallbacks} in this run`)));
  }

  #prune(): void {
    const finished = [...this.#attempts.values()].filter((attempt) => attempt.finished);
    for (const { options } of finished.slice(0, Math.max(0, finished.length - KEPT_FINISHED))) {
      this.dismiss(options.id);
    }
  }
}
