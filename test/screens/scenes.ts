import type { Page } from 'playwright-core';
import type { ProbeResult } from '../../src/shared/contract/servers.ts';
import type { ConsentStatus, GrantState } from '../../src/shared/domain/account.ts';
import type { SignInView } from '../../src/shared/domain/sign-in.ts';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import type { ContentBlock, Tool, ToolCallOutcome } from '../../src/shared/domain/tool.ts';
import { failure, makeProblem, type ProblemCode, problemCatalogue } from '../../src/shared/problems.ts';
import { accountScenes } from './account-scenes.ts';
import { activityScenes } from './activity-scenes.ts';
import { commandScenes } from './command-scenes.ts';
import { desktopScenes } from './desktop-scenes.ts';
import { featureScenes } from './feature-scenes.ts';
import { findScenes } from './find-scenes.ts';
import {
  aConnection,
  anAccount,
  aPreview,
  aRegistration,
  aServer,
  aSignIn,
  aSnapshot,
  aWorkday,
  DAY,
  defaultSettings,
  HOUR,
  keyStore,
  LONG_NAME,
  MINUTE,
  memoryOnly,
  NOW,
} from './fixtures.ts';
import type { Answers, Emit, RecordedCall } from './stage.ts';
import { nestedTool, tools } from './tools.ts';

type Act = (stage: {
  page: Page;
  emit: Emit;
  calls: readonly RecordedCall[];
  narrow: boolean;
}) => Promise<void>;

/** One screen in one state. */
export interface Scene {
  name: string;
  title: string;
  snapshot: Snapshot | Promise<Snapshot>;
  hash?: string;
  height?: number;
  answers?: Answers;
  waitForFrame?: boolean;
  act?: Act;
}

const TALL = 1150;
const never = <T>() => new Promise<T>(() => {});

async function openAdd(page: Page, narrow: boolean): Promise<void> {
  if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
  await page.getByTestId('add-server-button').click();
  await page.getByTestId('server-url-input').waitFor();
}

const ask =
  (url = 'https://mcp.acme.example/mcp'): Act =>
  async ({ page, narrow }) => {
    await openAdd(page, narrow);
    await page.getByTestId('server-url-input').fill(url);
    await page.getByTestId('server-url-input').press('Enter');
    await page.locator('[data-testid=probe-result]:not([data-kind=address])').waitFor();
  };

const probe = (result: ProbeResult): Answers => ({ 'servers.probe': () => result });
const preview = (over: Parameters<typeof aPreview>[0] = {}): ProbeResult => ({
  kind: 'sign-in',
  url: 'https://mcp.acme.example/mcp',
  suggestedName: 'Acme Projects',
  preview: aPreview(over),
});
const probeProblem = (
  code: ProblemCode,
  params: Record<string, string>,
  detail: string | null = null,
  existingServerId: string | null = null,
): ProbeResult => ({ kind: 'problem', problem: makeProblem(code, params, detail), existingServerId });

function signingIn(over: Partial<SignInView>): Snapshot {
  const day = aWorkday();
  return {
    ...day,
    servers: [
      ...day.servers,
      aServer({ id: 'acme', name: 'Acme Projects', consent: 'pending', addedAt: NOW - 14_000 }),
    ],
    connections: [
      ...day.connections,
      aConnection('acme', null, {
        status: 'waiting-for-sign-in',
        serverName: null,
        serverVersion: null,
        protocolVersion: null,
      }),
    ],
    signIns: [aSignIn({ serverId: 'acme', ...over })],
  };
}

const signInScene = (
  name: string,
  title: string,
  over: Partial<SignInView>,
  rest: Partial<Scene> = {},
): Scene => ({
  name: `sign-in-${name}`,
  title: `Sign-in: ${title}`,
  hash: '#/servers/acme',
  snapshot: signingIn(over),
  ...rest,
});

