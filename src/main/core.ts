import { join } from 'node:path';
import type { SignOutReport } from '../shared/contract/accounts.ts';
import type { ProbeResult } from '../shared/contract/servers.ts';
import type { Account } from '../shared/domain/account.ts';
import type { Registration } from '../shared/domain/registration.ts';
import { type Server, type ServerSettings, serverSettings } from '../shared/domain/server.ts';
import type { SignInView } from '../shared/domain/sign-in.ts';
import { failure, type Problem, problemOf, visibleText } from '../shared/problems.ts';
import { AccountBook } from './accounts/account-book.ts';
import { labelFor, samePerson } from './accounts/account-label.ts';
import { StoredIssuerCache } from './accounts/issuer-cache.ts';
import { knownIssuer } from './accounts/issuer-lookup.ts';
import { MachineSignIn } from './accounts/machine-sign-in.ts';
import { RefreshClock } from './accounts/refresh-clock.ts';
import { RegistrationBook } from './accounts/registration-book.ts';
import { SignOut } from './accounts/sign-out.ts';
import { TokenKeeper } from './accounts/token-keeper.ts';
import { EventHub } from './events.ts';
import { METADATA_TIMEOUT_MS, type ProtocolContext } from './oauth/context.ts';
import { reachOf } from './oauth/reach.ts';
import { parseServerUrl } from './oauth/url-policy.ts';
import type { Clipboard, Clock, Randomness, Scheduler, SchemeHandler, SystemBrowser } from './ports.ts';
import { Calls } from './servers/calls.ts';
import type { Connection } from './servers/connection.ts';
import type { Elicit } from './servers/mcp-client.ts';
import { probeServer } from './servers/probe.ts';
import { ServerBook } from './servers/server-book.ts';
import { Supervisor } from './servers/supervisor.ts';
import { ClientDesk } from './sign-in/client-desk.ts';
import { consentPreviewOf } from './sign-in/consent-preview.ts';
import { Discoverer } from './sign-in/discoverer.ts';
import { chooseDpop } from './sign-in/dpop-choice.ts';
import type { GrantedAccount } from './sign-in/sign-in-attempt.ts';
import { SignInDesk } from './sign-in/sign-in-desk.ts';
import { SuspendedSignIns } from './sign-in/suspended-sign-ins.ts';
import { SettingsFile } from './store/settings-file.ts';
import { type TraceHandle, TraceRecorder, type TraceSubject } from './trace/recorder.ts';
import type { SecretBox } from './vault/secret-box.ts';
import type { ServerSecrets } from './vault/secrets.ts';
import { Vault } from './vault/vault.ts';

/** What differs between the app, automation and tests. */
export interface CorePorts {
  /** Absolute path of the user data folder. */
  readonly folder: string;
  readonly secretBox: SecretBox;
  readonly fetch: ProtocolContext['fetch'];
  /** All addresses a host name stands for now; rejects when it stands for none. */
  readonly resolveHost: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly browser: SystemBrowser;
  readonly clipboard: Clipboard;
  readonly schemeHandler: SchemeHandler;
  /** URL of our client ID metadata document; null: never use one. */
  readonly clientMetadataUrl: string | null;
  /** Whether that document is online. Default true. */
  readonly clientMetadataHosted?: boolean;
  /** Time limit of one protocol request in milliseconds. Default {@link METADATA_TIMEOUT_MS}. */
  readonly protocolTimeoutMs?: number;
  /** Answers questions of servers; absent: none are taken. */
  readonly elicit?: Elicit;
}

/** The whole product without a window. Built here, used by the app's shell and by automation alike. */
export class Core {
  readonly events = new EventHub();
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly settings: SettingsFile;
  readonly vault: Vault;
  readonly traces: TraceRecorder;
  readonly keeper: TokenKeeper;
  readonly supervisor: Supervisor;
  readonly calls: Calls;
  readonly desk: SignInDesk;
  readonly clients: ClientDesk;
  readonly discoverer: Discoverer;
  readonly #ports: CorePorts;
  readonly #timeoutMs: number;
  readonly #issuers: StoredIssuerCache;
  readonly #signOut: SignOut;
  readonly #refreshClock: RefreshClock;
  readonly #deniedServers = new Set<string>();

