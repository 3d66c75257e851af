import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { JWK } from 'jose';
import { Core, type CorePorts } from '../../src/main/core.ts';
import { resolveHost } from '../../src/main/network/resolve-host.ts';
import { parseServerUrl } from '../../src/main/oauth/url-policy.ts';
import { systemClock, systemRandomness, systemScheduler } from '../../src/main/ports.ts';
import { MoreScopeNeeded, SignInNeeded } from '../../src/main/servers/sign-in-needed.ts';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { memoryOnlyBox } from '../../src/main/vault/secret-box.ts';
import { appIdentity } from '../../src/shared/app-identity.ts';
import type { EventName, EventPayload } from '../../src/shared/contract/events.ts';
import { parseDeepLink } from '../../src/shared/deep-link.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import { type Server, serverSettings } from '../../src/shared/domain/server.ts';
import type { SignInView } from '../../src/shared/domain/sign-in.ts';
import type { ToolCallOutcome } from '../../src/shared/domain/tool.ts';
import { describeProblem, makeProblem, type Problem, problemOf } from '../../src/shared/problems.ts';
import { readClientKey } from './client-key.ts';
import { followRedirects } from './follow-browser.ts';
import { localServerOf } from './local-server.ts';
import type { DriveOptions } from './options.ts';
import { answerQuestions } from './questions.ts';

export const exitCodes = {
  done: 0,
  signInFailed: 2,
  connectionFailed: 3,
  callFailed: 4,
  usage: 64,
  interrupted: 130,
} as const;

/** Ends the run with a code; what went wrong was printed. */
class Stop extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

export interface DriveWorld {
  readonly folder: string;
  /** Encrypts the vault; null keeps secrets in memory. */
  readonly key: string | null;
  readonly print: (event: Record<string, unknown>) => void;
  readonly fetch: CorePorts['fetch'];
  readonly clientMetadataUrl?: string | null;
  /** Ends the run early, and what it started with it. */
  readonly signal?: AbortSignal;
  /** Time limit of one protocol request in milliseconds; absent: the product's. */
  readonly protocolTimeoutMs?: number;
}

/** Runs the core without a window, once. Returns the exit code. */
export async function drive(options: DriveOptions, world: DriveWorld): Promise<number> {
  const run = new Drive(options, world);
  const interrupted = new Promise<never>((_, reject) => {
    world.signal?.addEventListener('abort', () => reject(new Stop(exitCodes.interrupted)), { once: true });
  });
  const code = await Promise.race([run.run(), interrupted]).then(
    () => exitCodes.done,
    (error: unknown) => {
      if (error instanceof Stop) return error.code;
      run.problem(problemOf(error));
      return exitCodes.connectionFailed;
    },
  );
  await run.end();
  if (code === exitCodes.done) world.print({ event: 'done' });
  return code;
}

class Drive {
  readonly #options: DriveOptions;
  readonly #world: DriveWorld;
  readonly #core: Core;

  constructor(options: DriveOptions, world: DriveWorld) {
    this.#options = options;
    this.#world = world;
    this.#core = new Core({
      folder: world.folder,
      secretBox: world.key
        ? environmentKeyBox(world.key)
        : memoryOnlyBox('No key was given for this profile.'),
      fetch: world.fetch,
      resolveHost,
      clock: systemClock,
      scheduler: systemScheduler,
      randomness: systemRandomness,
      browser: { open: (url) => this.#visit(url) },
      clipboard: {
        readText: async () => '',
        writeText: async () => undefined,
      },
      schemeHandler: { isRegistered: async () => false },
      ...(options.clientMetadataUrl !== null || world.clientMetadataUrl !== undefined
        ? { clientMetadataUrl: options.clientMetadataUrl ?? world.clientMetadataUrl ?? null }
        : {
            clientMetadataUrl: appIdentity.clientMetadataUrl,
            clientMetadataHosted: appIdentity.clientMetadataHosted,
          }),
      ...(world.protocolTimeoutMs !== undefined && { protocolTimeoutMs: world.protocolTimeoutMs }),
    });
    this.#core.events.listen((name, payload) => this.#tell(name, payload));
    answerQuestions(this.#core, options.answer, (event, details) => this.#print(event, details));
  }