/** The server “Linear” with one account in a state. */
function accountIn(
  consent: ConsentStatus,
  state: GrantState,
  over: Parameters<typeof anAccount>[0] | object = {},
): Snapshot {
  const day = aWorkday();
  return {
    ...day,
    servers: day.servers.map((server) =>
      server.id === 'linear' && server.kind === 'remote' ? { ...server, consent } : server,
    ),
    accounts: [anAccount({ id: 'linear-ada', serverId: 'linear', consent, state, ...over })],
    connections: day.connections
      .filter(({ accountId }) => accountId !== 'linear-team')
      .map((connection) =>
        connection.serverId === 'linear' && state.kind !== 'live' && state.kind !== 'insufficient'
          ? { ...connection, status: 'waiting-for-sign-in' as const }
          : connection,
      ),
  };
}

const accountScene = (
  name: string,
  title: string,
  consent: ConsentStatus,
  state: GrantState,
  over: object = {},
): Scene => ({
  name: `account-${name}`,
  title: `Account: ${title}`,
  hash: '#/servers/linear',
  snapshot: accountIn(consent, state, over),
});

const menu =
  (item: string | RegExp, button: string | RegExp = 'More actions for this server'): Act =>
  async ({ page }) => {
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('dialog').waitFor();
  };

const listed = <Entry>(entries: Entry[]) => ({ entries, leftOut: 0, note: null, fetchedAt: NOW });
const toolAnswers = (over: Answers = {}): Answers => ({
  'tools.list': () => listed(tools.map(summaryOf)),
  'tools.get': ({ name }) => tools.find((tool) => tool.name === name) as Tool,
  ...over,
});
const summaryOf = ({ name, title, description, annotations }: Tool) => ({
  name,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { summary: description.slice(0, 300) }),
  ...(annotations && { annotations }),
});
const choose =
  (name: string, then?: Act): Act =>
  async (stage) => {
    await stage.page.getByTestId(`tool-${name}`).click();
    await stage.page.getByTestId('tool-run').waitFor();
    await then?.(stage);
  };
const runWith =
  (fields: Record<string, string> = {}): Act =>
  async ({ page }) => {
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).first().fill(value);
    await page.getByTestId('tool-run').click();
  };
const toolScene = (
  name: string,
  title: string,
  act: Act,
  answers: Answers = {},
  rest: Partial<Scene> = {},
): Scene => ({
  name: `tool-${name}`,
  title: `Tools: ${title}`,
  hash: '#/servers/linear/tools',
  snapshot: aWorkday(),
  answers: toolAnswers(answers),
  act,
  ...rest,
});
const result = (
  content: ContentBlock[],
  over: Partial<Extract<ToolCallOutcome, { kind: 'result' }>> = {},
): Answers => ({
  'tools.call': () => ({ kind: 'result', isError: false, content, durationMs: 342, ...over }),
});
const answered: Act = async ({ page }) => {
  await page.getByTestId('tool-result').waitFor();
  await page.getByTestId('tool-result').scrollIntoViewIfNeeded();
};
const both =
  (...acts: Act[]): Act =>
  async (stage) => {
    for (const act of acts) await act(stage);
  };

const PIXELS =
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAQklEQVR42u3OMQEAAAgDIJfc6BpjDyQgt1MgIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIvIGC2oAAS1P2RsAAAAASUVORK5CYII=';

const RTL_NAME = 'שרת הפרויקטים של חברת אקמי';
const TRICKY_NAME = 'Acme\u202egnp.exe \u200b<b>bold</b> 👩‍💻 аррle';

