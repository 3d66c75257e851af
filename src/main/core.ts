import { join } from 'node:path';
import type { EraseReport, SignOutReport, SignOutScope } from '../shared/contract/accounts.ts';
import type { EventPayload } from '../shared/contract/events.ts';
import type { ProbeResult } from '../shared/contract/servers.ts';
import type { Account } from '../shared/domain/account.ts';
import type { ExtraHeaders, ExtraHeadersChange } from '../shared/domain/extra-header.ts';
import type { Registration } from '../shared/domain/registration.ts';
import {
  type LocalServer,
  type RemoteServer,
  type Server,
  type ServerSettings,
  serverSettings,
} from '../shared/domain/server.ts';
import type { Settings, SettingsChange } from '../shared/domain/settings.ts';
import type { SignInView } from '../shared/domain/sign-in.ts';
import type { ToolCallOutcome } from '../shared/domain/tool.ts';
import { failure, type Problem, problemOf, visibleText } from '../shared/problems.ts';
import { AccountBook } from './accounts/account-book.ts';
import { recoverAccounts } from './accounts/account-recovery.ts';
import { GrantHistory } from './accounts/grant-history.ts';
import { StoredIssuerCache } from './accounts/issuer-cache.ts';
import { knownIssuer } from './accounts/issuer-lookup.ts';
import { noteIssuer } from './accounts/issuer-move.ts';
import { MachineSignIn } from './accounts/machine-sign-in.ts';
import { RefreshClock } from './accounts/refresh-clock.ts';
import { RegistrationBook } from './accounts/registration-book.ts';
import { RevocationQueue } from './accounts/revocation-queue.ts';
import { SignOut, type SignOutOptions } from './accounts/sign-out.ts';
import {
  ASKED_PER_HOUR,
  afterAsking,
  afterDeclining,
  decideStepUp,
  type StepUpDecision,
} from './accounts/step-up.ts';
import { TokenKeeper } from './accounts/token-keeper.ts';
import { CertificateDesk } from './certificate-desk.ts';
import { EventHub } from './events.ts';
import { METADATA_TIMEOUT_MS, type ProtocolContext } from './oauth/context.ts';
import { reachOf } from './oauth/reach.ts';
import { parseServerUrl } from './oauth/url-policy.ts';
import type { PolicyState } from './policy/policy-file.ts';
import { PolicyGuard } from './policy/policy-guard.ts';
import type {
  Clipboard,
  Clock,
  Randomness,
  Scheduler,
  SchemeHandler,
  SystemBrowser,
  UpdateSource,
} from './ports.ts';
import type { Calls } from './servers/calls.ts';
import type { Connection } from './servers/connection.ts';
import { changedHeaders, headersOf } from './servers/extra-headers.ts';
import { Features } from './servers/features.ts';
import { probeServer } from './servers/probe.ts';
import { ServerBook } from './servers/server-book.ts';
import { CommandDesk } from './servers/stdio/command-desk.ts';
import { LocalServers } from './servers/stdio/local-servers.ts';
import { Supervisor } from './servers/supervisor.ts';
import { ClientDesk } from './sign-in/client-desk.ts';
import { consentPreviewOf } from './sign-in/consent-preview.ts';
import { Discoverer } from './sign-in/discoverer.ts';
import { chooseDpop } from './sign-in/dpop-choice.ts';
import { keepAccount } from './sign-in/keep-account.ts';
import { SignInDesk } from './sign-in/sign-in-desk.ts';
import { SuspendedSignIns } from './sign-in/suspended-sign-ins.ts';
import { eraseFiles } from './store/erase.ts';
import { removeLeftovers } from './store/json-file.ts';
import { SettingsFile } from './store/settings-file.ts';
import { type TraceHandle, TraceRecorder, type TraceSubject } from './trace/recorder.ts';
import { UpdateDesk } from './update-desk.ts';
import { memoryOnlyBox, type SecretBox } from './vault/secret-box.ts';
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
  /** Where newer versions come from; absent: nowhere. */
  readonly updateSource?: UpdateSource;
  /** What whoever manages this computer decided; absent: nothing. */
  readonly policy?: PolicyState;
  /** Time limit of one protocol request in milliseconds. Default {@link METADATA_TIMEOUT_MS}. */
  readonly protocolTimeoutMs?: number;
}

