import { afterAll, onTestFinished } from 'vitest';
import { Core, type CorePorts } from '../../src/main/core.ts';
import { publishChanges, Views } from '../../src/main/ipc/views.ts';
import { resolveHost } from '../../src/main/network/resolve-host.ts';
import type { Fetch, FileSaver } from '../../src/main/ports.ts';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import type { EventName, EventPayload } from '../../src/shared/contract/events.ts';
import { parseDeepLink } from '../../src/shared/deep-link.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import {
  type RemoteServer,
  type Server,
  type ServerSettings,
  serverSettings,
} from '../../src/shared/domain/server.ts';
import type { SignInView } from '../../src/shared/domain/sign-in.ts';
import type { Problem } from '../../src/shared/problems.ts';
import { followRedirects } from '../drive/follow-browser.ts';
import { type ProfileSandbox, type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/sandbox.ts';
import { temporaryFolder } from './folder.ts';
import { SimulatedTime } from './time.ts';
import { tapWire, type Wire } from './wire.ts';

/** The passphrase of every test's vault. */
export const TEST_KEY = 'a key for tests, long enough and not at all random';

/** Sandboxes of tests that have ended, ready for the next: starting one makes keys, which takes its time. */
const idle: Sandbox[] = [];
afterAll(() => Promise.all(idle.splice(0).map((sandbox) => sandbox.close())));

/** A sandbox this test has for itself, consenting by itself unless told otherwise. */
export async function sandboxForTest(options: SandboxOptions = {}): Promise<Sandbox> {
  const usual = Object.keys(options).length === 0;
  const sandbox = (usual && idle.pop()) || (await startSandbox({ consent: 'auto', ...options }));
  onTestFinished(async () => {
    if (!usual) return sandbox.close();
    sandbox.issuer.revokeAllGrants();
    await Promise.all([sandbox.issuer.start(), sandbox.server.start()]);
    sandbox.reset();
    idle.push(sandbox);
  });
  return sandbox;
}

export interface TestCoreOptions
  extends Partial<Omit<CorePorts, 'fetch' | 'browser' | 'clock' | 'scheduler'>> {
  readonly sandbox?: Pick<ProfileSandbox, 'mcpUrl'>;
  readonly time?: SimulatedTime;
  readonly fetch?: Fetch;
  /** True: answers are left to their reader, however long they are; the wire holds nothing. */
  readonly untapped?: boolean;
  /** `follow`: consents by itself; `hold`: only notes the address; a function does as it likes. */
  readonly browser?: 'follow' | 'hold' | ((url: URL) => Promise<void>);
  /** Whether the system hands our scheme to the app. Default true: the redirect is the custom scheme. */
  readonly ownsScheme?: boolean;
}

/** The core with everything around it in the test's hands. */
export interface TestCore {
  readonly core: Core;
  readonly folder: string;
  readonly time: SimulatedTime;
  readonly wire: Wire;
  /** Addresses the browser was sent to. */
  readonly visits: URL[];
  readonly events: { name: EventName; payload: unknown }[];
  /** What was found wrong at start. */
  readonly notices: Problem[];
  readonly clipboard: { text: string };
  readonly views: Views;
  /** What was saved, by suggested name. */
  readonly files: { save: FileSaver['save']; saved: Map<string, string> };
  payloads<Name extends EventName>(name: Name): EventPayload<Name>[];
  /** Hands a link over like the operating system does; false when nobody waits for it. */
  open(link: string): boolean;
  /** Adds the sandbox's server, or another address. */
  addServer(options?: { url?: string; settings?: Partial<ServerSettings> }): Promise<RemoteServer>;
  /** Starts a sign-in and waits for its end. */
  signIn(server: Server, account?: Account | null, extraScopes?: string[]): Promise<SignInView>;
  /** Adds the sandbox's server and signs in; anything but success fails the test. */
  signedIn(): Promise<{ server: RemoteServer; account: Account }>;
}

/** Starts a core whose time, network, browser and clipboard the test holds. */
export async function startCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const time = options.time ?? new SimulatedTime();
  const folder = options.folder ?? (await temporaryFolder());
  const wire = tapWire(options.fetch);
  const visits: URL[] = [];
  const events: TestCore['events'] = [];
  const clipboard = { text: '' };
  const browser = options.browser ?? 'follow';
  let fractions = 0;

  const open = (link: string): boolean => {
    const parsed = parseDeepLink(link);
    return parsed.kind === 'oauth-callback' && core.desk.receive(parsed.parameters);
  };
  const core = new Core({
    folder,
    secretBox: options.secretBox ?? environmentKeyBox(TEST_KEY),
    fetch: options.untapped ? (options.fetch ?? fetch) : wire.fetch,
    resolveHost: options.resolveHost ?? resolveHost,
    clock: time,
    scheduler: time,
    randomness: options.randomness ?? {
      id: () => crypto.randomUUID(),
      // No two the same, and the same in every run.
      fraction: () => (fractions++ * 0.618) % 1,
    },
    browser: {
      open: async (url) => {
        visits.push(url);
        if (typeof browser === 'function') return browser(url);
        if (browser === 'follow') void follow(url, open);
      },
    },
    clipboard: options.clipboard ?? {
      readText: async () => clipboard.text,
      writeText: async (text) => {
        clipboard.text = text;
      },
    },
    schemeHandler: options.schemeHandler ?? { isRegistered: async () => options.ownsScheme ?? true },
    clientMetadataUrl: options.clientMetadataUrl ?? null,
    clientMetadataHosted: options.clientMetadataHosted ?? true,
    ...(options.policy && { policy: options.policy }),
    ...(options.clientFiles && { clientFiles: options.clientFiles }),
    ...(options.updateSource && { updateSource: options.updateSource }),
    ...(options.protocolTimeoutMs !== undefined && { protocolTimeoutMs: options.protocolTimeoutMs }),
  });
  const views = new Views(core, time);
  core.events.listen((name, payload) => events.push({ name, payload: structuredClone(payload) }));
  const notices = await core.load();
  publishChanges(core, views);
  onTestFinished(() => core.stop());

  const saved = new Map<string, string>();
  const files: TestCore['files'] = {
    saved,
    save: async (name, content) => {
      saved.set(name, typeof content === 'string' ? content : Buffer.from(content).toString());
      return 'saved';
    },
  };

  const self: TestCore = {
    core,
    folder,
    time,
    wire,
    visits,
    events,
    notices,
    clipboard,
    views,
    files,
    payloads: <Name extends EventName>(wanted: Name) =>
      events.flatMap(({ name, payload }) => (name === wanted ? [payload as EventPayload<Name>] : [])),
    open,
    addServer: ({ url = options.sandbox?.mcpUrl ?? '', settings = {} } = {}) =>
      core.addServer(url, 'Sandbox', serverSettings.parse(settings)),
    async signIn(server, account = null, extraScopes = []) {
      const begun = core.signIn({
        serverId: server.id,
        accountId: account?.id ?? null,
        confirmed: true,
        extraScopes,
      });
      return (await core.desk.ended(begun.id)) ?? begun;
    },
    async signedIn() {
      const server = await self.addServer();
      const { status } = await self.signIn(server);
      if (status.kind !== 'succeeded') throw new Error(`not signed in: ${JSON.stringify(status)}`);
      return { server, account: core.accounts.require(status.accountId) };
    },
  };
  return self;
}

/** Follows redirects like a browser that consents; ends at the redirect URI. */
export async function follow(url: URL, open: (link: string) => boolean): Promise<void> {
  const outcome = await followRedirects(url, fetch);
  if (outcome.kind === 'custom-scheme') open(outcome.link);
  if (outcome.kind === 'page')
    throw new Error(`the browser ended on a page: ${outcome.status} ${outcome.url}`);
}

/** The link a consenting browser would hand over, without handing it over. */
export async function callbackOf(url: URL | undefined): Promise<string> {
  if (!url) throw new Error('the browser was not opened');
  const outcome = await followRedirects(url, fetch);
  if (outcome.kind !== 'custom-scheme') throw new Error(`no link but ${JSON.stringify(outcome)}`);
  return outcome.link;
}

/** The code of the problem a promise rejects with. */
export async function problemCodeOf(call: Promise<unknown>): Promise<string> {
  const thrown = await call.then(
    (value) => new Error(`expected a problem, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  const code = (thrown as { problem?: Problem }).problem?.code;
  if (code === undefined) throw thrown;
  return code;
}
