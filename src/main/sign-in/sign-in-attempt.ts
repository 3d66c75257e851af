import type { Account } from '../../shared/domain/account.ts';
import type { Registration } from '../../shared/domain/registration.ts';
import type { RemoteServer } from '../../shared/domain/server.ts';
import type { ConsentPreview, SignInStatus, SignInStep, SignInView } from '../../shared/domain/sign-in.ts';
import { failure, problemOf } from '../../shared/problems.ts';
import { createAuthorizationRequest, type PendingAuthorization } from '../oauth/authorization-request.ts';
import { readAuthorizationResponse } from '../oauth/authorization-response.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { Discovery } from '../oauth/discovery.ts';
import { importDpop } from '../oauth/dpop.ts';
import { identifyAccount } from '../oauth/identity.ts';
import { introspectedIdentity } from '../oauth/introspected-identity.ts';
import type { MachineGrantRequest } from '../oauth/machine-grants.ts';
import type { ClientCredentials } from '../oauth/registration.ts';
import { unionScopes } from '../oauth/scopes.ts';
import { exchangeCode, TokenEndpointFailure, type TokenSet } from '../oauth/token-endpoint.ts';
import { browserUrl } from '../oauth/url-policy.ts';
import type { Clock, Scheduler, SystemBrowser } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import { answeredAddress } from './answered-address.ts';
import type { DpopKey } from './dpop-choice.ts';
import type { RedirectKind } from './redirect/choice.ts';
import type { LoopbackListener } from './redirect/loopback.ts';

/** How long Gatehouse waits for the browser to come back. */
export const BROWSER_DEADLINE_MS = 10 * 60_000;

/** Our client at the issuer. */
export interface KnownClient {
  readonly registration: Registration;
  readonly credentials: ClientCredentials;
}

/** A client ready for one sign-in: registered, with the redirect it will use. */
export interface ReadyClient extends KnownClient {
  readonly redirectUri: string;
  readonly redirect: RedirectKind;
  readonly listener: LoopbackListener | null;
  /** False when it was registered earlier, so that the issuer may have forgotten it. */
  readonly fresh: boolean;
}

/** A sign-in waiting for the browser, as it is kept over a restart. */
export interface SuspendedSignIn {
  readonly pending: PendingAuthorization;
  readonly authorizationUrl: string;
  readonly discovery: Discovery;
  readonly registrationId: string;
  readonly redirect: RedirectKind;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly deadline: number;
  /** The key the tokens will be bound to; absent: Bearer tokens. */
  readonly dpopKey?: DpopKey;
}

/** What an attempt needs from the desk and the rest of the core. */
export interface AttemptDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly browser: SystemBrowser;
  readonly protocol: (trace: TraceHandle, signal: AbortSignal) => ProtocolContext;
  readonly discover: (
    context: ProtocolContext,
    server: RemoteServer,
    trace: TraceHandle,
  ) => Promise<Discovery>;
  readonly preview: (server: RemoteServer, discovery: Discovery) => Promise<ConsentPreview>;
  readonly obtainClient: (
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
  ) => Promise<ReadyClient>;
  /** The key to bind the tokens to (RFC 9449), or null for Bearer tokens. */
  readonly chooseDpop: (
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
  ) => Promise<DpopKey | null>;
  /** The client of a server whose settings name a machine grant: no browser, so no redirect. */
  readonly machineClient: (
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
  ) => Promise<KnownClient>;
  readonly machineTokens: (
    context: ProtocolContext,
    server: RemoteServer,
    request: MachineGrantRequest,
  ) => Promise<TokenSet>;
  /** The issuer refused our client: forget it. Returns false when only the person can mend it. */
  readonly clientRefused: (registrationId: string) => Promise<boolean>;
  /** Keeps what is needed to go on if the app ends while the browser is out. Best effort: never rejects. */
  readonly remember: (signInId: string, suspended: SuspendedSignIn) => Promise<void>;
  readonly forget: (signInId: string) => Promise<void>;
  /** Matches callbacks to this attempt while it waits. */
  readonly awaitState: (state: string) => void;
  readonly forgetState: (state: string) => void;
  /** Stores the tokens and the account; they are on disk when it resolves. */
  readonly keepAccount: (granted: GrantedAccount) => Promise<Account>;
  /** The person or the issuer said no to scopes a server wanted on top. */
  readonly scopesDeclined: (accountId: string, scopes: readonly string[]) => Promise<void>;
  /** Connects with the new tokens; resolves at the first successful MCP exchange. */
  readonly connect: (account: Account) => Promise<void>;
  readonly changed: (attempt: SignInAttempt) => void;
}

