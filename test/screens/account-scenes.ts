import type { SignOutReport } from '../../src/shared/contract/accounts.ts';
import type { GrantEvent } from '../../src/shared/domain/grant-history.ts';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import type { Tool, ToolCallOutcome } from '../../src/shared/domain/tool.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import {
  aConnection,
  anAccount,
  aPreview,
  aRegistration,
  aRevocation,
  aServer,
  aSignIn,
  aSnapshot,
  aWorkday,
  DAY,
  defaultSettings,
  HOUR,
  LONG_NAME,
  MINUTE,
  memoryOnly,
  NOW,
} from './fixtures.ts';
import type { Scene } from './scenes.ts';
import type { Answers } from './stage.ts';
import { tools } from './tools.ts';

type Act = NonNullable<Scene['act']>;

const TALL = 1150;
const never = <T>() => new Promise<T>(() => {});
const ISSUER = 'https://auth.linear.example';
const RTL_NAME = 'עדה לאבלייס מחברת אקמי';

/** One account at Linear, alone with its registration. */
function alone(registration: Partial<Parameters<typeof aRegistration>[0]> = {}): Snapshot {
  return aSnapshot({
    servers: [aServer({ id: 'linear', name: 'Linear' })],
    accounts: [anAccount({ id: 'ada', serverId: 'linear', registrationId: 'r1' })],
    connections: [aConnection('linear', 'ada')],
    registrations: [aRegistration({ id: 'r1', issuer: ISSUER, ...registration })],
  });
}

const managed = { registrationClientUri: `${ISSUER}/register/r1` };

/** Names that are hard to lay out. */
function hostile(): Snapshot {
  const day = aWorkday();
  return {
    ...day,
    servers: [...day.servers, aServer({ id: 'long', name: LONG_NAME, consent: 'partial' })],
    accounts: [
      ...day.accounts,
      anAccount({
        id: 'long-1',
        serverId: 'long',
        label: LONG_NAME,
        issuer: `https://login.${'accounts-'.repeat(6)}evil.${'subdomain.'.repeat(6)}example/${'tenant/'.repeat(12)}`,
        storage: memoryOnly,
      }),
      anAccount({
        id: 'long-2',
        serverId: 'long',
        label: `${RTL_NAME} <b>x</b>\u202egnp`,
        issuer: `https://login.${'accounts-'.repeat(6)}evil.${'subdomain.'.repeat(6)}example/${'tenant/'.repeat(12)}`,
        grant: { ...anAccount({ id: 'x', serverId: 'long' }).grant, refreshable: false },
      }),
    ],
    registrations: [
      ...day.registrations,
      aRegistration({
        id: 'registration-long',
        issuer: `https://login.${'accounts-'.repeat(6)}evil.${'subdomain.'.repeat(6)}example/${'tenant/'.repeat(12)}`,
        clientId: 'c'.repeat(260),
        redirectUris: [`http://127.0.0.1:49731/${'callback/'.repeat(40)}`],
        clientSecretExpiresAt: NOW - DAY,
      }),
    ],
    revocations: [
      aRevocation({ id: 'revocation-1', label: LONG_NAME, deletesRegistration: true }),
      aRevocation({ id: 'revocation-2', label: RTL_NAME, nextAttemptAt: null }),
    ],
  };
}