  constructor(ports: CorePorts) {
    this.#ports = ports;
    this.#timeoutMs = ports.protocolTimeoutMs ?? METADATA_TIMEOUT_MS;
    const { folder, clock, scheduler, randomness, fetch, browser, clipboard, schemeHandler } = ports;
    const { emit } = this.events;
    this.vault = new Vault(join(folder, 'vault'), ports.secretBox);
    this.servers = new ServerBook(folder);
    this.accounts = new AccountBook(folder);
    this.registrations = new RegistrationBook(folder, this.vault);
    this.settings = new SettingsFile(folder);
    this.#issuers = new StoredIssuerCache(folder, clock.now);
    this.traces = new TraceRecorder({
      folder: join(folder, 'traces'),
      now: clock.now,
      newId: randomness.id,
      changed: (summary) => emit('trace.changed', summary),
    });
    const machines = new MachineSignIn({
      vault: this.vault,
      identityProvider: (context, issuer) => this.#issuerOf(context, issuer),
    });
    this.keeper = new TokenKeeper({
      vault: this.vault,
      accounts: this.accounts,
      registrations: this.registrations,
      clock,
      trace: (account) => this.#traceOf('refresh', `Renew the token of ${account.label}`, account),
      protocol: (trace, subject) => this.#protocolOf(trace, subject),
      issuer: (context, account) => this.#issuerOf(context, account.issuer, account.serverId),
      machineTokens: (context, account, request) =>
        machines.tokens(context, this.servers.require(account.serverId), request),
      registrationUnknown: (registrationId) => this.#registrationUnknown(registrationId),
    });
    this.#signOut = new SignOut({
      accounts: this.accounts,
      registrations: this.registrations,
      keeper: this.keeper,
      trace: (account) => this.#traceOf('sign-out', `Sign out ${account.label}`, account),
      protocol: (trace, subject) => this.#protocolOf(trace, subject),
      issuer: (context, issuer) => this.#issuerOf(context, issuer),
    });
    this.#refreshClock = new RefreshClock({
      accounts: this.accounts,
      clock,
      scheduler,
      randomness,
      refresh: (accountId) => this.keeper.refreshAhead(accountId),
    });
    this.discoverer = new Discoverer({
      clock,
      issuerCache: this.#issuers,
      preferredIssuers: () => [
        ...new Set([...this.accounts.all(), ...this.registrations.all()].map((one) => one.issuer)),
      ],
    });
    this.supervisor = new Supervisor({
      servers: this.servers,
      accounts: this.accounts,
      keeper: this.keeper,
      emit,
      fetch,
      clock,
      scheduler,
      randomness,
      traces: this.traces,
      elicit: ports.elicit,
      challenged: (url, challenge) => this.discoverer.challenged(url, challenge),
      tokenRefused: (url) => this.discoverer.askAgain(url),
    });
    this.calls = new Calls(clock, emit);
    this.clients = new ClientDesk({
      registrations: this.registrations,
      vault: this.vault,
      clock,
      randomness,
      schemeHandler,
      settings: () => this.settings.current,
      clientMetadataUrl: ports.clientMetadataUrl,
      clientMetadataHosted: ports.clientMetadataHosted ?? true,
    });
    this.desk = new SignInDesk({
      clock,
      scheduler,
      randomness,
      browser,
      clipboard,
      traces: this.traces,
      emit,
      protocol: (trace, signal) => this.protocol(trace, signal),
      discover: (context, server, trace) => this.#discover(context, server, trace),
      preview: (server, discovery) => this.#preview(server, discovery),
      obtainClient: (context, server, discovery, receive) =>
        this.clients.obtain(context, server, discovery, receive),
      chooseDpop: (server, discovery) => chooseDpop(this.discoverer.challengeOf(server.url), discovery),
      machineClient: (context, server, discovery) => this.clients.machine(context, server, discovery),
      machineTokens: (context, server, request) => machines.tokens(context, server, request),
      suspendedSignIns: new SuspendedSignIns(this.vault),
      resumeClient: (suspended, receive) => this.clients.resume(suspended, receive),
      findServer: (serverId) => this.servers.get(serverId),
      findAccount: (accountId) => this.accounts.get(accountId),
      clientRefused: (registrationId) => this.#registrationUnknown(registrationId),
      keepAccount: (granted) => this.#keepAccount(granted),
      connect: (account) => this.supervisor.connectAccount(this.servers.require(account.serverId), account),
    });
    this.events.listen((name, payload) => {
      if (name === 'sign-in.changed') this.#noteDenial(payload as SignInView);
    });
  }

  /** Reads what is stored. Returns what the person should know about it; never throws. */
  async load(): Promise<Problem[]> {
    const notices = await Promise.all([
      this.servers.load(),
      this.accounts.load(),
      this.registrations.load(),
      this.settings.load(),
      this.#issuers.load(),
    ]);
    const books = {
      'servers.json': this.servers,
      'accounts.json': this.accounts,
      'registrations.json': this.registrations,
    };
    for (const [file, book] of Object.entries(books)) {
      book.onSaveFailure((error) => {
        const reason = (error as NodeJS.ErrnoException).code ?? 'write failed';
        this.events.emit('notice', failure('changes-not-stored', { file, reason }).problem);
      });
    }
    return notices.filter((notice) => notice !== null);
  }

  /** Goes on with open sign-ins, connects what is enabled and keeps tokens fresh, in the background. */
  async start(): Promise<void> {
    void this.traces.load();
    await this.desk.resumeSuspended();
    this.#refreshClock.start();
    this.supervisor.startAll();
  }

  /** The computer woke up or the network is back. */
  wake(): void {
    this.keeper.endPauses();
    this.#refreshClock.check();
    this.supervisor.retryAll();
    void this.#moveFromMemory();
  }

  /** Moves what had to stay in memory into the vault; what can't be moved now is tried at the next occasion. */
  async #moveFromMemory(): Promise<void> {
    const moved = await this.vault.moveFromMemory().catch(() => 0);
    if (moved > 0) this.events.emit('storage.changed', await this.vault.protection());
  }

  /** Ends everything and flushes what is being written. */
  async stop(): Promise<void> {
    this.#refreshClock.stop();
    await this.desk.suspendAll();
    await this.supervisor.stopAll();
    await Promise.all([
      this.servers.settled(),
      this.accounts.settled(),
      this.registrations.settled(),
      this.settings.settled(),
      this.#issuers.settled(),
      this.traces.settled(),
    ]);
  }

  /** The protocol's view of the world, watched by a trace. */
  protocol(trace: TraceHandle, signal?: AbortSignal): ProtocolContext {
    return {
      fetch: this.#ports.fetch,
      observer: trace,
      now: this.#ports.clock.now,
      timeoutMs: this.#timeoutMs,
      resolveHost: this.#ports.resolveHost,
      ...(signal && { signal }),
    };
  }

  /** The protocol's view of the world for an account or registration: its server decides how far it leads. */
  async #protocolOf(
    trace: TraceHandle,
    { serverId, issuer }: Pick<Registration, 'serverId' | 'issuer'>,
  ): Promise<ProtocolContext> {
    const context = this.protocol(trace);
    const server = serverId === undefined ? undefined : this.servers.get(serverId);
    return { ...context, reach: await reachOf(context, new URL(server?.url ?? issuer)) };
  }

  /** Finds out what is at an address. Stores nothing; never throws. */
  async probe(input: string): Promise<ProbeResult> {
    const { clock, fetch } = this.#ports;
    let trace: TraceHandle | null = null;
    try {
      const url = parseServerUrl(input);
      const existing = this.servers.findByUrl(url);
      if (existing) {
        const problem = failure('server-already-added', { name: existing.name }).problem;
        return { kind: 'problem', problem, existingServerId: existing.id };
      }
      trace = this.#trace({ kind: 'probe', title: `Look at ${url.host}`, serverId: null, accountId: null });
      const settings = serverSettings.parse({});
      const outcome = await probeServer({
        url,
        fetch,
        clock,
        trace,
        timeoutSeconds: this.#timeoutMs / 1000,
        signal: AbortSignal.timeout(2 * this.#timeoutMs),
      });
      if (outcome.kind === 'problem') {
        return { kind: 'problem', problem: trace.fail(outcome.problem), existingServerId: null };
      }
      if (outcome.kind === 'open') {
        trace.succeed();
        return { kind: 'open', url: url.href, suggestedName: suggestedName(outcome.serverName, url) };
      }
      if (outcome.challenge) this.discoverer.challenged(url.href, outcome.challenge);
      const subject = { url: url.href, settings };
      const discovery = await this.discoverer.discover(this.protocol(trace), subject);
      const preview = await this.#preview(draft(subject), discovery);
      trace.succeed();
      const { serverName } = preview;
      return { kind: 'sign-in', url: url.href, suggestedName: suggestedName(serverName, url), preview };
    } catch (error) {
      const problem = trace ? trace.fail(problemOf(error)) : problemOf(error);
      return { kind: 'problem', problem, existingServerId: null };
    }
  }

  /**
   * Adds a server. Nothing is connected yet.
   * @throws ProblemError `url-*`, `server-already-added`
   */
  async addServer(
    input: string,
    name: string,
    settings: ServerSettings = serverSettings.parse({}),
  ): Promise<Server> {
    const url = parseServerUrl(input);
    const existing = this.servers.findByUrl(url);
    if (existing) throw failure('server-already-added', { name: existing.name });
    const server: Server = {
      id: this.#ports.randomness.id(),
      name,
      url: url.href,
      enabled: true,
      addedAt: this.#ports.clock.now(),
      settings,
    };
    await this.servers.put(server);
    return server;
  }

  /**
   * The connection of an account of a server, or of the server without one.
   * @throws ProblemError `server-unknown`, `server-disabled`, `account-unknown`
   */
  connection(serverId: string, accountId: string | null): Connection {
    const server = this.servers.require(serverId);
    if (!server.enabled) throw failure('server-disabled');
    if (accountId !== null && this.accounts.require(accountId).serverId !== serverId) {
      throw failure('account-unknown');
    }
    return this.supervisor.connection(server, accountId);
  }

  /**
   * Changes the secrets a person entered for a server; `undefined` deletes one, an absent one stays.
   * Accounts signed in with this server's pre-registered client renew with the new ones.
   * @throws ProblemError `server-unknown`, `secrets-not-stored`
   */
  async changeServerSecrets(
    serverId: string,
    change: { [Name in keyof Omit<ServerSecrets, 'kind'>]?: ServerSecrets[Name] | undefined },
  ): Promise<void> {
    this.servers.require(serverId);
    const reading = await this.vault.read(serverId, 'server');
    const before = reading.kind === 'found' ? reading.secrets : {};
    const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined);
    const after: ServerSecrets = { ...Object.fromEntries(kept), kind: 'server' };
    await this.vault.write(serverId, after);
    for (const registration of this.registrations.all()) {
      if (registration.serverId === serverId) await this.registrations.replaceSecrets(registration.id, after);
    }
  }

  /** Changes a server and makes its connections anew. */
  async changeServer(serverId: string, change: (server: Server) => Server): Promise<void> {
    const changed = change(this.servers.require(serverId));
    await this.servers.put(changed);
    this.discoverer.forget(changed.url);
    await this.supervisor.serverChanged(changed);
  }

  /** Signs out all accounts of a server, then removes it. Never throws on what an issuer answers. */
  async removeServer(serverId: string): Promise<SignOutReport[]> {
    this.servers.require(serverId);
    await this.desk.cancelAll(serverId);
    await this.supervisor.serverRemoved(serverId);
    const reports: SignOutReport[] = [];
    for (const account of this.accounts.ofServer(serverId)) {
      reports.push(await this.#signOut.account(account.id));
    }
    // Pre-registered clients belong to one server's settings and go with them.
    for (const registration of this.registrations.all()) {
      if (registration.serverId === serverId) await this.registrations.drop(registration.id);
    }
    await this.vault.delete(serverId);
    await this.servers.remove(serverId);
    return reports;
  }

  /**
   * Starts a sign-in and returns at once.
   * @throws ProblemError `server-unknown`, `server-disabled`, `account-unknown`, `too-many-sign-ins`
   */
  signIn(options: {
    serverId: string;
    accountId: string | null;
    confirmed: boolean;
    extraScopes: readonly string[];
  }): SignInView {
    const server = this.servers.require(options.serverId);
    if (!server.enabled) throw failure('server-disabled');
    const account = options.accountId ? this.accounts.require(options.accountId) : null;
    if (account && account.serverId !== server.id) throw failure('account-unknown');
    this.#deniedServers.delete(server.id);
    return this.desk.begin({
      server,
      account,
      confirmed: options.confirmed,
      extraScopes: options.extraScopes,
    });
  }

  /** @throws ProblemError `account-unknown` */
  async signOut(accountId: string): Promise<SignOutReport> {
    const { serverId } = this.accounts.require(accountId);
    this.desk.dismissOf(accountId);
    const report = await this.#signOut.account(accountId);
    await this.supervisor.accountRemoved(serverId, accountId);
    return report;
  }

  /** @throws ProblemError when the issuer refuses to delete the registration */
  async forgetRegistration(registrationId: string): Promise<void> {
    const registration = this.registrations.get(registrationId);
    if (!registration) return;
    const trace = this.#trace({
      kind: 'sign-out',
      title: `Forget the registration at ${new URL(registration.issuer).host}`,
      serverId: null,
      accountId: null,
    });
    try {
      await this.#signOut.registration(registrationId, trace);
      trace.succeed();
    } catch (error) {
      trace.fail(problemOf(error));
      throw error;
    }
  }

  /** Whether the last sign-in at a server ended with consent denied. */
  wasDenied(serverId: string): boolean {
    return this.#deniedServers.has(serverId);
  }

  #noteDenial({ serverId, status }: SignInView): void {
    if (status.kind === 'failed' && status.problem.code === 'consent-denied')
      this.#deniedServers.add(serverId);
    if (status.kind === 'succeeded') this.#deniedServers.delete(serverId);
  }

  async #discover(context: ProtocolContext, server: Server, trace: TraceHandle) {
    if (!this.discoverer.challengeOf(server.url)) {
      // The first request goes out without a token: the challenge may name metadata and scopes (RFC 9728 §5.1).
      const outcome = await probeServer({
        url: new URL(server.url),
        fetch: this.#ports.fetch,
        clock: this.#ports.clock,
        trace,
        timeoutSeconds: this.#timeoutMs / 1000,
        signal: context.signal ?? AbortSignal.timeout(2 * this.#timeoutMs),
      });
      if (outcome.kind === 'problem')
        throw failure(outcome.problem.code, outcome.problem.params, outcome.problem.detail);
      if (outcome.kind === 'sign-in' && outcome.challenge) {
        this.discoverer.challenged(server.url, outcome.challenge);
      }
    }
    return this.discoverer.discover(context, server);
  }

  async #preview(server: Server, discovery: Awaited<ReturnType<Discoverer['discover']>>) {
    return consentPreviewOf(server, discovery, {
      registration: this.clients.kindOf(server, discovery),
      redirect: await this.clients.redirectOf(server),
      storage: await this.vault.protection(),
    });
  }

  /** Stores what was granted: tokens first, on disk, then the account that names them. */
  async #keepAccount(granted: GrantedAccount): Promise<Account> {
    const { server, discovery, registration, requestedScopes, tokens, dpopKey } = granted;
    const machine = server.settings.machineGrant?.kind;
    const identity = granted.identity ?? null;
    const now = this.#ports.clock.now();
    const others = this.accounts.ofServer(server.id);
    const renewed = renewedBy(granted, others, identity);
    const label = renewed?.label ?? labelFor(identity, others);
    const id = renewed?.id ?? this.#ports.randomness.id();
    const known = identity ?? renewed?.identity;
    await this.keeper.accept(id, label, tokens, dpopKey ? { ...dpopKey } : undefined);
    const account: Account = {
      id,
      serverId: server.id,
      issuer: discovery.issuer.issuer,
      registrationId: registration.id,
      label,
      ...(known && { identity: known }),
      grant: {
        resource: discovery.resource,
        requestedScopes,
        grantedScopes: tokens.scopes ?? requestedScopes,
        grantedAt: now,
        accessTokenExpiresAt: tokens.expiresAt,
        accessTokenIssuedAt: now,
        refreshable: tokens.refreshToken !== null || machine !== undefined,
        ...(machine && { machine }),
      },
      state: { kind: 'live' },
      addedAt: renewed?.addedAt ?? now,
      lastUsedAt: renewed?.lastUsedAt ?? null,
      lastRefreshedAt: null,
    };
    await this.accounts.put(account);
    return account;
  }

  async #registrationUnknown(registrationId: string): Promise<boolean> {
    const registration = this.registrations.get(registrationId);
    if (registration?.kind !== 'dynamic') return false;
    await this.registrations.drop(registrationId);
    return true;
  }

  #issuerOf(context: ProtocolContext, issuer: string, serverId?: string) {
    const trusted = serverId ? this.servers.get(serverId)?.settings.trustedIssuerName : undefined;
    return knownIssuer(context, this.#issuers, issuer, trusted);
  }

  #trace(subject: TraceSubject): TraceHandle {
    return this.traces.begin(subject);
  }

  #traceOf(kind: TraceSubject['kind'], title: string, account: Account): TraceHandle {
    return this.#trace({ kind, title, serverId: account.serverId, accountId: account.id });
  }
}

/** The account a grant renews: the one asked for unless somebody else signed in; or one of the same person. */
function renewedBy(
  { server, registration, renews, discovery }: GrantedAccount,
  others: readonly Account[],
  identity: Account['identity'] | null,
): Account | undefined {
  if (renews && samePerson(renews.identity, identity ?? null) !== false) return renews;
  // A machine is its client: the same client is the same account.
  if (server.settings.machineGrant) {
    return others.find((one) => one.grant.machine && one.registrationId === registration.id);
  }
  return others.find(
    (one) => one.issuer === discovery.issuer.issuer && samePerson(one.identity, identity ?? null) === true,
  );
}

/** A name for a new server that fits the form: its own, or its host. */
function suggestedName(told: string | null, url: URL): string {
  return told?.trim() ? visibleText(told.trim(), 199) : url.host.slice(0, 200);
}

/** A server that is only looked at, not stored. */
function draft({ url, settings }: Pick<Server, 'url' | 'settings'>): Server {
  return { id: 'draft', name: new URL(url).host, url, enabled: true, addedAt: 0, settings };
}