  async run(): Promise<void> {
    for (const notice of await this.#core.load()) this.problem(notice);
    const { serverUrl, localCommand, accounts, call, list, read, prompt, refresh, signOut } = this.#options;
    this.#core.local.start();
    if (serverUrl !== null || localCommand !== null) {
      const server = localCommand
        ? await localServerOf(this.#core, localCommand)
        : await this.#server(serverUrl ?? '');
      await this.#connect(server);
      if (list) await this.#list(server);
      if (read !== null) await this.#read(server, read);
      if (prompt) await this.#prompt(server, prompt);
      if (call) await this.#call(server, call);
      if (refresh) await this.#refresh(server);
      if (signOut) await this.#signOut(server);
    }
    if (accounts) {
      for (const account of this.#core.accounts.all()) this.#print('account', describeAccount(account));
    }
  }

  async end(): Promise<void> {
    await this.#core.stop();
    const { trace } = this.#options;
    if (trace === null) return;
    const traces = this.#core.traces.list(null).flatMap(({ id }) => this.#core.traces.get(id) ?? []);
    await writeFile(trace, `${JSON.stringify(traces.reverse(), null, 2)}\n`);
  }

  problem(problem: Problem): void {
    const { sentence, advice, remedy } = describeProblem(problem);
    this.#print('problem', { code: problem.code, sentence, advice, remedy, detail: problem.detail });
  }

  async #server(input: string): Promise<Server> {
    const { clientId, clientSecret, clientAuthentication, scopes, redirect } = this.#options;
    const { clientKey, resource, assumeS256, headers } = this.#options;
    let url: URL;
    let privateKey: JWK | null;
    try {
      url = parseServerUrl(input);
      privateKey = clientKey === null ? null : await readClientKey(clientKey);
    } catch (error) {
      this.problem(problemOf(error));
      throw new Stop(exitCodes.usage);
    }
    const known = this.#core.servers.findByUrl(url);
    const settings = serverSettings.parse({
      ...known?.settings,
      ...(redirect !== 'automatic' && { redirect }),
      ...(clientId && { clientId }),
      ...(clientAuthentication && { clientAuthentication }),
      ...(scopes && { scopes }),
      ...(resource && { resource }),
      ...(assumeS256 && { assumeS256 }),
    });
    if (known) await this.#core.servers.put({ ...known, settings });
    const server = known ?? (await this.#core.addServer(input, url.host, settings, headers));
    if (known && Object.keys(headers).length > 0) {
      await this.#core.changeServerSettings(server.id, settings, headers);
    }
    const secrets = {
      ...(clientSecret && { clientSecret }),
      ...(privateKey && { privateKey: { ...privateKey } }),
    };
    if (Object.keys(secrets).length > 0) await this.#core.serverSecrets.change(server.id, secrets);
    return this.#core.servers.require(server.id);
  }

  /** Connects with the account there is, or signs in when the server wants one. */
  async #connect(server: Server): Promise<void> {
    const account = this.#account(server);
    try {
      await this.#core.connection(server.id, account?.id ?? null).client();
    } catch (error) {
      const { code } = problemOf(error);
      const signInHelps =
        error instanceof SignInNeeded ||
        [
          'grant-revoked',
          'grant-expired',
          'secrets-unreadable',
          'token-not-accepted',
          'client-unknown',
        ].includes(code);
      if (error instanceof MoreScopeNeeded) {
        await this.#signIn(server, account, error.scopes);
      } else if (signInHelps) {
        await this.#signIn(server, account, []);
      } else {
        this.problem(problemOf(error));
        throw new Stop(exitCodes.connectionFailed);
      }
    }
  }

  async #signIn(server: Server, account: Account | null, extraScopes: readonly string[]): Promise<void> {
    const accountId = account?.id ?? null;
    const begun = this.#core.signIn({ serverId: server.id, accountId, confirmed: true, extraScopes });
    const stopReading = this.#options.callbackStdin ? this.#readCallback(begun.id) : () => undefined;
    const ended = await this.#core.desk.ended(begun.id);
    stopReading();
    if (ended?.status.kind === 'succeeded') return;
    const failedAtConnect = ended?.status.kind === 'failed' && ended.step === 'connect';
    throw new Stop(failedAtConnect ? exitCodes.connectionFailed : exitCodes.signInFailed);
  }

  async #list(server: Server): Promise<void> {
    const { catalog } = this.#core.features;
    const connection = this.#connection(server);
    await this.#orFail(async () => {
      const { entries } = await catalog.tools(connection);
      this.#print('tools', {
        tools: entries.map(({ name, title, description }) => ({ name, title, description })),
      });
      this.#print('resources', { resources: (await catalog.resources(connection)).entries });
      this.#print('templates', { templates: (await catalog.templates(connection)).entries });
      this.#print('prompts', { prompts: (await catalog.prompts(connection)).entries });
    });
  }

  async #read(server: Server, uri: string): Promise<void> {
    await this.#orFail(async () => {
      const { contents } = await this.#core.features.resources.read(this.#connection(server), uri);
      this.#print('resource', { uri, contents });
    });
  }

  async #prompt(server: Server, { name, arguments: values }: NonNullable<DriveOptions['prompt']>) {
    await this.#orFail(async () => {
      const { messages } = await this.#core.features.prompts.get(this.#connection(server), name, values);
      this.#print('prompt', { prompt: name, messages });
    });
  }

  async #orFail(request: () => Promise<void>): Promise<void> {
    await request().catch((error: unknown) => {
      this.problem(problemOf(error));
      throw new Stop(exitCodes.callFailed);
    });
  }

  async #call(
    server: Server,
    { tool, arguments: values, times, parallel }: NonNullable<DriveOptions['call']>,
  ): Promise<void> {
    let left = times;
    let failed = 0;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        const outcome = await this.#callOnce(server, tool, values);
        if (outcome.kind !== 'result') failed += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, times) }, worker));
    if (times > 1) this.#print('calls', { tool, succeeded: times - failed, failed });
    if (failed > 0) throw new Stop(exitCodes.callFailed);
  }

  async #callOnce(server: Server, tool: string, values: Record<string, unknown>): Promise<ToolCallOutcome> {
    const attempt = () =>
      this.#core.calls.call(this.#connection(server), {
        callId: systemRandomness.id(),
        name: tool,
        arguments: values,
      });
    let outcome = await attempt();
    const account = this.#account(server);
    // Step-up: more was asked for; the run agrees once, like a person would, and repeats the call.
    if (outcome.kind === 'problem' && outcome.problem.code === 'scope-insufficient' && account) {
      this.problem(outcome.problem);
      const wanted = account.state.kind === 'insufficient' ? account.state.wantedScopes : [];
      await this.#signIn(server, account, wanted);
      outcome = await attempt();
    }
    if (outcome.kind === 'problem') this.problem(outcome.problem);
    else if (outcome.kind === 'result') {
      const { kind: _, ...result } = outcome;
      this.#print('result', { tool, ...result });
    }
    return outcome;
  }

  async #refresh(server: Server): Promise<void> {
    const account = this.#account(server);
    if (!account) return this.#print('refresh', { outcome: 'no account' });
    try {
      await this.#core.keeper.refreshNow(account.id);
      this.#print('refresh', {
        outcome: 'renewed',
        ...describeAccount(this.#core.accounts.require(account.id)),
      });
    } catch (error) {
      const problem = problemOf(error);
      this.problem(problem);
      // Nothing failed and nothing ended: there is only no way to renew.
      if (problem.code !== 'refresh-not-offered') throw new Stop(exitCodes.signInFailed);
    }
  }

  async #signOut(server: Server): Promise<void> {
    for (const account of this.#core.accounts.ofServer(server.id)) {
      this.#print('sign-out', {
        ...(await this.#core.leaving.signOut(account.id, { forgetRegistration: true })),
      });
    }
  }

  /** The browser of this run. The sign-in waits meanwhile, so nothing here may take its place. */
  async #visit(url: URL): Promise<void> {
    const { browser } = this.#options;
    if (browser === 'print') return this.#print('browser', { url: url.href });
    if (browser === 'follow') {
      void this.#follow(url);
      return;
    }
    const [command = '', ...parameters] = browser.split(/\s+/).filter(Boolean);
    const child = spawn(command, [...parameters, url.href], { stdio: ['ignore', 'ignore', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  async #follow(url: URL): Promise<void> {
    try {
      const outcome = await followRedirects(url, fetch);
      if (outcome.kind === 'delivered') return;
      if (outcome.kind === 'custom-scheme' && this.#open(outcome.link)) return;
      if (outcome.kind === 'page') {
        this.#print('browser', {
          stoppedAt: outcome.url,
          status: outcome.status,
          advice: 'A person is wanted there: --browser print.',
        });
      }
      // An answer nobody waits for was told as a notice. The app would wait on; no other will come to this run.
    } catch (error) {
      this.problem(makeProblem('browser-not-opened', {}, error instanceof Error ? error.message : null));
    }
    for (const { id } of this.#core.desk.views()) this.#core.desk.cancel(id);
  }

  /** Hands a link over like the operating system would; false when nobody waits for it. */
  #open(link: string): boolean {
    const parsed = parseDeepLink(link);
    return parsed.kind === 'oauth-callback' && this.#core.desk.receive(parsed.parameters);
  }

  #readCallback(signInId: string): () => void {
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => {
      if (!line.trim()) return;
      try {
        this.#core.desk.deliver(signInId, line);
      } catch (error) {
        this.problem(problemOf(error));
      }
    });
    return () => lines.close();
  }

  #account(server: Server): Account | null {
    return this.#core.accounts.ofServer(server.id)[0] ?? null;
  }

  #connection(server: Server) {
    return this.#core.connection(server.id, this.#account(server)?.id ?? null);
  }

  #tell<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    if (name === 'sign-in.changed') this.#tellSignIn(payload as SignInView);
    else if (name === 'connection.changed') {
      const { status, problem, protocolVersion, serverName, serverVersion } =
        payload as EventPayload<'connection.changed'>;
      this.#print('connection', {
        status,
        ...(problem && { problem: problem.code }),
        ...(protocolVersion && { protocolVersion, serverName, serverVersion }),
      });
    } else if (name === 'notice') this.problem(payload as Problem);
    else if (name === 'call.progress') {
      const { progress, total, message } = payload as EventPayload<'call.progress'>;
      this.#print('progress', { progress, total, message });
    }
  }

  #tellSignIn({ step, status, preview }: SignInView): void {
    this.#print('sign-in', {
      step,
      status: status.kind,
      ...(step === 'register' && preview && { preview }),
    });
    if (status.kind === 'failed') this.problem(status.problem);
  }

  #print(event: string, details: object): void {
    this.#world.print({ event, ...details });
  }
}

function describeAccount({
  id,
  issuer,
  label,
  identity,
  grant,
  state,
  lastRefreshedAt,
}: Account): Record<string, unknown> {
  return { id, issuer, label, identity, grant, state: state.kind, lastRefreshedAt };
}