/** All that is known when the issuer has granted. */
export interface GrantedAccount {
  readonly server: RemoteServer;
  readonly renews: Account | null;
  readonly discovery: Discovery;
  readonly registration: Registration;
  readonly requestedScopes: string[] | null;
  readonly tokens: TokenSet;
  readonly dpopKey: DpopKey | null;
  readonly identity: Account['identity'] | null;
}

export interface AttemptOptions {
  readonly id: string;
  readonly server: RemoteServer;
  /** The account to renew, or null to add one. */
  readonly account: Account | null;
  /** False: stop after discovery until the person confirms. */
  readonly confirmed: boolean;
  readonly extraScopes: readonly string[];
  readonly startedAt: number;
  readonly trace: TraceHandle;
  /** Present when the app was restarted while the browser was out. */
  readonly resume?: { suspended: SuspendedSignIn; client: ReadyClient };
}

/** One sign-in, from discovery to the first successful MCP call, as a series of named steps. */
export class SignInAttempt {
  readonly options: AttemptOptions;
  readonly #deps: AttemptDependencies;
  readonly #abort = new AbortController();
  #step: SignInStep = 'discover';
  #status: SignInStatus = { kind: 'working' };
  #preview: ConsentPreview | null = null;
  #confirm: () => void = () => undefined;
  #authorizationUrl: URL | null = null;
  #answer: ((parameters: URLSearchParams) => void) | null = null;

  constructor(options: AttemptOptions, dependencies: AttemptDependencies) {
    this.options = options;
    this.#deps = dependencies;
  }

  get view(): SignInView {
    const { id, server, account, startedAt, trace } = this.options;
    return {
      id,
      serverId: server.id,
      accountId: account?.id ?? null,
      step: this.#step,
      status: this.#status,
      preview: this.#preview,
      startedAt,
      traceId: trace.id,
    };
  }