/** Every file and folder of ours in the user data folder. */
const STORED = [
  'servers.json',
  'accounts',
  'registrations.json',
  'issuers.json',
  'settings.json',
  'processes.json',
  'vault',
  'history',
  'traces',
  'logs',
  'window.json',
];

type ServerSecretsChange = {
  [Name in keyof Omit<ServerSecrets, 'kind'>]?: ServerSecrets[Name] | undefined;
};

/** A program that is part of something else: whoever has that has this. */
const NO_UPDATES: UpdateSource = {
  way: 'development',
  check: async () => null,
  download: async () => undefined,
  install: () => undefined,
};

/** Why secrets stay in memory, where the policy says so. */
const POLICY_REASON = 'the policy of this computer';

/** A sign-out that was to be finished later, when there is no later. */
const GIVEN_UP = { revocation: 'failed', registration: null } as const;

/** The whole product without a window. Built here, used by the app's shell and by automation alike. */
export class Core {
  readonly events = new EventHub();
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly settings: SettingsFile;
  /** Holds the rules of a managed computer. */
  readonly policy: PolicyGuard;
  readonly vault: Vault;
  readonly updates: UpdateDesk;
  readonly certificates: CertificateDesk;
  readonly traces: TraceRecorder;
  readonly keeper: TokenKeeper;
  readonly history: GrantHistory;
  readonly revocations: RevocationQueue;
  readonly local: LocalServers;
  readonly commands: CommandDesk;
  readonly supervisor: Supervisor;
  /** What servers offer and ask. */
  readonly features: Features;
  readonly calls: Calls;
  readonly desk: SignInDesk;
  readonly clients: ClientDesk;
  readonly discoverer: Discoverer;
  readonly #ports: CorePorts;
  readonly #timeoutMs: number;
  readonly #issuers: StoredIssuerCache;
  readonly #signOut: SignOut;
  readonly #refreshClock: RefreshClock;
  /** Servers being asked who signs people in now, by address. */
  readonly #lookups = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();
  #accountsRead = false;
  readonly #deniedServers = new Set<string>();