const history: GrantEvent[] = [
  {
    kind: 'asked',
    at: NOW - 60 * DAY,
    issuer: ISSUER,
    scopes: ['openid', 'email', 'offline_access', 'issues:read', 'issues:write'],
  },
  { kind: 'granted', at: NOW - 60 * DAY, scopes: ['openid', 'email', 'issues:read', 'issues:write'] },
  { kind: 'refreshed', at: NOW - 59 * DAY, lastAt: NOW - 31 * DAY, count: 671 },
  { kind: 'revoked', at: NOW - 31 * DAY, reason: 'invalid_grant: the session was ended by an administrator' },
  { kind: 'asked', at: NOW - 30 * DAY, issuer: ISSUER, scopes: ['openid', 'email', 'issues:read'] },
  { kind: 'granted', at: NOW - 30 * DAY, scopes: ['openid', 'email', 'issues:read'] },
  { kind: 'more-wanted', at: NOW - 12 * DAY, scopes: ['admin:write'], wantedBy: 'delete_project' },
  { kind: 'declined', at: NOW - 12 * DAY, scopes: ['admin:write'] },
  { kind: 'stepped-up', at: NOW - 11 * DAY, added: ['issues:write'], scopes: null },
  { kind: 'granted', at: NOW - 11 * DAY, scopes: ['openid', 'email', 'issues:read', 'issues:write'] },
  { kind: 'refreshed', at: NOW - DAY, lastAt: NOW - 18 * MINUTE, count: 14 },
];

const openHistory: Act = async ({ page }) => {
  await page.getByTestId('grant-history').first().locator('summary').click();
  await page.getByTestId('grant-event').first().waitFor();
  await page.getByTestId('grant-event').last().scrollIntoViewIfNeeded();
};

const openRow =
  (accountId: string): Act =>
  async ({ page }) => {
    await page.getByTestId(`account-row-${accountId}`).locator('button').first().click();
    await page.getByTestId(`account-row-${accountId}`).getByTestId('grant-history').waitFor();
  };

const menu =
  (item: RegExp, button: string | RegExp): Act =>
  async ({ page }) => {
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('dialog').waitFor();
  };

const both =
  (...acts: Act[]): Act =>
  async (stage) => {
    for (const act of acts) await act(stage);
  };

const reported = (over: Partial<SignOutReport> & { accountId: string }): SignOutReport => ({
  label: 'ada@lovelace.example',
  revocation: 'confirmed',
  registration: null,
  detail: null,
  ...over,
});

const mixedReports: SignOutReport[] = [
  reported({ accountId: 'linear-ada', registration: 'deleted' }),
  reported({ accountId: 'linear-team', label: 'Analytical Engines (team)', revocation: 'nothing-to-revoke' }),
  reported({
    accountId: 'github-work-ada',
    revocation: 'not-offered',
    registration: 'kept',
  }),
  reported({
    accountId: 'sentry-ada',
    revocation: 'queued',
    registration: 'queued',
    detail: 'auth.sentry.example could not be reached.',
  }),
  reported({
    accountId: 'notion-ada',
    revocation: 'failed',
    registration: 'failed',
    detail: 'auth.notion.example answered 500 to the revocation request: internal_error.',
  }),
];

const confirmSignOut: Act = async ({ page, emit }) => {
  await page.getByTestId('sign-out-confirm').click();
  await page.getByTestId('sign-out-reports').waitFor();
  for (const accountId of ['ada', ...mixedReports.map((report) => report.accountId)])
    await emit('account.removed', { accountId });
};

const everywhere: Act = async ({ page }) => {
  await page.getByTestId('sign-out-everywhere').click();
  await page.getByTestId('sign-out-confirm').waitFor();
};

const moreScope: ToolCallOutcome = {
  kind: 'more-scope',
  wantedScopes: ['issues:read', 'issues:write', 'admin:write', 'email'],
  newScopes: ['admin:write', 'email'],
};

const stepUp = (
  name: string,
  title: string,
  act: Act,
  outcome: ToolCallOutcome = moreScope,
  over: Answers = {},
): Scene => ({
  name: `step-up-${name}`,
  title: `Step-up: ${title}`,
  hash: '#/servers/linear/tools',
  height: TALL,
  snapshot: aWorkday(),
  answers: {
    'tools.list': () => ({
      entries: [{ name: 'whoami' }],
      leftOut: 0,
      note: null,
      fetchedAt: NOW,
    }),
    'tools.get': () => whoami,
    'tools.call': () => outcome,
    'accounts.decline-scopes': () => undefined,
    ...over,
  },
  act: both(async ({ page }) => {
    await page.getByTestId('tool-whoami').click();
    await page.getByTestId('tool-run').click();
    await page.locator('[data-kind=more-scope]').waitFor();
    await page.locator('[data-kind=more-scope]').scrollIntoViewIfNeeded();
  }, act),
});