  get finished(): boolean {
    return ['succeeded', 'failed', 'cancelled'].includes(this.#status.kind);
  }

  /** The address the browser was sent to, while it is there. Never leaves the main process. */
  get authorizationUrl(): URL | null {
    return this.#authorizationUrl;
  }

  /** Runs to the end. Never rejects: the outcome is in {@link view}. */
  async run(): Promise<void> {
    const { trace } = this.options;
    try {
      const account = await this.#run();
      trace.succeed();
      this.#become(this.#step, { kind: 'succeeded', accountId: account.id });
    } catch (error) {
      const thrown = this.#abort.signal.aborted ? this.#abort.signal.reason : error;
      if (thrown === CANCELLED || thrown === SUSPENDED) {
        trace.cancel();
        if (thrown === CANCELLED) this.#become(this.#step, { kind: 'cancelled' });
        return;
      }
      const problem = trace.fail(problemOf(thrown));
      const { account, extraScopes } = this.options;
      if (problem.code === 'consent-denied' && account && extraScopes.length > 0) {
        await this.#deps.scopesDeclined(account.id, extraScopes);
      }
      this.#become(this.#step, { kind: 'failed', problem });
    }
  }

  /** The person agreed to go on to the browser. */
  confirm(): void {
    this.#confirm();
  }

  /**
   * Ends the attempt. Nothing it obtained is kept, unless the account is already stored: then only the wait
   * for its connection ends.
   */
  cancel(): void {
    if (!this.finished) this.#abort.abort(CANCELLED);
  }

  /** The app ends: what waits for the browser is kept for the next start, everything else is cancelled. */
  suspend(): void {
    if (this.#status.kind === 'waiting-for-browser') this.#abort.abort(SUSPENDED);
    else this.cancel();
  }

  /** Takes the callback; false when this attempt does not wait for one (any more). */
  receive(parameters: URLSearchParams): boolean {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(parameters);
    return answer !== null;
  }

  /**
   * Opens the browser, again if need be.
   * @throws ProblemError `browser-not-opened`
   */
  async openBrowser(): Promise<void> {
    if (!this.#authorizationUrl) return;
    try {
      await this.#deps.browser.open(this.#authorizationUrl);
    } catch (error) {
      throw failure('browser-not-opened', {}, error instanceof Error ? error.name : null, error);
    }
  }

  async #run(): Promise<Account> {
    const { server, account, trace } = this.options;
    const context = this.#deps.protocol(trace, this.#abort.signal);

    const { asked, tokens, client, dpopKey } = this.options.resume
      ? await this.#resume(context, this.options.resume)
      : await this.#fromTheStart(context);
    trace.learn(tokens.accessToken, tokens.refreshToken, tokens.idToken);
    const reaching = within(context, asked);
    const identity =
      (await identifyAccount(reaching, asked.issuer, client.credentials, tokens)) ??
      (await introspectedIdentity(reaching, asked.issuer, client.credentials, tokens.accessToken));
    this.#abort.signal.throwIfAborted();
    const kept = await this.#deps.keepAccount({
      server,
      renews: account,
      discovery: asked,
      registration: client.registration,
      requestedScopes: asked.scopes,
      tokens,
      // An issuer may ignore the proof and grant a Bearer token (RFC 9449 §5).
      dpopKey: tokens.tokenType === 'DPoP' ? dpopKey : null,
      identity,
    });
    trace.belongsTo(kept.id);

    this.#become('connect', { kind: 'working' });
    await Promise.race([this.#deps.connect(kept), this.#abortable<never>(() => undefined)]);
    return kept;
  }

  async #fromTheStart(context: ProtocolContext): Promise<Obtained> {
    const { server, account, trace, extraScopes, confirmed } = this.options;
    this.#become('discover', { kind: 'working' });
    const discovery = await this.#deps.discover(context, server, trace);
    // Step-up asks for the union of what was asked before and what is wanted now.
    const scopes =
      extraScopes.length > 0
        ? unionScopes(account?.grant.requestedScopes, discovery.scopes, extraScopes)
        : discovery.scopes;
    const asked: Discovery = { ...discovery, scopes };
    this.#preview = await this.#deps.preview(server, asked);
    if (!confirmed) await this.#confirmation();
    const obtained = server.settings.machineGrant
      ? await this.#obtainWithoutBrowser(within(context, asked), asked)
      : await this.#obtainTokens(within(context, asked), asked);
    return { asked, ...obtained };
  }

  async #resume(
    context: ProtocolContext,
    { suspended, client }: NonNullable<AttemptOptions['resume']>,
  ): Promise<Obtained> {
    const { discovery: asked, pending, authorizationUrl, deadline, dpopKey = null } = suspended;
    this.options.trace.learn(pending.codeVerifier, pending.state);
    context.observer.note('The app was closed while the browser was out; this sign-in goes on.');
    this.#authorizationUrl = browserUrl(authorizationUrl);
    try {
      // Waits from this very moment: the link that started the app is the next thing to come.
      const parameters = await this.#awaitBrowser(pending, client.redirect, deadline, async () => {
        this.#preview = await this.#deps.preview(this.options.server, asked);
      });
      const tokens = await this.#exchange(within(context, asked), pending, client, parameters, dpopKey);
      return { asked, client, dpopKey, tokens };
    } finally {
      client.listener?.close();
    }
  }

  /** Registers, asks for consent, exchanges the code; once more with a new registration when ours was forgotten. */
  async #obtainTokens(context: ProtocolContext, discovery: Discovery): Promise<Omit<Obtained, 'asked'>> {
    const dpopKey = await this.#deps.chooseDpop(context, this.options.server, discovery);
    for (let again = false; ; again = true) {
      this.#become('register', { kind: 'working' });
      const client = await this.#deps.obtainClient(context, this.options.server, discovery);
      try {
        const tokens = await this.#consentAndExchange(context, discovery, client, dpopKey);
        return { tokens, client, dpopKey };
      } catch (error) {
        const forgotten = error instanceof TokenEndpointFailure && error.kind === 'client-invalid';
        if (!forgotten || again || client.fresh) throw error;
        if (!(await this.#deps.clientRefused(client.registration.id))) throw error;
        context.observer.note('The issuer no longer knows this client: registering anew, once.', {
          text: 'A client that is refused registers again',
          reference: 'RFC 6749 §5.2',
        });
      } finally {
        client.listener?.close();
      }
    }
  }

  async #consentAndExchange(
    context: ProtocolContext,
    discovery: Discovery,
    client: ReadyClient,
    dpopKey: DpopKey | null,
  ): Promise<TokenSet> {
    const { account, trace } = this.options;
    const { url, pending } = await createAuthorizationRequest(context, {
      issuer: discovery.issuer,
      credentials: client.credentials,
      redirectUri: client.redirectUri,
      resource: discovery.resource,
      scopes: discovery.scopes,
      ...(this.#asksForSelection(discovery, account) && { prompt: 'select_account' }),
      ...(dpopKey && { dpopThumbprint: (await importDpop(dpopKey)).thumbprint }),
    });
    trace.learn(pending.codeVerifier, pending.state);
    // The last door before the operating system: only https, or http on loopback, ever leaves.
    this.#authorizationUrl = browserUrl(url.href);
    const { redirect, registration } = client;
    const { id, startedAt } = this.options;
    const deadline = this.#deps.clock.now() + BROWSER_DEADLINE_MS;
    await this.#deps.remember(id, {
      pending,
      authorizationUrl: url.href,
      discovery,
      registrationId: registration.id,
      redirect,
      startedAt,
      deadline,
      ...(dpopKey && { dpopKey }),
    });
    const parameters = await this.#awaitBrowser(pending, redirect, deadline, async () => {
      const rule = { text: 'Sign-in happens in the person’s own browser', reference: 'RFC 8252 §4' };
      const title = `Opened ${url.origin}${url.pathname} in the system browser`;
      trace.step('gatehouse', 'browser', title, rule, url.href);
      // A browser that does not open is no end: the link can be copied.
      await this.openBrowser().catch(() => trace.note('The system browser could not be opened.'));
    });
    return this.#exchange(context, pending, client, parameters, dpopKey);
  }

  /** The machine grant of the server's settings: the client, or what vouches for it, is all that is needed. */
  async #obtainWithoutBrowser(
    context: ProtocolContext,
    discovery: Discovery,
  ): Promise<Omit<Obtained, 'asked'>> {
    const { server } = this.options;
    this.#become('register', { kind: 'working' });
    const client = await this.#deps.machineClient(context, server, discovery);
    const dpopKey = await this.#deps.chooseDpop(context, server, discovery);
    this.#become('token', { kind: 'working' });
    const { issuer, resource, scopes } = discovery;
    const tokens = await this.#deps.machineTokens(context, server, {
      issuer,
      credentials: client.credentials,
      resource,
      scopes,
      ...(dpopKey && { dpop: await importDpop(dpopKey) }),
    });
    return { tokens, client, dpopKey };
  }

  async #exchange(
    context: ProtocolContext,
    pending: PendingAuthorization,
    client: ReadyClient,
    parameters: URLSearchParams,
    dpopKey: DpopKey | null,
  ): Promise<TokenSet> {
    this.options.trace.learn(parameters.get('code'));
    // A refusal belongs to the browser's step: that is where it was said.
    const answer = readAuthorizationResponse(pending, parameters);
    this.#become('token', { kind: 'working' });
    const dpop = dpopKey ? await importDpop(dpopKey) : undefined;
    return exchangeCode(context, pending, client.credentials, answer, dpop);
  }

  /** A further account at an OpenID provider: the browser may still be signed in as the first one. */
  #asksForSelection(discovery: Discovery, account: Account | null): boolean {
    const offersOpenId = discovery.issuer.server.scopes_supported?.includes('openid') ?? false;
    return account === null && offersOpenId && this.#preview?.registration === 'existing';
  }

  async #awaitBrowser(
    pending: PendingAuthorization,
    redirect: RedirectKind,
    deadline: number,
    visit: () => Promise<void>,
  ): Promise<URLSearchParams> {
    const { id, trace } = this.options;
    this.#deps.awaitState(pending.state);
    const stopDeadline = this.#deps.scheduler.after(deadline - this.#deps.clock.now(), () => {
      this.#abort.abort(failure('browser-timeout', { minutes: String(BROWSER_DEADLINE_MS / 60_000) }));
    });
    try {
      const answer = this.#abortable<URLSearchParams>((resolve) => {
        this.#answer = resolve;
      });
      // Rejections before the await below belong to whoever awaits, not to the process.
      answer.catch(() => undefined);
      // Cancelled while the client was stored: no browser opens any more.
      this.#abort.signal.throwIfAborted();
      this.#become('browser', { kind: 'waiting-for-browser', redirect, deadline });
      await visit();
      const parameters = await answer;
      trace.step(
        'browser',
        'gatehouse',
        'The browser came back with an answer',
        { text: 'State and issuer of the answer are compared with the request', reference: 'RFC 9207 §2.4' },
        answeredAddress(pending.redirectUri, parameters),
      );
      return parameters;
    } finally {
      stopDeadline();
      this.#answer = null;
      this.#authorizationUrl = null;
      this.#deps.forgetState(pending.state);
      if (this.#abort.signal.reason !== SUSPENDED) await this.#deps.forget(id);
    }
  }

  #confirmation(): Promise<void> {
    this.#become('discover', { kind: 'awaiting-confirmation' });
    return this.#abortable<void>((resolve) => {
      this.#confirm = resolve;
    });
  }

  #abortable<T>(executor: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { signal } = this.#abort;
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      executor(resolve);
    });
  }

  #become(step: SignInStep, status: SignInStatus): void {
    this.#step = step;
    this.#status = status;
    this.#deps.changed(this);
  }
}

interface Obtained {
  readonly asked: Discovery;
  readonly tokens: TokenSet;
  readonly client: KnownClient;
  readonly dpopKey: DpopKey | null;
}

/** The context held to what the server's own address may lead to (RFC 9728 §7.7). */
function within(context: ProtocolContext, { reach }: Discovery): ProtocolContext {
  return { ...context, reach };
}

/** Why an attempt the person cancelled was aborted. */
const CANCELLED = new Error('cancelled by the person');
/** Why an attempt that goes on at the next start was aborted. */
const SUSPENDED = new Error('suspended until the next start');