  constructor(ports: CorePorts) {
    this.#ports = ports;
    this.#timeoutMs = ports.protocolTimeoutMs ?? METADATA_TIMEOUT_MS;
    const { folder, clock, scheduler, randomness, fetch, browser, clipboard, schemeHandler } = ports;
    const { emit } = this.events;
    this.updates = new UpdateDesk({
      source: ports.updateSource ?? NO_UPDATES,
      clock,
      scheduler,
      emit,
      wanted: () => this.settings.current.updateChecks,
    });
    this.certificates = new CertificateDesk({ randomness, scheduler, emit });
    this.policy = new PolicyGuard(ports.policy ?? { kind: 'none' });
    const secretBox = this.policy.isMemoryOnly ? memoryOnlyBox(POLICY_REASON) : ports.secretBox;
    this.vault = new Vault(join(folder, 'vault'), secretBox, {
      scheduler,
      protectionChanged: (protection) => {
        emit('storage.changed', protection);
        void this.#recoverAccounts();
      },
    });
    this.servers = new ServerBook(folder);
    this.accounts = new AccountBook(folder);
    this.registrations = new RegistrationBook(folder, this.vault);
    this.settings = new SettingsFile(folder, this.policy.settings);
    this.#issuers = new StoredIssuerCache(folder, clock.now);
    this.traces = new TraceRecorder({
      folder: join(folder, 'traces'),
      now: clock.now,
      newId: randomness.id,
      changed: (summary) => emit('trace.changed', summary),
    });
    const machines = new MachineSignIn({
      vault: this.vault,
      identityProvider: async (context, issuer) => {
        this.policy.admitIssuer(issuer);
        return this.#issuerOf(context, issuer);
      },
    });
    this.keeper = new TokenKeeper({
      vault: this.vault,
      accounts: this.accounts,
      registrations: this.registrations,
      clock,
      trace: (account) => this.#traceOf('refresh', `Renew the token of ${account.label}`, account),
      protocol: (trace, subject) => this.#protocolOf(trace, subject),
      issuer: async (context, account) => {
        this.policy.admitIssuer(account.issuer);
        return this.#issuerOf(context, account.issuer, account.serverId);
      },
      machineTokens: (context, account, request) =>
        machines.tokens(context, this.servers.requireRemote(account.serverId), request),
      registrationUnknown: (registrationId) => this.#registrationUnknown(registrationId),
    });
    this.history = new GrantHistory(join(folder, 'history'));
    this.history.follow(this.accounts);
    this.revocations = new RevocationQueue({
      vault: this.vault,
      clock,
      scheduler,
      randomness,
      trace: (title, serverId) => this.#trace({ kind: 'sign-out', title, serverId, accountId: null }),
      protocol: (trace, subject) => this.#protocolOf(trace, subject, this.#ending.signal),
      issuer: (context, issuer) => this.#issuerOf(context, issuer),
      changed: (view) => emit('revocation.changed', view),
      removed: (revocationId) => emit('revocation.removed', { revocationId }),
    });
    this.#signOut = new SignOut({
      accounts: this.accounts,
      registrations: this.registrations,
      keeper: this.keeper,
      queue: this.revocations,
      clock,
      signInOpenAt: (issuer) => this.#signInOpenAt(issuer),
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
      admitIssuer: (issuer) => this.policy.admitIssuer(issuer),
      issuerCache: this.#issuers,
      preferredIssuers: () => [
        ...new Set([...this.accounts.all(), ...this.registrations.all()].map((one) => one.issuer)),
      ],
    });
    const environmentSecrets = async ({ id }: LocalServer) =>
      (await this.#serverSecrets(id)).environment ?? {};
    this.local = new LocalServers({
      folder,
      clock,
      scheduler,
      randomness,
      platform: process.platform,
      environment: process.env,
      secrets: environmentSecrets,
      learned: (serverId, era) =>
        void this.servers.change(serverId, (server) => ({ ...server, era }) as Server),
      changed: (serverId) => emit('process.changed', { serverId }),
    });
    this.commands = new CommandDesk({
      servers: this.servers,
      clock,
      randomness,
      admit: () => this.policy.admitCommands(),
      readSecrets: environmentSecrets,
      writeSecrets: (serverId, environment) => this.#writeServerSecrets(serverId, { environment }),
      changeServer: (serverId, change) => this.changeServer(serverId, change),
    });
    this.features = new Features({ clock, scheduler, randomness, browser, emit });
    this.calls = this.features.calls;
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
      hooks: this.features.hooks,
      challenged: (url, challenge) => this.discoverer.challenged(url, challenge),
      tokenRefused: (url) => {
        this.discoverer.askAgain(url);
        this.#lookForMove(url);
      },
      extraHeaders: (server) => this.#extraHeaders(server),
      openLocal: (server) => this.local.opens(server),
      admit: (server, accountId) => this.#admit(server, accountId),
    });
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
      chooseDpop: (context, server, discovery) =>
        chooseDpop(context, this.discoverer.challengeOf(server.url), discovery),
      machineClient: (context, server, discovery) => this.clients.machine(context, server, discovery),
      machineTokens: (context, server, request) => machines.tokens(context, server, request),
      suspendedSignIns: new SuspendedSignIns(this.vault),
      resumeClient: (suspended, receive) => this.clients.resume(suspended, receive),
      findServer: (serverId) => this.servers.remote(serverId),
      findAccount: (accountId) => this.accounts.get(accountId),
      clientRefused: (registrationId) => this.#registrationUnknown(registrationId),
      keepAccount: (granted) =>
        keepAccount({ accounts: this.accounts, keeper: this.keeper, clock, randomness }, granted),
      scopesDeclined: (accountId, scopes) => this.declineScopes(accountId, scopes),
      connect: (account) => this.supervisor.connectAccount(this.servers.require(account.serverId), account),
    });
    this.events.listen((name, payload) => {
      if (name === 'sign-in.changed') this.#noteOutcome(payload as SignInView);
      if (name === 'connection.removed') {
        this.features.forgetConnection(payload as EventPayload<'connection.removed'>);
      }
    });
  }

  /** Reads what is stored. Returns what the person should know about it; never throws. */
  async load(): Promise<Problem[]> {
    const folders = ['', 'vault', 'history', 'traces'].map((name) => join(this.#ports.folder, name));
    await Promise.all(folders.map(removeLeftovers));
    const notices = await Promise.all([
      this.policy.notice,
      this.servers.load(),
      this.accounts.load(),
      this.registrations.load(),
      this.settings.load(),
      this.#issuers.load(),
      this.local.processes.load(),
    ]);
    this.#accountsRead = notices[2] === null;
    const books = {
      'servers.json': this.servers,
      accounts: this.accounts,
      'registrations.json': this.registrations,
    };
    for (const [file, book] of Object.entries(books)) {
      book.onSaveFailure((error) => {
        const reason = (error as NodeJS.ErrnoException).code ?? 'write failed';
        this.events.emit('notice', failure('changes-not-stored', { file, reason }).problem);
      });
    }
    await this.#putForcedServers();
    return notices.filter((notice) => notice !== null);
  }

  /** Takes up accounts that only the vault knows. */
  async #recoverAccounts(): Promise<void> {
    const recovered = await recoverAccounts({
      vault: this.vault,
      accounts: this.accounts,
      isServer: (id) => this.servers.get(id) !== undefined,
      isRegistration: (id) => this.registrations.get(id) !== undefined,
    });
    for (const account of recovered) {
      const server = this.servers.require(account.serverId);
      // Its connection tells how it went.
      if (server.enabled) void this.supervisor.connectAccount(server, account).catch(() => undefined);
    }
  }

  /** Puts the servers that have to be there, switched on. */
  async #putForcedServers(): Promise<void> {
    for (const { id, name, url } of this.policy.forced) {
      const existing = this.servers.findByUrl(url);
      if (existing?.enabled) continue;
      const addedAt = this.#ports.clock.now();
      const settings = serverSettings.parse({});
      const fresh: RemoteServer = {
        id,
        kind: 'remote',
        name,
        url: url.href,
        enabled: true,
        addedAt,
        settings,
      };
      await this.servers.put(existing ? { ...existing, enabled: true } : fresh).catch(() => undefined);
    }
  }

  /** @throws ProblemError `policy-*`, `account-unknown` */
  #admit(server: Server, accountId: string | null): void {
    this.policy.admitServer(server);
    if (accountId !== null) this.policy.admitIssuer(this.accounts.require(accountId).issuer);
  }

  /** Goes on with open sign-ins, connects what is enabled and keeps tokens fresh, in the background. */
  async start(): Promise<void> {
    void this.traces.load();
    await this.#recoverAccounts();
    // Where the accounts could not be read, nobody knows whose histories these are.
    if (this.#accountsRead) void this.history.tidy(this.accounts);
    // While the policy is broken no sign-in goes on; those that wait for a browser stay where they are.
    if (!this.policy.isBroken) await this.desk.resumeSuspended();
    await this.revocations.start();
    if (!this.policy.isBroken) this.#refreshClock.start();
    this.local.start();
    this.updates.settingChanged();
    this.supervisor.startAll();
  }

  /** The computer woke up or the network is back. */
  wake(): void {
    this.keeper.endPauses();
    this.#refreshClock.check();
    this.supervisor.retryAll();
    void this.revocations.retryAll();
    // Asking is an occasion to move what waits in memory.
    void this.vault.protection();
  }

  /**
   * Changes app-wide settings; what is not named stays.
   * @throws ProblemError `policy-locked`; the file system's error: the change is then in memory only
   */
  async changeAppSettings(change: SettingsChange): Promise<Settings> {
    this.policy.mayChange(change);
    const changed = await this.settings.change(change);
    this.updates.settingChanged();
    this.events.emit('settings.changed', changed);
    return changed;
  }

  /** Ends everything and flushes what is being written. */
  async stop(): Promise<void> {
    this.#refreshClock.stop();
    this.updates.stop();
    this.certificates.stop();
    this.#ending.abort();
    await this.revocations.stop();
    await Promise.all(this.#lookups.values());
    await this.desk.suspendAll();
    await this.supervisor.stopAll();
    await this.vault.stop();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.all([
      this.servers.settled(),
      this.accounts.settled(),
      this.registrations.settled(),
      this.settings.settled(),
      this.#issuers.settled(),
      this.traces.settled(),
      this.history.settled(),
      this.local.settled(),
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
    signal?: AbortSignal,
  ): Promise<ProtocolContext> {
    const context = this.protocol(trace, signal);
    const server = serverId === undefined ? undefined : this.servers.remote(serverId);
    return { ...context, reach: await reachOf(context, new URL(server?.url ?? issuer)) };
  }

  /** Finds out what is at an address. Stores nothing; never throws. */
  async probe(input: string, extraHeaders: ExtraHeaders = {}): Promise<ProbeResult> {
    const { clock, fetch } = this.#ports;
    let trace: TraceHandle | null = null;
    try {
      const url = parseServerUrl(input);
      this.policy.admitAddress(url);
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
        extraHeaders,
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
   * @param headers sent with every request to it; their values go to the vault
   * @throws ProblemError `url-*`, `server-already-added`, `secrets-not-stored`
   */
  async addServer(
    input: string,
    name: string,
    settings: ServerSettings = serverSettings.parse({}),
    headers: ExtraHeaders = {},
  ): Promise<RemoteServer> {
    const url = parseServerUrl(input);
    this.policy.admitAddress(url);
    const existing = this.servers.findByUrl(url);
    if (existing) throw failure('server-already-added', { name: existing.name });
    const server: RemoteServer = {
      id: this.#ports.randomness.id(),
      kind: 'remote',
      name,
      url: url.href,
      enabled: true,
      addedAt: this.#ports.clock.now(),
      settings: { ...settings, headers: Object.keys(headers) },
    };
    if (Object.keys(headers).length > 0) await this.#writeServerSecrets(server.id, { headers });
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
   * @throws ProblemError `server-unknown`, `secrets-locked`, `secrets-not-stored`
   */
  async changeServerSecrets(serverId: string, change: ServerSecretsChange): Promise<void> {
    this.servers.require(serverId);
    await this.#writeServerSecrets(serverId, change);
  }

  async #writeServerSecrets(serverId: string, change: ServerSecretsChange): Promise<void> {
    const before = await this.#serverSecrets(serverId);
    const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined);
    const after: ServerSecrets = { ...Object.fromEntries(kept), kind: 'server' };
    await this.vault.write(serverId, after);
    for (const registration of this.registrations.all()) {
      if (registration.serverId === serverId) await this.registrations.replaceSecrets(registration.id, after);
    }
  }

  /**
   * Changes the settings of a remote server, and headers it is sent.
   * @throws ProblemError `server-unknown`, `key-beside-accounts`, `too-many-headers`, `secrets-locked`,
   *   `secrets-not-stored`
   */
  async changeServerSettings(
    serverId: string,
    settings: ServerSettings,
    change: ExtraHeadersChange = {},
  ): Promise<void> {
    const { name } = this.servers.requireRemote(serverId);
    const setsKey = Object.entries(change).some(
      ([name, value]) => /^authorization$/i.test(name) && value !== null,
    );
    if (setsKey && this.accounts.ofServer(serverId).length > 0)
      throw failure('key-beside-accounts', { name });
    let headers = this.servers.requireRemote(serverId).settings.headers;
    if (Object.keys(change).length > 0) {
      const after = changedHeaders((await this.#serverSecrets(serverId)).headers ?? {}, change);
      await this.#writeServerSecrets(serverId, { headers: after });
      headers = Object.keys(after);
    }
    await this.changeServer(serverId, () => ({
      ...this.servers.requireRemote(serverId),
      settings: { ...settings, headers },
    }));
  }

  async #extraHeaders(server: RemoteServer): Promise<ExtraHeaders> {
    if (server.settings.headers.length === 0) return {};
    return headersOf(server, (await this.#serverSecrets(server.id)).headers ?? {});
  }

  /** @throws ProblemError `secrets-locked`: what can't be read must not be overwritten either */
  async #serverSecrets(serverId: string): Promise<Partial<ServerSecrets>> {
    const reading = await this.vault.read(serverId, 'server');
    if (reading.kind === 'unavailable') {
      const label = this.servers.get(serverId)?.name ?? serverId;
      throw failure('secrets-locked', { label }, reading.reason);
    }
    return reading.kind === 'found' ? reading.secrets : {};
  }

  /**
   * Changes a server and makes its connections anew.
   * @throws ProblemError `server-unknown`, `policy-locked`
   */
  async changeServer(serverId: string, change: (server: Server) => Server): Promise<void> {
    const changed = change(this.servers.require(serverId));
    if (!changed.enabled) this.policy.mayGo(changed);
    await this.servers.put(changed);
    if (changed.kind === 'remote') this.discoverer.forget(changed.url);
    await this.supervisor.serverChanged(changed);
  }

  /**
   * Signs out all accounts of a server, then removes it. Never throws on what an issuer answers.
   * @throws ProblemError `server-unknown`, `policy-locked`
   */
  async removeServer(serverId: string): Promise<SignOutReport[]> {
    this.policy.mayGo(this.servers.require(serverId));
    return this.#removeServer(serverId);
  }

  async #removeServer(serverId: string): Promise<SignOutReport[]> {
    await this.desk.cancelAll(serverId);
    await this.supervisor.serverRemoved(serverId);
    const reports = await this.#signOut.accounts(
      this.accounts.ofServer(serverId).map(({ id }) => id),
      { forgetRegistration: true },
    );
    // Pre-registered clients belong to one server's settings and go with them.
    for (const registration of this.registrations.all()) {
      if (registration.serverId === serverId) await this.registrations.drop(registration.id);
    }
    await this.vault.delete(serverId);
    this.features.forgetServer(serverId);
    await this.servers.remove(serverId);
    this.local.forget(serverId);
    return reports;
  }

  /**
   * Starts a sign-in and returns at once.
   * @throws ProblemError `server-unknown`, `server-disabled`, `account-unknown`, `too-many-sign-ins`, `policy-*`
   */
  signIn(options: {
    serverId: string;
    accountId: string | null;
    confirmed: boolean;
    extraScopes: readonly string[];
  }): SignInView {
    const server = this.servers.requireRemote(options.serverId);
    if (!server.enabled) throw failure('server-disabled');
    const account = options.accountId ? this.accounts.require(options.accountId) : null;
    if (account && account.serverId !== server.id) throw failure('account-unknown');
    this.policy.admitServer(server);
    this.#deniedServers.delete(server.id);
    return this.desk.begin({
      server,
      account,
      confirmed: options.confirmed,
      extraScopes: options.extraScopes,
    });
  }

  /** @throws ProblemError `account-unknown`, `secrets-not-deleted` */
  async signOut(accountId: string, options: SignOutOptions): Promise<SignOutReport> {
    const { serverId } = this.accounts.require(accountId);
    this.desk.dismissOf(accountId);
    const report = await this.#signOut.account(accountId, options);
    await this.supervisor.accountRemoved(serverId, accountId);
    return report;
  }

  /** Signs out several accounts at once. Never throws: each account has its report. */
  async signOutAll(scope: SignOutScope): Promise<SignOutReport[]> {
    const leaving = this.accounts.all().filter((account) => isIn(scope, account));
    for (const { id } of leaving) this.desk.dismissOf(id);
    const reports = await this.#signOut.accounts(
      leaving.map(({ id }) => id),
      { forgetRegistration: true },
    );
    const gone = leaving.filter(({ id }) => !this.accounts.get(id));
    await Promise.all(gone.map(({ id, serverId }) => this.supervisor.accountRemoved(serverId, id)));
    return reports;
  }

  /**
   * Signs out everywhere, then deletes everything Gatehouse stored, and looks whether it is gone. What an
   * issuer could not confirm now is not kept for later: nothing is.
   */
  async eraseEverything(): Promise<EraseReport> {
    for (const { id } of this.servers.all()) await this.desk.cancelAll(id);
    const signOuts = await this.signOutAll({ kind: 'everything' });
    await this.revocations.clear();
    for (const { id } of this.servers.all()) await this.#removeServer(id);
    for (const { id } of this.registrations.all()) await this.registrations.drop(id);
    this.#issuers.clear();
    this.events.emit('settings.changed', await this.settings.reset());
    this.updates.settingChanged();
    await this.#settled();
    await Promise.all([this.history.clear(), this.traces.clear()]);
    const left = await eraseFiles(this.#ports.folder, STORED);
    await this.#putForcedServers();
    const given = signOuts.map((one) => ({ ...one, ...(one.revocation === 'queued' && GIVEN_UP) }));
    return { signOuts: given, left };
  }

  /** What to do about a server that wants more scopes in the middle of a call; asking is remembered. */
  async decideStepUp(accountId: string, wanted: readonly string[]): Promise<StepUpDecision> {
    const now = this.#ports.clock.now();
    const decision = decideStepUp(this.accounts.require(accountId), wanted, now);
    if (decision.kind === 'ask') {
      await this.accounts.change(accountId, (one) => ({ ...one, stepUps: afterAsking(one.stepUps, now) }));
    }
    return decision;
  }

  /**
   * What a call comes to when the server wanted more scopes: a question to the person, unless they said no
   * before or were asked too often (MCP authorization, step-up flow).
   */
  async offerStepUp(
    accountId: string | null,
    tool: string,
    outcome: ToolCallOutcome,
  ): Promise<ToolCallOutcome> {
    if (outcome.kind !== 'problem' || outcome.problem.code !== 'scope-insufficient') return outcome;
    const account = accountId === null ? undefined : this.accounts.get(accountId);
    if (account?.state.kind !== 'insufficient') return outcome;
    const wantedBy = visibleText(tool);
    const state = { ...account.state, wantedBy };
    await this.accounts.change(account.id, (one) => ({ ...one, state }));
    const { wantedScopes } = state;
    const decision = await this.decideStepUp(account.id, wantedScopes);
    switch (decision.kind) {
      case 'ask':
        return { kind: 'more-scope', wantedScopes, newScopes: decision.newScopes };
      case 'declined': {
        const scopes = decision.scopes.join(' ');
        return { kind: 'problem', problem: failure('scope-declined', { tool, scopes }).problem };
      }
      case 'too-often': {
        const host = new URL(account.grant.resource ?? account.issuer).host;
        const times = String(ASKED_PER_HOUR);
        return { kind: 'problem', problem: failure('step-up-limit', { host, times }).problem };
      }
    }
  }

  /** The person does not want to grant these scopes: no call asks for them again. */
  async declineScopes(accountId: string, scopes: readonly string[]): Promise<void> {
    const now = this.#ports.clock.now();
    await this.accounts.change(accountId, (one) => ({
      ...one,
      stepUps: afterDeclining(one.stepUps, scopes, now),
    }));
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

  #noteOutcome({ serverId, status }: SignInView): void {
    if (status.kind === 'failed' && status.problem.code === 'consent-denied')
      this.#deniedServers.add(serverId);
    if (status.kind === 'succeeded') this.#deniedServers.delete(serverId);
    if (status.kind === 'failed' || status.kind === 'cancelled') this.#askWithoutAccount(serverId);
  }

  /** A server added to be signed in to, and then was not, is asked what it thinks of that. */
  #askWithoutAccount(serverId: string): void {
    const server = this.servers.get(serverId);
    if (!server?.enabled || this.accounts.ofServer(serverId).length > 0) return;
    this.supervisor.connection(server, null).start();
  }

  async #discover(context: ProtocolContext, server: RemoteServer, trace: TraceHandle) {
    if (!this.discoverer.challengeOf(server.url)) {
      // The first request goes out without a token: the challenge may name metadata and scopes (RFC 9728 §5.1).
      const outcome = await probeServer({
        url: new URL(server.url),
        fetch: this.#ports.fetch,
        clock: this.#ports.clock,
        trace,
        extraHeaders: await this.#extraHeaders(server),
        timeoutSeconds: this.#timeoutMs / 1000,
        signal: context.signal ?? AbortSignal.timeout(2 * this.#timeoutMs),
      });
      if (outcome.kind === 'problem')
        throw failure(outcome.problem.code, outcome.problem.params, outcome.problem.detail);
      if (outcome.kind === 'sign-in' && outcome.challenge) {
        this.discoverer.challenged(server.url, outcome.challenge);
      }
    }
    const discovery = await this.discoverer.discover(context, server);
    await noteIssuer(this.accounts, server.id, discovery, this.#ports.clock.now());
    return discovery;
  }

  /** Asks a server again who signs people in, after it refused a token nobody could renew. */
  #lookForMove(url: string): void {
    const server = this.servers.findByUrl(new URL(url));
    if (server?.kind !== 'remote' || this.#lookups.has(url) || this.#ending.signal.aborted) return;
    const title = `Ask ${server.name} who signs people in now`;
    const trace = this.#trace({ kind: 'probe', title, serverId: server.id, accountId: null });
    const lookup = this.#discover(this.protocol(trace, this.#ending.signal), server, trace)
      .then(() => trace.succeed())
      // Whoever met the refusal already tells the person; this was only one more question.
      .catch((error: unknown) => void trace.fail(problemOf(error)))
      .finally(() => this.#lookups.delete(url));
    this.#lookups.set(url, lookup);
  }

  #signInOpenAt(issuer: string): boolean {
    return this.desk
      .views()
      .some(({ status, preview }) => !isFinished(status.kind) && preview?.issuer === issuer);
  }

  async #preview(server: RemoteServer, discovery: Awaited<ReturnType<Discoverer['discover']>>) {
    return consentPreviewOf(server, discovery, {
      registration: this.clients.kindOf(server, discovery),
      redirect: await this.clients.redirectOf(server),
      storage: await this.vault.protection(),
    });
  }

  async #registrationUnknown(registrationId: string): Promise<boolean> {
    const registration = this.registrations.get(registrationId);
    if (registration?.kind !== 'dynamic') return false;
    await this.registrations.drop(registrationId);
    return true;
  }

  #issuerOf(context: ProtocolContext, issuer: string, serverId?: string) {
    const trusted = serverId ? this.servers.remote(serverId)?.settings.trustedIssuerName : undefined;
    return knownIssuer(context, this.#issuers, issuer, trusted);
  }

  #trace(subject: TraceSubject): TraceHandle {
    return this.traces.begin(subject);
  }

  #traceOf(kind: TraceSubject['kind'], title: string, account: Account): TraceHandle {
    return this.#trace({ kind, title, serverId: account.serverId, accountId: account.id });
  }
}

function isFinished(status: SignInView['status']['kind']): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

function isIn(scope: SignOutScope, { id, serverId, issuer }: Account): boolean {
  switch (scope.kind) {
    case 'accounts':
      return scope.accountIds.includes(id);
    case 'server':
      return scope.serverId === serverId;
    case 'issuer':
      return scope.issuer === issuer;
    case 'everything':
      return true;
  }
}

/** A name for a new server that fits the form: its own, or its host. */
function suggestedName(told: string | null, url: URL): string {
  return told?.trim() ? visibleText(told.trim(), 199) : url.host.slice(0, 200);
}

/** A server that is only looked at, not stored. */
function draft({ url, settings }: Pick<RemoteServer, 'url' | 'settings'>): RemoteServer {
  return { id: 'draft', kind: 'remote', name: new URL(url).host, url, enabled: true, addedAt: 0, settings };
}