const whoami = tools.find(({ name }) => name === 'whoami') as Tool;

const noAct: Act = async () => undefined;

const eraseTyped: Act = async ({ page }) => {
  await page.getByTestId('erase-everything').click();
  await page.getByTestId('erase-word').fill('erase');
};

const machineServer = (settings: Partial<typeof defaultSettings>): Snapshot =>
  aWorkday({
    servers: [
      aServer({
        id: 'batch',
        name: 'Nightly batch',
        consent: 'required',
        settings: { ...defaultSettings, clientId: 'nightly', ...settings },
      }),
    ],
    accounts: [],
    connections: [aConnection('batch', null, { status: 'waiting-for-sign-in' })],
    registrations: [],
  });

const publicKey = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      alg: 'ES256',
      use: 'sig',
      kid: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    },
  ],
};

/** Accounts: what is known of them, and how they end. */
export const accountScenes: readonly Scene[] = [
  {
    name: 'account-memory',
    title: 'Account in memory only',
    hash: '#/servers/linear',
    snapshot: (() => {
      const day = aWorkday({ storage: memoryOnly });
      return { ...day, accounts: day.accounts.map((account) => ({ ...account, storage: memoryOnly })) };
    })(),
  },
  {
    name: 'account-menu',
    title: 'Account: menu of one that is not the default',
    hash: '#/servers/linear',
    height: TALL,
    snapshot: aWorkday(),
    act: async ({ page }) => {
      await page.getByRole('button', { name: /More actions for Analytical/ }).click();
      await page.getByTestId('make-default').waitFor();
    },
  },
  {
    name: 'account-history',
    title: 'Account: history',
    hash: '#/servers/linear',
    height: TALL,
    snapshot: alone(managed),
    answers: { 'accounts.history': () => history },
    act: openHistory,
  },
  {
    name: 'account-wanted-declined',
    title: 'Account: a tool wants what was declined',
    hash: '#/servers/linear',
    snapshot: {
      ...alone(managed),
      accounts: [
        anAccount({
          id: 'ada',
          serverId: 'linear',
          registrationId: 'r1',
          consent: 'insufficient',
          state: {
            kind: 'insufficient',
            at: NOW - 5 * MINUTE,
            wantedScopes: ['issues:read', 'admin:write'],
            wantedBy: 'delete_project',
          },
          stepUps: {
            askedAt: [NOW - 5 * MINUTE],
            declined: [{ scope: 'admin:write', at: NOW - 4 * MINUTE }],
          },
        }),
      ],
    },
  },
  {
    name: 'accounts-open',
    title: 'Accounts: one opened',
    hash: '#/accounts',
    height: TALL,
    snapshot: aWorkday(),
    act: openRow('github-private-ada'),
  },
  {
    name: 'accounts-selecting',
    title: 'Accounts: some selected',
    hash: '#/accounts',
    snapshot: aWorkday(),
    act: async ({ page }) => {
      await page.getByTestId('select-accounts').click();
      await page.getByLabel('Select all at github.example').check();
      await page.getByLabel('Select ada@lovelace.example').first().check();
    },
  },
  {
    name: 'accounts-pending',
    title: 'Accounts: sign-outs not confirmed yet',
    hash: '#/accounts',
    snapshot: aWorkday({
      revocations: [
        aRevocation({ id: 'revocation-1' }),
        aRevocation({
          id: 'revocation-2',
          label: 'Analytical Engines (team)',
          issuer: 'https://auth.old-projects.example',
          queuedAt: NOW - 31 * DAY,
          nextAttemptAt: null,
          deletesRegistration: true,
          problem: makeProblem('client-unknown', { host: 'auth.old-projects.example' }, 'invalid_client'),
        }),
      ],
    }),
    act: async ({ page, narrow }) => {
      if (narrow) return;
      await page.getByTestId('pending-hint').waitFor();
    },
  },
  {
    name: 'accounts-pending-give-up',
    title: 'Accounts: give up on a sign-out',
    hash: '#/accounts',
    snapshot: aSnapshot({ revocations: [aRevocation({ id: 'revocation-1', deletesRegistration: true })] }),
    act: async ({ page }) => {
      await page.getByTestId('revocation-cancel').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'accounts-registration',
    title: 'Accounts: a registration in full',
    hash: '#/accounts',
    snapshot: {
      ...alone({
        ...managed,
        clientAuthentication: 'client_secret_basic',
        clientSecretExpiresAt: NOW + 29 * DAY,
      }),
    },
    act: async ({ page }) => page.getByText('More about this registration').click(),
  },
  {
    name: 'accounts-forget-pre-registered',
    title: 'Accounts: forget a client ID from the settings',
    hash: '#/accounts',
    snapshot: alone({ kind: 'pre-registered' }),
    act: async ({ page }) => {
      await page.getByRole('button', { name: /Forget registration/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'accounts-long',
    title: 'Accounts: long and tricky names',
    hash: '#/accounts',
    height: TALL,
    snapshot: hostile(),
  },
  {
    name: 'accounts-long-open',
    title: 'Accounts: long names, opened, the history too',
    hash: '#/accounts',
    height: TALL,
    snapshot: hostile(),
    answers: {
      'accounts.history': () => [
        ...history,
        { kind: 'more-wanted', at: NOW - HOUR, scopes: ['s'.repeat(200)], wantedBy: LONG_NAME },
      ],
    },
    act: both(openRow('long-1'), openHistory),
  },

  // Leaving
  {
    name: 'sign-out-last',
    title: 'Sign out: the last account of a registration',
    hash: '#/servers/linear',
    snapshot: alone(managed),
    act: menu(/Sign out/, /More actions for ada/),
  },
  {
    name: 'sign-out-last-kept',
    title: 'Sign out: a registration that can’t be deleted',
    hash: '#/servers/linear',
    snapshot: alone(),
    act: menu(/Sign out/, /More actions for ada/),
  },
  {
    name: 'sign-out-server',
    title: 'Sign out: all accounts of a server',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: menu(/Sign out all/, 'More actions for this server'),
  },
  {
    name: 'sign-out-everywhere',
    title: 'Sign out: everywhere',
    hash: '#/accounts',
    snapshot: hostile(),
    act: everywhere,
  },
  {
    name: 'sign-out-going-on',
    title: 'Sign out: going on',
    hash: '#/accounts',
    snapshot: aWorkday(),
    answers: { 'accounts.sign-out-all': () => never() },
    act: both(everywhere, async ({ page }) => {
      await page.getByTestId('sign-out-confirm').click();
      await page.getByText('Go on in the background').waitFor();
    }),
  },
  {
    name: 'sign-out-report',
    title: 'Sign out: what the issuers said',
    hash: '#/accounts',
    snapshot: aWorkday(),
    answers: { 'accounts.sign-out-all': () => mixedReports },
    act: both(everywhere, confirmSignOut),
  },
  {
    name: 'sign-out-report-queued',
    title: 'Sign out: the issuer could not be reached',
    hash: '#/servers/linear',
    snapshot: alone(managed),
    answers: {
      'accounts.sign-out': ({ accountId }) =>
        reported({
          accountId,
          revocation: 'queued',
          registration: 'queued',
          detail: 'auth.linear.example could not be reached.',
        }),
    },
    act: both(menu(/Sign out/, /More actions for ada/), confirmSignOut),
  },

  // Step-up
  stepUp('asked', 'a tool wants more', noAct),
  stepUp(
    'waiting',
    'agreeing in the browser',
    async ({ page, emit }) => {
      await page.getByTestId('step-up-grant').click();
      await page.locator('[data-phase=signing-in]').waitFor();
      const view = aSignIn({
        serverId: 'linear',
        accountId: 'linear-ada',
        step: 'browser',
        status: { kind: 'waiting-for-browser', redirect: 'custom-scheme', deadline: NOW + 9 * MINUTE },
      });
      await emit('sign-in.changed', view);
      await page.getByTestId('sign-in-panel').waitFor();
    },
    moreScope,
    { 'sign-ins.begin': ({ serverId, accountId }) => aSignIn({ serverId, accountId }) },
  ),
  stepUp('declined', 'not now', async ({ page }) => {
    await page.getByTestId('step-up-not-now').click();
    await page.locator('[data-phase=declined]').waitFor();
  }),
  stepUp('many', 'many scopes, hard names', noAct, {
    kind: 'more-scope',
    wantedScopes: [
      'openid',
      'x'.repeat(200),
      ...Array.from({ length: 20 }, (_, index) => `scope:${index}:write`),
    ],
    newScopes: [
      'openid',
      'x'.repeat(200),
      RTL_NAME,
      ...Array.from({ length: 20 }, (_, index) => `https://scopes.example/auth/very.long.scope.${index}`),
    ],
  }),
  stepUp('nothing-new', 'nothing that is not granted', noAct, {
    kind: 'more-scope',
    wantedScopes: ['issues:read', 'issues:write'],
    newScopes: [],
  }),

  // Settings
  {
    name: 'settings-erase',
    title: 'Settings: erase everything',
    hash: '#/settings',
    snapshot: aWorkday(),
    act: eraseTyped,
  },
  {
    name: 'settings-erased',
    title: 'Settings: erased, with what is left',
    hash: '#/settings',
    snapshot: aWorkday(),
    answers: {
      'app.erase-everything': () => ({
        signOuts: mixedReports.map((one) => ({
          ...one,
          ...(one.revocation === 'queued' && { revocation: 'failed' as const, registration: null }),
        })),
        left: ['traces', 'servers.json.2026-11-20.broken'],
      }),
    },
    act: both(eraseTyped, async ({ page, emit }) => {
      await page.getByTestId('erase-confirm').click();
      await page.getByTestId('erase-report').waitFor();
      for (const { accountId } of mixedReports) await emit('account.removed', { accountId });
    }),
  },
  {
    name: 'server-settings-machine',
    title: 'Server: settings of a machine, incomplete',
    hash: '#/servers/batch/settings',
    height: 1500,
    snapshot: machineServer({
      machineGrant: {
        kind: 'identity-assertion',
        identityProvider: 'https://login.company.example',
        identityProviderClientId: 'gatehouse-desktop',
      },
    }),
    answers: {
      'servers.secrets': () => ({ clientSecret: false, identityToken: true, clientKey: null }),
    },
    act: async ({ page }) => {
      await page.getByLabel('Issuer of the identity provider').fill('login');
      await page.getByTestId('client-id-input').fill('');
      await page.getByTestId('save-settings').click();
    },
  },
  {
    name: 'server-settings-key',
    title: 'Server: settings with a client key',
    hash: '#/servers/batch/settings',
    height: TALL,
    snapshot: machineServer({
      clientAuthentication: 'private_key_jwt',
      machineGrant: { kind: 'client-credentials' },
    }),
    answers: {
      'servers.secrets': () => ({ clientSecret: false, identityToken: false, clientKey: publicKey }),
    },
    act: async ({ page }) => page.getByTestId('copy-client-key').waitFor(),
  },
  {
    name: 'sign-in-machine',
    title: 'Sign-in: a machine, awaiting confirmation',
    hash: '#/servers/batch',
    height: TALL,
    snapshot: {
      ...machineServer({ machineGrant: { kind: 'client-credentials' } }),
      signIns: [
        aSignIn({
          serverId: 'batch',
          step: 'discover',
          status: { kind: 'awaiting-confirmation' },
          preview: aPreview({ registration: 'pre-registered', scopes: ['jobs:run'] }),
        }),
      ],
    },
  },
];