function hostile(): Snapshot {
  const day = aWorkday();
  return {
    ...day,
    servers: [
      ...day.servers,
      aServer({
        id: 'long',
        name: LONG_NAME,
        url: `https://${'very-'.repeat(11)}long.${'subdomain.'.repeat(12)}example/mcp/${'path/'.repeat(40)}`,
        consent: 'partial',
      }),
      aServer({ id: 'rtl', name: RTL_NAME, consent: 'expired' }),
      aServer({ id: 'tricky', name: TRICKY_NAME, consent: 'not-needed' }),
    ],
    accounts: [
      ...day.accounts,
      anAccount({
        id: 'long-account',
        serverId: 'long',
        label: LONG_NAME,
        consent: 'partial',
        identity: {
          subject: 'x'.repeat(300),
          name: `${RTL_NAME} <script>alert(1)</script>`,
          email: `${'a'.repeat(120)}@example.example`,
          source: 'userinfo',
        },
        grant: {
          resource: `https://example.example/${'segment/'.repeat(40)}`,
          requestedScopes: [
            'a'.repeat(200),
            'javascript:alert(1)',
            RTL_NAME,
            ...Array.from({ length: 30 }, (_, index) => `scope:${index}:read`),
          ],
          grantedScopes: ['scope:1:read', 'scope:2:read', 'surprise'],
          grantedAt: NOW - 800 * DAY,
          accessTokenExpiresAt: NOW + 61_000,
          accessTokenIssuedAt: NOW - HOUR,
          refreshable: false,
        },
      }),
    ],
    connections: [
      ...day.connections,
      aConnection('long', 'long-account', { serverName: LONG_NAME, serverVersion: '1'.repeat(80) }),
      aConnection('tricky', null, { serverName: TRICKY_NAME }),
    ],
  };
}

function crowd(): Snapshot {
  const servers = Array.from({ length: 1000 }, (_, index) =>
    aServer({
      id: `server-${index}`,
      name: `Server ${index + 1}`,
      consent: index % 97 === 0 ? 'expired' : index % 5 === 0 ? 'not-needed' : 'granted',
    }),
  );
  return aSnapshot({
    servers,
    connections: servers.map(({ id }, index) =>
      aConnection(id, null, {
        status: index % 97 === 0 ? 'waiting-for-sign-in' : index % 7 === 0 ? 'connecting' : 'connected',
      }),
    ),
  });
}

const twoOfEach = Object.entries(problemCatalogue).map(([code]) => code as ProblemCode);
const PARAMS: Record<string, string> = {
  input: 'htp:/mcp.example',
  scheme: 'ftp',
  host: 'auth.example',
  name: 'Linear',
  reason: 'it expired yesterday',
  seconds: '60',
  limit: '4 MB',
  what: 'an HTML page',
  target: 'evil.example',
  status: '503',
  found: 'https://other.example',
  expected: 'https://auth.example',
  endpoint: 'token endpoint',
  error: 'invalid_client_metadata',
  methods: 'tls_client_auth',
  minutes: '10',
  port: '49152',
  scopes: 'admin:write',
  label: 'ada@lovelace.example',
  file: 'servers.json',
  copy: 'servers.json.broken',
  tool: 'search',
  message: 'Unknown team',
};

