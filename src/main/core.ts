import { join } from 'node:path';
import type { EventPayload } from '../shared/contract/events.ts';
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
import { failure, type Problem } from '../shared/problems.ts';
import { AccountBook } from './accounts/account-book.ts';
import { recoverAccounts } from './accounts/account-recovery.ts';
import { GrantHistory } from './accounts/grant-history.ts';
import { StoredIssuerCache } from './accounts/issuer-cache.ts';
import { knownIssuer } from './accounts/issuer-lookup.ts';
import { MachineSignIn } from './accounts/machine-sign-in.ts';
import { RefreshClock } from './accounts/refresh-clock.ts';
import { RegistrationBook } from './accounts/registration-book.ts';
import { RevocationQueue } from './accounts/revocation-queue.ts';
import { SignOut } from './accounts/sign-out.ts';
import { StepUps } from './accounts/step-ups.ts';
import { TokenKeeper } from './accounts/token-keeper.ts';
import { CertificateDesk } from './certificate-desk.ts';
import { EventHub } from './events.ts';
import { Inquiry } from './inquiry.ts';
import { Leaving } from './leaving.ts';
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
import { ServerSecretsDesk } from './server-secrets.ts';
import type { Calls } from './servers/calls.ts';
import type { Connection } from './servers/connection.ts';
import { changedHeaders } from './servers/extra-headers.ts';
import { Features } from './servers/features.ts';
import type { ClientFile } from './servers/import/client-files.ts';
import { ImportDesk } from './servers/import/import-desk.ts';
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
  /** Where other MCP clients keep their servers; absent: nowhere. */
  readonly clientFiles?: readonly ClientFile[];
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

/** A program that is part of something else: whoever has that has this. */
const NO_UPDATES: UpdateSource = {
  way: 'development',
  check: async () => null,
  download: async () => undefined,
  install: () => undefined,
};

/** Why secrets stay in memory, where the policy says so. */
const POLICY_REASON = 'the policy of this computer';

/** The whole product without a window. Built here, used by the app's shell and by automation alike. */
export class Core {
  readonly events = new EventHub();
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  /** What the person entered for servers, in the vault. */
  readonly serverSecrets: ServerSecretsDesk;
  readonly settings: SettingsFile;
  /** Holds the rules of a managed computer. */
  readonly policy: PolicyGuard;
  readonly vault: Vault;
  readonly updates: UpdateDesk;
  readonly certificates: CertificateDesk;
  readonly traces: TraceRecorder;
  readonly keeper: TokenKeeper;
  readonly history: GrantHistory;
  readonly stepUps: StepUps;
  readonly revocations: RevocationQueue;
  readonly local: LocalServers;
  readonly commands: CommandDesk;
  /** Servers in the files of other MCP clients. */
  readonly imports: ImportDesk;
  readonly supervisor: Supervisor;
  /** What servers offer and ask. */
  readonly features: Features;
  readonly calls: Calls;
  readonly desk: SignInDesk;
  /** Signing out, removing and erasing. */
  readonly leaving: Leaving;
  readonly clients: ClientDesk;
  readonly discoverer: Discoverer;
  readonly inquiry: Inquiry;
  readonly #ports: CorePorts;
  readonly #timeoutMs: number;
  readonly #issuers: StoredIssuerCache;
  readonly #refreshClock: RefreshClock;
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
    this.serverSecrets = new ServerSecretsDesk(this);
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
    this.stepUps = new StepUps({ accounts: this.accounts, clock });
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
    const signOut = new SignOut({
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
    this.inquiry = new Inquiry({
      servers: this.servers,
      accounts: this.accounts,
      policy: this.policy,
      discoverer: this.discoverer,
      traces: this.traces,
      fetch,
      clock,
      timeoutMs: this.#timeoutMs,
      ending: this.#ending.signal,
      extraHeaders: (server) => this.serverSecrets.extraHeaders(server),
      protocol: (trace, signal) => this.protocol(trace, signal),
      preview: (server, discovery) => this.#preview(server, discovery),
    });
    const environmentSecrets = async ({ id }: LocalServer) =>
      (await this.serverSecrets.read(id)).environment ?? {};
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
      admit: (program) => this.policy.admitProgram(program),
      readSecrets: environmentSecrets,
      writeSecrets: (serverId, environment) => this.serverSecrets.change(serverId, { environment }),
      changeServer: (serverId, change) => this.changeServer(serverId, change),
    });
    this.imports = new ImportDesk({ files: ports.clientFiles ?? [], servers: this.servers, randomness });
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
        this.inquiry.lookForMove(url);
      },
      extraHeaders: (server) => this.serverSecrets.extraHeaders(server),
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
      discover: (context, server, trace) => this.inquiry.discover(context, server, trace),
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
      scopesDeclined: (accountId, scopes) => this.stepUps.decline(accountId, scopes),
      connect: (account) => this.supervisor.connectAccount(this.servers.require(account.serverId), account),
    });
    this.leaving = new Leaving({
      servers: this.servers,
      accounts: this.accounts,
      registrations: this.registrations,
      vault: this.vault,
      policy: this.policy,
      desk: this.desk,
      supervisor: this.supervisor,
      features: this.features,
      local: this.local,
      revocations: this.revocations,
      signOut,
      trace: (subject) => this.#trace(subject),
      eraseStored: () => this.#eraseStored(),
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
    await this.inquiry.settled();
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
    if (Object.keys(headers).length > 0) await this.serverSecrets.change(server.id, { headers });
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
      const after = changedHeaders((await this.serverSecrets.read(serverId)).headers ?? {}, change);
      await this.serverSecrets.change(serverId, { headers: after });
      headers = Object.keys(after);
    }
    await this.changeServer(serverId, () => ({
      ...this.servers.requireRemote(serverId),
      settings: { ...settings, headers },
    }));
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

  /** Deletes everything stored, and looks whether it is gone. @returns names of files that could not be deleted */
  async #eraseStored(): Promise<string[]> {
    this.#issuers.clear();
    this.events.emit('settings.changed', await this.settings.reset());
    this.updates.settingChanged();
    await this.#settled();
    await Promise.all([this.history.clear(), this.traces.clear()]);
    const left = await eraseFiles(this.#ports.folder, STORED);
    await this.#putForcedServers();
    return left;
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