export const scenes: readonly Scene[] = [
  // The frame
  { name: 'start', title: 'Starting', snapshot: never(), waitForFrame: false },
  {
    name: 'start-failed',
    title: 'The data could not be read',
    snapshot: aSnapshot(),
    waitForFrame: false,
    answers: {
      'app.snapshot': () => {
        throw failure('internal', {}, 'EACCES: permission denied, open servers.json');
      },
    },
    act: async ({ page }) => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'home-empty', title: 'First start', snapshot: aSnapshot() },
  {
    name: 'home-memory',
    title: 'First start, no key store',
    snapshot: aSnapshot({ storage: memoryOnly }),
  },
  { name: 'home-attention', title: 'Servers need attention', snapshot: aWorkday() },
  {
    name: 'home-well',
    title: 'Everything is connected',
    snapshot: aSnapshot({
      servers: [aServer({ id: 'linear', name: 'Linear' })],
      accounts: [anAccount({ id: 'ada', serverId: 'linear' })],
      connections: [aConnection('linear', 'ada')],
    }),
  },
  {
    name: 'sidebar-filter',
    title: 'Filtered servers',
    snapshot: aWorkday(),
    act: async ({ page, narrow }) => {
      if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
      await page.getByLabel('Filter servers').fill('git');
    },
  },
  {
    name: 'sidebar-filter-none',
    title: 'No server matches',
    snapshot: aWorkday(),
    act: async ({ page, narrow }) => {
      if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
      await page.getByLabel('Filter servers').fill('zzz');
    },
  },
  {
    name: 'sidebar-thousand',
    title: 'A thousand servers, keyboard in the list',
    snapshot: crowd(),
    hash: '#/servers/server-500',
    act: async ({ page, narrow }) => {
      if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
      await page.getByLabel('Filter servers').press('ArrowDown');
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'notices',
    title: 'Notices and notifications',
    snapshot: aWorkday({
      notices: [
        makeProblem(
          'file-set-aside',
          { file: 'servers.json', copy: 'servers.json.2026-11-20.broken' },
          'Unexpected end of JSON input',
        ),
        makeProblem('secrets-locked', { label: 'ada@lovelace.example' }),
        makeProblem('secrets-unreadable', { label: 'ada@lovelace.example' }),
      ],
    }),
    act: async ({ emit }) => {
      await emit('notice', makeProblem('callback-unknown', {}, 'state not found'));
      await emit('notice', makeProblem('secrets-not-stored', { reason: 'the disk is full' }));
    },
  },

  // Adding
  {
    name: 'add-address',
    title: 'Add: the address',
    snapshot: aWorkday(),
    act: async ({ page, narrow }) => openAdd(page, narrow),
  },
  {
    name: 'add-link',
    title: 'Add: a link asked for it',
    snapshot: aWorkday(),
    act: async ({ emit, page }) => {
      await emit('show.add-server', { url: 'https://mcp.acme.example/mcp', name: 'Acme' });
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'add-probing',
    title: 'Add: asking',
    snapshot: aWorkday(),
    answers: { 'servers.probe': () => never() },
    act: ask(),
  },
  {
    name: 'add-preview',
    title: 'Add: consent preview',
    height: TALL,
    snapshot: aWorkday(),
    answers: probe(preview()),
    act: ask(),
  },
  {
    name: 'add-preview-short',
    title: 'Add: consent preview in a low window',
    height: 640,
    snapshot: aWorkday(),
    answers: probe(preview()),
    act: ask(),
  },
  {
    name: 'add-preview-deviations',
    title: 'Add: preview with deviations, memory only',
    height: TALL,
    snapshot: aWorkday({ storage: memoryOnly }),
    answers: probe(
      preview({
        issuers: ['https://login.acme-id.example/tenants/7c9e6679', 'https://backup.acme-id.example'],
        scopes: null,
        resource: null,
        storage: memoryOnly,
        registration: 'metadata-document',
        redirect: 'loopback',
        serverName: null,
        deviations: [
          'The issuer does not list S256; your settings say that it supports it.',
          'The server publishes no resource metadata; its origin is taken as the issuer.',
        ],
      }),
    ),
    act: ask(),
  },
  {
    name: 'add-preview-client-id',
    title: 'Add: the issuer wants a client ID',
    height: TALL,
    snapshot: aWorkday(),
    answers: probe(
      preview({
        registration: 'ask',
        scopes: ['repo', 'read:org', 'user:email'],
        issuerHost: 'github.example',
      }),
    ),
    act: ask(),
  },
  {
    name: 'add-preview-hostile',
    title: 'Add: preview with hostile text',
    height: TALL,
    snapshot: aWorkday(),
    answers: probe(
      preview({
        serverName: `${TRICKY_NAME} ${LONG_NAME}`,
        issuerHost: `login.${'accounts-'.repeat(6)}google.${'evil-'.repeat(8)}example`,
        scopes: [
          'openid',
          ...Array.from({ length: 24 }, (_, index) => `https://scopes.example/auth/very.long.scope.${index}`),
        ],
      }),
    ),
    act: ask(),
  },
  {
    name: 'add-open',
    title: 'Add: no sign-in needed',
    snapshot: aWorkday(),
    answers: probe({ kind: 'open', url: 'https://weather.example/mcp', suggestedName: 'Weather' }),
    act: ask('https://weather.example/mcp'),
  },
  {
    name: 'add-not-url',
    title: 'Add: not an address',
    snapshot: aWorkday(),
    answers: probe(probeProblem('url-invalid', { input: 'https://my server' })),
    act: ask('https://my server'),
  },
  {
    name: 'add-not-found',
    title: 'Add: host not found',
    snapshot: aWorkday(),
    answers: probe(
      probeProblem(
        'host-not-found',
        { host: 'mcp.acmee.example' },
        'getaddrinfo ENOTFOUND mcp.acmee.example',
      ),
    ),
    act: both(ask('https://mcp.acmee.example/mcp'), async ({ page }) =>
      page.getByText('Technical details').click(),
    ),
  },
  {
    name: 'add-not-mcp',
    title: 'Add: not an MCP server',
    snapshot: aWorkday(),
    answers: probe(probeProblem('not-mcp', { host: 'example.com', what: 'an HTML page' }, '200 text/html')),
    act: ask('https://example.com'),
  },
  {
    name: 'add-known',
    title: 'Add: already in the list',
    snapshot: aWorkday(),
    answers: probe(probeProblem('server-already-added', { name: 'Linear' }, null, 'linear')),
    act: ask('https://mcp.linear.example/mcp'),
  },
  {
    name: 'add-no-registration',
    title: 'Add: registration refused',
    snapshot: aWorkday(),
    answers: probe(probeProblem('registration-not-offered', { host: 'github.example' })),
    act: ask(),
  },

  // Signing in
  signInScene('discover', 'discovering', { step: 'discover', preview: null }),
  signInScene(
    'confirm',
    'awaiting confirmation',
    { step: 'register', status: { kind: 'awaiting-confirmation' } },
    { height: TALL },
  ),
  signInScene('browser', 'waiting for the browser', {
    step: 'browser',
    status: { kind: 'waiting-for-browser', redirect: 'custom-scheme', deadline: NOW + 9 * MINUTE },
  }),
  signInScene(
    'paste-refused',
    'pasted something else',
    {
      step: 'browser',
      status: { kind: 'waiting-for-browser', redirect: 'loopback', deadline: NOW + 4 * MINUTE },
    },
    {
      answers: {
        'sign-ins.paste-callback': () => {
          throw failure('callback-invalid', { what: 'it has no state' });
        },
      },
      act: async ({ page }) => {
        await page.getByTestId('paste-callback').click();
        await page.getByTestId('problem').waitFor();
      },
    },
  ),
  signInScene('token', 'exchanging', { step: 'token' }),
  signInScene('succeeded', 'succeeded', {
    step: 'connect',
    status: { kind: 'succeeded', accountId: 'linear-ada' },
  }),
  signInScene('denied', 'consent declined', {
    step: 'browser',
    status: {
      kind: 'failed',
      problem: makeProblem('consent-denied', { host: 'login.acme-id.example' }, 'access_denied'),
    },
  }),
  signInScene('redirect-refused', 'redirect refused', {
    step: 'browser',
    status: {
      kind: 'failed',
      problem: {
        ...makeProblem('redirect-uri-refused', { host: 'login.acme-id.example' }, 'invalid_redirect_uri'),
        traceId: 'trace-1',
      },
    },
  }),
  signInScene('s256', 'no S256', {
    step: 'discover',
    status: {
      kind: 'failed',
      problem: makeProblem(
        's256-missing',
        { host: 'login.acme-id.example' },
        'code_challenge_methods_supported: ["plain"]',
      ),
    },
  }),
  signInScene('cancelled', 'cancelled', { step: 'browser', status: { kind: 'cancelled' } }),

  // A server
  {
    name: 'server-two-accounts',
    title: 'Server with two accounts',
    hash: '#/servers/linear',
    height: TALL,
    snapshot: aWorkday(),
  },
  {
    name: 'server-failed',
    title: 'Server: connection failed',
    hash: '#/servers/weather',
    snapshot: aWorkday(),
  },
  {
    name: 'server-reconnecting',
    title: 'Server: reconnecting',
    hash: '#/servers/grafana',
    snapshot: aWorkday(),
  },
  { name: 'server-open', title: 'Server without sign-in', hash: '#/servers/docs', snapshot: aWorkday() },
  {
    name: 'server-required',
    title: 'Server: sign-in needed',
    hash: '#/servers/stripe',
    snapshot: aWorkday(),
  },
  { name: 'server-disabled', title: 'Server: switched off', hash: '#/servers/figma', snapshot: aWorkday() },
  { name: 'server-missing', title: 'Server that is gone', hash: '#/servers/nothing', snapshot: aWorkday() },
  {
    name: 'server-long',
    title: 'Server with long names',
    hash: '#/servers/long',
    height: TALL,
    snapshot: hostile(),
  },
  {
    name: 'server-rtl',
    title: 'Server with a right-to-left name',
    hash: '#/servers/rtl',
    snapshot: hostile(),
  },
  {
    name: 'server-tricky',
    title: 'Server with a deceiving name',
    hash: '#/servers/tricky',
    snapshot: hostile(),
  },
  {
    name: 'server-menu',
    title: 'Server menu',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: async ({ page }) => {
      await page.getByRole('button', { name: 'More actions for this server' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'server-rename',
    title: 'Server: rename',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: menu(/Rename/),
  },
  {
    name: 'server-remove',
    title: 'Server: remove',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: menu(/Remove/),
  },

  // Accounts
  accountScene(
    'partial',
    'fewer permissions than asked',
    'partial',
    { kind: 'live' },
    {
      grant: {
        ...anAccount({ id: 'x', serverId: 'linear' }).grant,
        grantedScopes: ['openid', 'issues:read', 'teams:read'],
      },
    },
  ),
  accountScene('insufficient', 'wants more', 'insufficient', {
    kind: 'insufficient',
    at: NOW - 5 * MINUTE,
    wantedScopes: ['admin:write'],
  }),
  accountScene(
    'expired',
    'expired',
    'expired',
    { kind: 'expired', at: NOW - 3 * HOUR },
    {
      grant: {
        ...anAccount({ id: 'x', serverId: 'linear' }).grant,
        accessTokenExpiresAt: NOW - 3 * HOUR,
        refreshable: false,
      },
    },
  ),
  accountScene('revoked', 'revoked', 'revoked', {
    kind: 'revoked',
    at: NOW - 9 * MINUTE,
    reason: 'The issuer answered invalid_grant: token family revoked',
  }),
  accountScene('secrets-lost', 'secrets lost', 'expired', { kind: 'secrets-lost', at: NOW - DAY }),
  accountScene('moved', 'issuer moved', 'required', {
    kind: 'issuer-moved',
    at: NOW - DAY,
    newIssuer: 'https://id.linear.example',
  }),
  {
    name: 'account-refresh-delayed',
    title: 'Account: refresh delayed',
    hash: '#/servers/linear',
    snapshot: (() => {
      const day = accountIn('granted', { kind: 'live' });
      return {
        ...day,
        connections: day.connections.map((connection) =>
          connection.serverId === 'linear'
            ? {
                ...connection,
                problem: makeProblem('refresh-delayed', { host: 'auth.linear.example', reason: '503' }),
              }
            : connection,
        ),
      };
    })(),
  },
  {
    name: 'account-sign-out',
    title: 'Account: sign out',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: menu(/Sign out/, /More actions for ada/),
  },
  {
    name: 'account-signed-out',
    title: 'Account: signed out, not confirmed',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    answers: {
      'accounts.sign-out': ({ accountId }) => ({
        accountId,
        label: 'ada@lovelace.example',
        revocation: 'failed',
        registration: null,
        detail: '503',
      }),
    },
    act: both(menu(/Sign out/, /More actions for ada/), async ({ page }) => {
      await page.getByTestId('sign-out-confirm').click();
      await page.getByTestId('sign-out-reports').waitFor();
    }),
  },
  { name: 'accounts', title: 'Accounts', hash: '#/accounts', height: TALL, snapshot: aWorkday() },
  { name: 'accounts-empty', title: 'No accounts', hash: '#/accounts', snapshot: aSnapshot() },
  {
    name: 'accounts-forget',
    title: 'Accounts: forget a registration',
    hash: '#/accounts',
    snapshot: aSnapshot({
      servers: [aServer({ id: 'linear', name: 'Linear' })],
      accounts: [anAccount({ id: 'ada', serverId: 'linear', registrationId: 'r1' })],
      registrations: [
        aRegistration({
          id: 'r1',
          issuer: 'https://auth.linear.example',
          registrationClientUri: 'https://auth.linear.example/register/r1',
        }),
      ],
    }),
    act: async ({ page }) => {
      await page.getByRole('button', { name: /Forget registration/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },

  ...accountScenes,
  ...commandScenes,
  ...findScenes,
  ...desktopScenes,
  ...featureScenes,

  // Tools
  toolScene('list', 'list', async ({ page }) => page.getByTestId('tool-search_issues').waitFor()),
  toolScene('search', 'search', async ({ page }) => page.getByLabel('Search tools').fill('issue')),
  toolScene('form', 'form', choose('create_issue'), {}, { height: TALL }),
  toolScene(
    'errors',
    'form with errors',
    choose('create_issue', runWith({ Estimate: 'many' })),
    {},
    { height: TALL },
  ),
  toolScene('nested', 'nested form', choose(nestedTool.name), {}, { height: TALL }),
  toolScene(
    'json',
    'JSON',
    choose('create_issue', async ({ page }) => page.getByText('JSON', { exact: true }).click()),
  ),
  toolScene('json-only', 'recursive, JSON only', choose('run_query')),
  toolScene('none-arguments', 'no arguments', choose('whoami')),
  toolScene(
    'running',
    'running with progress',
    choose('search_issues', async ({ page, emit, calls }) => {
      await page.getByLabel('Query').fill('crash');
      await page.getByTestId('tool-run').click();
      await page.getByTestId('tool-cancel').waitFor();
      const call = calls.findLast(({ name }) => name === 'tools.call');
      const { callId } = (call?.input ?? { callId: 'none' }) as { callId: string };
      await emit('call.progress', {
        callId,
        progress: 340,
        total: 1200,
        message: 'Reading the archive of 2025',
      });
    }),
    { 'tools.call': () => never() },
  ),
  toolScene(
    'result-text',
    'text and structured result',
    choose('search_issues', both(runWith({ Query: 'crash' }), answered)),
    result(
      [
        {
          type: 'text',
          text: 'Found 2 issues:\n\n1. ENG-142  Crash on start with an empty keychain\n2. ENG-97   Crash when the port is busy\n\n\thttps://linear.example/ENG-142 <b>not bold</b>',
        },
      ],
      {
        structuredContent: {
          issues: [
            { id: 'ENG-142', priority: 1 },
            { id: 'ENG-97', priority: 3 },
          ],
          total: 2,
        },
      },
    ),
    { height: TALL },
  ),
  toolScene(
    'result-blocks',
    'image, resource, link',
    choose('whoami', both(runWith(), answered)),
    result([
      { type: 'image', data: PIXELS, mimeType: 'image/png' },
      { type: 'image', data: 'PHN2Zz4=', mimeType: 'image/svg+xml' },
      {
        type: 'resource_link',
        uri: 'javascript:alert(1)//linear.example',
        name: 'Open the profile',
        description: 'A link that is only shown',
      },
      {
        type: 'resource',
        uri: 'linear://profile/ada.md',
        mimeType: 'text/markdown',
        text: '# Ada\n\n![x](https://evil.example/track.png)',
        size: 44,
        cut: false,
      },
      { type: 'unknown', json: '{"type":"hologram"}' },
    ]),
    { height: TALL },
  ),
  toolScene(
    'result-tool-error',
    'the tool says it failed',
    choose('search_issues', both(runWith({ Query: 'crash' }), answered)),
    result([{ type: 'text', text: 'Team “ENG” has no issues you may see.' }], { isError: true }),
  ),
  toolScene(
    'result-problem',
    'a problem on the way',
    choose('search_issues', both(runWith({ Query: 'crash' }), answered)),
    {
      'tools.call': () => ({
        kind: 'problem',
        problem: makeProblem(
          'scope-insufficient',
          { host: 'mcp.linear.example', scopes: 'admin:read' },
          '403 insufficient_scope',
        ),
      }),
    },
  ),
  toolScene('result-cancelled', 'cancelled', choose('whoami', both(runWith(), answered)), {
    'tools.call': () => ({ kind: 'cancelled' }),
  }),
  toolScene('empty', 'no tools', async ({ page }) => page.getByText('offers no tools').waitFor(), {
    'tools.list': () => listed([]),
  }),
  {
    name: 'tool-not-connected',
    title: 'Tools: not connected',
    hash: '#/servers/local/tools',
    snapshot: aWorkday(),
  },

  ...activityScenes,

  // Settings
  { name: 'settings', title: 'Settings', hash: '#/settings', snapshot: aWorkday() },
  {
    name: 'settings-memory',
    title: 'Settings: no key store',
    hash: '#/settings',
    snapshot: aWorkday({ storage: memoryOnly }),
  },
  {
    name: 'server-settings',
    title: 'Server: settings',
    hash: '#/servers/linear/settings',
    height: 1500,
    snapshot: aWorkday(),
  },
  {
    name: 'server-settings-changed',
    title: 'Server: settings changed, with errors',
    hash: '#/servers/github-work/settings',
    height: TALL,
    snapshot: aWorkday({
      servers: [
        aServer({
          id: 'github-work',
          name: 'GitHub (work)',
          settings: {
            ...defaultSettings,
            clientId: 'Iv1.8a61f9b3a7aba766',
            scopes: ['repo', 'read:org'],
            resource: { mode: 'omit' },
            assumeS256: true,
            clientAuthentication: 'client_secret_post',
          },
        }),
      ],
    }),
    act: async ({ page }) => {
      await page.getByLabel('Client secret').first().fill('correct horse');
      await page.getByLabel('Allow only this issuer').fill('github');
      await page.getByLabel('Fixed loopback port').fill('99999');
      await page.getByTestId('save-settings').click();
    },
  },

  // Every problem, in place
  ...[0, 1, 2, 3, 4].map((part): Scene => {
    const size = Math.ceil(twoOfEach.length / 5);
    return {
      name: `problems-${part + 1}`,
      title: `Every problem, part ${part + 1}`,
      height: 2600,
      snapshot: aWorkday({
        storage: keyStore,
        notices: twoOfEach
          .slice(part * size, (part + 1) * size)
          .map((code) => makeProblem(code, PARAMS, `${code} (detail)`)),
      }),
      act: async ({ page }) => {
        const more = page.getByText(/more notice/);
        if (await more.count()) await more.click();
      },
    };
  }),
];
