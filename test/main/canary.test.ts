import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHandlers } from '../../src/main/ipc/handlers.ts';
import { createRouter } from '../../src/main/ipc/router.ts';
import { logEvents } from '../../src/main/log-events.ts';
import { commandDigest } from '../../src/main/servers/stdio/command-digest.ts';
import { openLog } from '../../src/main/trace/log.ts';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import type { CallInput, CallName, CallOutput } from '../../src/shared/contract/index.ts';
import { callContracts } from '../../src/shared/contract/index.ts';
import type { SignInView } from '../../src/shared/domain/sign-in.ts';
import { drive } from '../drive/drive.ts';
import { parseOptions } from '../drive/options.ts';
import {
  callbackOf,
  sandboxForTest,
  startCore,
  TEST_KEY,
  type TestCore,
  type TestCoreOptions,
} from '../support/core.ts';
import { filesBelow, temporaryFolder } from '../support/folder.ts';
import { secretsIn, secretsOn } from '../support/secrets.ts';
import { until } from '../support/time.ts';
import { tapWire, type WireExchange } from '../support/wire.ts';

const confidential = {
  client_id: 'confidential',
  client_secret: 'a-client-secret-nobody-may-ever-see/+&=%',
  redirect_uris: ['app.gatehouse.desktop:/oauth/callback'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
};

/** The core behind its router; every answer is kept. */
async function behindRouter(options: TestCoreOptions) {
  const links: string[] = [];
  const app: TestCore = await startCore({ ...options, browser: 'hold' });
  // The log lies in the folder, and with it in what is searched.
  logEvents(app.core.events, openLog({ path: join(app.folder, 'logs', 'main.log') }));
  const route = createRouter(
    createHandlers({
      core: app.core,
      views: app.views,
      clock: app.time,
      files: app.files,
      clipboard: {
        readText: async () => app.clipboard.text,
        writeText: async (text) => {
          app.clipboard.text = text;
        },
      },
      app: { version: '0', runtime: 'test', platform: 'test', systemLanguage: 'en' },
      notices: app.notices,
    }),
  );
  const answers: string[] = [];
  const asked = new Set<string>();
  return {
    app,
    answers,
    asked,
    links,
    async call<Name extends CallName>(name: Name, input: CallInput<Name>) {
      asked.add(name);
      const answer = await route(name, input);
      answers.push(JSON.stringify(answer));
      return answer as { ok: boolean; value: CallOutput<Name> };
    },
    /** Waits for the browser and consents. */
    async consent(visit: number) {
      await until(() => app.visits.length > visit);
      const link = await callbackOf(app.visits[visit]);
      links.push(link);
      return link;
    },
  };
}

/** The client secret of Basic authentication, as the issuer reads it. */
function secretIn(headers: Headers): string {
  const [, secret = ''] = atob(headers.get('authorization')?.split(' ')[1] ?? '').split(':');
  return `${secret} (${decodeURIComponent(secret)})`;
}

async function ended(app: TestCore, { id }: SignInView) {
  return (await app.core.desk.ended(id))?.status;
}

test('no secret is in any file, event, answer, trace or export; in the vault there is ciphertext', async () => {
  const [sandbox, other] = [await sandboxForTest(), await sandboxForTest({ clients: [confidential] })];
  const otherClient = join(await temporaryFolder(), 'mcp.json');
  const { app, call, consent, answers, asked, links } = await behindRouter({
    clientFiles: [{ client: 'cursor', path: otherClient }],
  });
  await app.core.start();
  let visits = 0;

  // A server where Gatehouse registers itself, through all of the sign-in's side ways.
  await call('servers.probe', { url: sandbox.mcpUrl });
  const server = (await call('servers.add', { url: sandbox.mcpUrl, name: 'Canary' })).value;
  const begin = { serverId: server.id, accountId: null };
  const first = (await call('sign-ins.begin', { ...begin, confirmed: false })).value;
  await until(() => app.core.desk.views()[0]?.status.kind === 'awaiting-confirmation');
  await call('sign-ins.confirm', { signInId: first.id });
  const link = await consent(visits++);
  await call('sign-ins.open-again', { signInId: first.id });
  visits += 1;
  await call('sign-ins.copy-link', { signInId: first.id });
  app.clipboard.text = `${link}&but=not-this`.replace('state=', 'state=x');
  links.push(app.clipboard.text);
  await call('sign-ins.paste-callback', { signInId: first.id });
  app.clipboard.text = link;
  await call('sign-ins.paste-callback', { signInId: first.id });
  expect(await ended(app, first)).toMatchObject({ kind: 'succeeded' });
  // The same answer once more, and one nobody asked for.
  app.open(link);
  const stray = 'app.gatehouse.desktop:/oauth/callback?code=stray-code-value&state=stray-state-value';
  links.push(stray);
  app.open(stray);

  const [account] = app.core.accounts.ofServer(server.id);
  const accountId = account?.id ?? '';
  const at = { serverId: server.id, accountId };
  const callTool = (name: string) =>
    call('tools.call', { ...at, callId: crypto.randomUUID(), name, arguments: {} });
  await call('tools.list', at);
  await callTool('whoami');
  await useFeatures(call, at);

  // Step-up.
  await callTool('admin_report');
  const step = { serverId: server.id, accountId, confirmed: true, extraScopes: ['mcp:admin'] };
  const stepUp = (await call('sign-ins.begin', step)).value;
  app.open(await consent(visits++));
  expect(await ended(app, stepUp)).toMatchObject({ kind: 'succeeded' });
  await callTool('admin_report');

  // A server and an issuer that say every secret they were told.
  await call('accounts.refresh', { accountId });
  const echoes: ((exchange: WireExchange) => Response | undefined)[] = [
    ({ url, headers }) =>
      url.pathname === '/mcp'
        ? new Response(`failed: ${headers.get('authorization')}`, { status: 500 })
        : undefined,
    ({ url, headers }) =>
      url.pathname === '/mcp'
        ? new Response(`no such tool for ${headers.get('authorization')?.slice(7)}`, { status: 404 })
        : undefined,
    ({ url, headers }) => {
      if (url.pathname !== '/mcp') return undefined;
      const token = headers.get('authorization')?.slice(7);
      const challenge = `Bearer error="insufficient_scope", scope="more ${token}", error_description="${token}"`;
      return new Response(null, { status: 403, headers: { 'www-authenticate': challenge } });
    },
    ({ url, headers, body }) => {
      if (url.pathname !== '/mcp' || !body) return undefined;
      const message = `refused ${headers.get('authorization')?.slice(7)}`;
      return Response.json({ jsonrpc: '2.0', id: JSON.parse(body).id, error: { code: -32000, message } });
    },
  ];
  for (const echo of echoes) {
    app.wire.intercept = echo;
    await callTool('whoami');
    await call('servers.reconnect', at);
    await until(() => !['connecting'].includes(app.core.connection(server.id, accountId).view.status));
  }
  const echoSecrets =
    (status: number, error: string) =>
    ({ url, body, headers }: WireExchange) =>
      url.pathname === '/token'
        ? Response.json(
            {
              error,
              error_description: `${body} and ${new URLSearchParams(body).get('refresh_token')} of ${secretIn(headers)}`,
              error_uri: `https://as.example/?refresh_token=${new URLSearchParams(body).get('refresh_token')}`,
            },
            { status },
          )
        : undefined;
  for (const [status, error] of [
    [503, 'temporarily_unavailable'],
    [400, 'invalid_scope'],
    [400, 'an_error_of_its_own'],
  ] as const) {
    app.wire.intercept = echoSecrets(status, error);
    await call('accounts.refresh', { accountId });
  }
  app.wire.intercept = () => undefined;
  await call('accounts.refresh', { accountId });

  // A confidential client whose secret the person entered.
  const second = (await call('servers.add', { url: other.mcpUrl, name: 'Confidential' })).value;
  const settings = { clientId: 'confidential', clientAuthentication: 'client_secret_basic' } as const;
  const clientSecret = confidential.client_secret;
  await call('servers.update-settings', { serverId: second.id, settings, clientSecret });
  for (const echo of [echoSecrets(400, 'invalid_grant'), () => undefined]) {
    app.wire.intercept = echo;
    const begun = (await call('sign-ins.begin', { serverId: second.id, accountId: null, confirmed: true }))
      .value;
    app.open(await consent(visits++));
    await ended(app, begun);
  }
  const [secondAccount] = app.core.accounts.ofServer(second.id);
  expect(secondAccount).toBeDefined();

  // What the vault holds, before anything is signed out.
  const secrets = secretsOn(app.wire, app.visits, links).set(clientSecret, 'client_secret');
  const decrypted = await decryptedVault(app.folder);
  const token = await app.core.keeper.authorization(accountId);
  const refreshToken = newest(app, 'refresh_token');
  const registrationAccessToken = newest(app, 'registration_access_token');
  for (const held of [token.accessToken, refreshToken, clientSecret, registrationAccessToken]) {
    expect(secrets.has(held)).toBe(true);
    expect(decrypted).toContain(held);
  }
  const kinds = new Set(secrets.values());
  for (const kind of ['access_token', 'refresh_token', 'code', 'code_verifier', 'state', 'client_secret']) {
    expect(kinds).toContain(kind);
  }

  await expectNowhere(app, secrets);
  await useAccountCalls(app, call, secrets, { accountId, serverId: second.id });

  // The ends of an account.
  app.wire.intercept = echoSecrets(400, 'invalid_grant');
  await call('accounts.refresh', { accountId: secondAccount?.id ?? '' });
  app.wire.intercept = () => undefined;
  await call('accounts.rename', { accountId, label: 'Renamed' });
  await call('servers.rename', { serverId: server.id, name: 'Renamed' });
  await call('servers.set-enabled', { serverId: server.id, enabled: false });
  await call('servers.set-enabled', { serverId: server.id, enabled: true });
  await call('servers.bulk', { serverIds: [server.id, 'nothing'], action: 'reconnect' });
  await call('app.update-settings', { theme: 'dark' });
  await call('accounts.sign-out', { accountId });
  for (const { id } of app.core.registrations.all())
    await call('registrations.forget', { registrationId: id });
  const cancelled = (await call('sign-ins.begin', { ...begin, confirmed: true })).value;
  await until(() => app.visits.length > visits);
  await call('sign-ins.cancel', { signInId: cancelled.id });
  await ended(app, cancelled);
  await call('sign-ins.dismiss', { signInId: cancelled.id });
  await call('tools.cancel', { callId: 'nothing' });
  let decoded = 0;
  for (const { id } of (await call('activity.list', { serverId: null })).value) {
    await call('activity.get', { traceId: id });
    await call('activity.copy', { traceId: id });
    expect(secretsIn(app.clipboard.text, secrets)).toEqual([]);
    for (const format of ['har', 'json'] as const) {
      app.files.saved.clear();
      expect((await call('activity.save', { traceId: id, format })).value).toBe('saved');
      const [written = ''] = app.files.saved.values();
      expect(JSON.parse(written)).toMatchObject(format === 'har' ? { log: {} } : { version: 1 });
      expect(secretsIn(written, secrets)).toEqual([]);
      decoded += written.match(/"(_tokens|claims)"/g)?.length ?? 0;
    }
  }
  expect(decoded).toBeGreaterThan(10);
  await call('servers.remove', { serverId: second.id });
  await useLocalServer(app, call, secrets);
  await useImports(otherClient, call, secrets);
  for (const name of ['updates.check', 'updates.download', 'updates.install'] as const)
    await call(name, undefined);
  await call('certificates.choose', { requestId: 'nothing', fingerprint: null });
  await call('app.copy-diagnostics', undefined);
  expect(app.clipboard.text).toContain('## Last problems');
  expect(secretsIn(app.clipboard.text, secrets)).toEqual([]);
  const log = (await filesBelow(join(app.folder, 'logs'))).get('main.log')?.toString();
  expect(log).toContain('refresh failed: ');
  await call('app.snapshot', undefined);

  for (const [value, name] of secretsOn(app.wire, app.visits, links)) secrets.set(value, name);
  await app.core.stop();
  await expectNowhere(app, secrets);
  await call('app.erase-everything', { confirmation: 'erase' });
  expect([...asked].sort()).toEqual(Object.keys(callContracts).sort());
  expect(secretsIn(answers.join('\n'), secrets)).toEqual([]);
});

/** Everything a server may offer beside tools, asked for whether it does or not. */
async function useFeatures(
  call: Awaited<ReturnType<typeof behindRouter>>['call'],
  at: { serverId: string; accountId: string },
): Promise<void> {
  const { serverId } = at;
  await call('tools.get', { ...at, name: 'whoami' });
  await call('resources.list', at);
  for (const name of ['resources.read', 'resources.subscribe', 'resources.unsubscribe'] as const) {
    await call(name, { ...at, uri: 'notes://one' });
  }
  await call('resources.save', { ...at, uri: 'notes://one', part: 0 });
  await call('resources.expand', { uriTemplate: 'notes://{name}', values: { name: 'one' } });
  await call('prompts.list', at);
  await call('prompts.get', { ...at, name: 'summary', arguments: {} });
  await call('prompts.copy', { text: 'a prompt' });
  await call('catalog.search', { query: 'who' });
  const of = { kind: 'prompt', name: 'summary' } as const;
  await call('catalog.complete', { ...at, of, argument: { name: 'about', value: '' }, others: {} });
  await call('logs.set-level', { serverId, level: 'debug' });
  await call('logs.get', { serverId });
  await call('logs.clear', { serverId });
  await call('certificates.choose', { requestId: 'nothing', fingerprint: null });
  await call('elicitations.open', { elicitationId: 'nothing' });
  await call('elicitations.answer', { elicitationId: 'nothing', answer: { action: 'decline' } });
  for (const name of ['updates.check', 'updates.download', 'updates.install'] as const) {
    await call(name, undefined);
  }
}

/** What an account and a client are asked about and changed by, with every secret a person may enter. */
async function useAccountCalls(
  app: TestCore,
  call: Awaited<ReturnType<typeof behindRouter>>['call'],
  secrets: Map<string, string>,
  { accountId, serverId }: { accountId: string; serverId: string },
): Promise<void> {
  const { settings } = app.core.servers.requireRemote(serverId);
  const identityToken = 'an-identity-token-nobody-may-ever-see';
  secrets.set(identityToken, 'identity_token');
  await call('servers.update-settings', { serverId, settings, identityToken });
  await call('servers.make-client-key', { serverId, algorithm: 'ES256' });
  const stored = await app.core.vault.read(serverId, 'server');
  const privatePart = stored.kind === 'found' ? stored.secrets.privateKey?.d : undefined;
  secrets.set(String(privatePart), 'private_key');
  expect((await call('servers.secrets', { serverId })).value).toMatchObject({ identityToken: true });
  const { registrationId, serverId: ownServerId } = app.core.accounts.require(accountId);
  await call('servers.set-default-account', { serverId: ownServerId, accountId });
  await call('accounts.decline-scopes', { accountId, scopes: ['mcp:more'] });
  expect((await call('accounts.history', { accountId })).value.length).toBeGreaterThan(1);
  await call('accounts.export', { format: 'json' });
  await call('accounts.export', { format: 'markdown' });
  expect(app.files.saved.size).toBe(2);
  expect(secretsIn([...app.files.saved.values()].join('\n'), secrets)).toEqual([]);
  for (const copied of [
    () => call('servers.copy-client-key', { serverId }),
    () => call('registrations.copy-client-id', { registrationId }),
  ]) {
    app.clipboard.text = '';
    await copied();
    expect(app.clipboard.text).not.toBe('');
    expect(secretsIn(app.clipboard.text, secrets)).toEqual([]);
  }

  // An issuer that tells everybody what it was to revoke, and is given up on.
  const accessToken = 'an-access-token-left-at-the-issuer';
  secrets.set(accessToken, 'access_token');
  const queued = await app.core.revocations.add({
    kind: 'revocation',
    label: 'Left',
    issuer: app.core.accounts.require(accountId).issuer,
    serverId,
    queuedAt: app.time.now(),
    accessToken,
    refreshToken: null,
    replaced: [],
    client: { clientId: 'gone', authentication: 'none' },
    registration: null,
  });
  app.wire.intercept = ({ url, body }) =>
    url.pathname === '/revoke'
      ? Response.json({ error: 'server_error', error_description: body }, { status: 503 })
      : undefined;
  expect((await call('revocations.retry', { revocationId: queued })).value).toBe('queued');
  expect(app.core.revocations.views()[0]?.problem).not.toBeNull();
  app.wire.intercept = () => undefined;
  await call('accounts.sign-out-all', { kind: 'accounts', accountIds: [] });
  await call('revocations.cancel', { revocationId: queued });
}

/** A local server that tells everybody its secret, from the first look to a change of its command. */
async function useLocalServer(
  app: TestCore,
  call: Awaited<ReturnType<typeof behindRouter>>['call'],
  secrets: Map<string, string>,
): Promise<void> {
  const value = 'an-environment-secret-nobody-may-ever-see';
  secrets.set(value, 'environment');
  const command = {
    program: process.execPath,
    arguments: ['-e', 'console.error(process.env.TOKEN); process.exitCode = 1'],
    folder: null,
    environment: [{ name: 'TOKEN', secret: true, value }],
  };
  const { id: serverId } = (await call('servers.add-command', { name: 'Local', command })).value;
  const { command: stored, settings } = app.core.servers.requireLocal(serverId);
  await call('servers.approve-command', { serverId, digest: commandDigest(stored) });
  await until(() => app.core.local.view(serverId).lines.length > 0);
  expect((await call('servers.process', { serverId })).value.lines[0]?.text).toBe('•••');
  await until(() => app.core.connection(serverId, null).view.problem?.code === 'command-ended');
  await call('servers.change-command', { serverId, command: { ...command, folder: '/' }, settings });
}

/** Servers in the file of another client, secrets wherever such files have them. */
async function useImports(
  path: string,
  call: Awaited<ReturnType<typeof behindRouter>>['call'],
  secrets: Map<string, string>,
): Promise<void> {
  const secret = (of: string) => {
    const value = `imported-${of}-nobody-may-ever-see`;
    secrets.set(value, of);
    return value;
  };
  const mcpServers = {
    header: { url: 'http://127.0.0.1:9/imported', headers: { Authorization: `Bearer ${secret('header')}` } },
    variable: { command: process.execPath, args: ['-e', ''], env: { API_KEY: secret('variable') } },
    asked: { url: 'http://127.0.0.1:9/asked', headers: { 'X-Key': `$\{input:key}` } },
    query: { url: `https://mcp.example/mcp?api_key=${secret('query')}` },
    person: { url: `https://ada:${secret('person')}@mcp.example/mcp` },
    option: { command: 'npx', args: ['server', '--token', secret('option')] },
    assignment: { command: 'docker', args: ['run', '-e', `API_KEY=${secret('assignment')}`] },
    headerOption: { command: 'npx', args: ['--header', `Authorization: Bearer ${secret('header-option')}`] },
    wrong: { command: 'npx', env: { API_KEY: [secret('wrong')] } },
  };
  await writeFile(path, JSON.stringify({ mcpServers }));
  const { files } = (await call('imports.look', undefined)).value;
  const entries = files[0]?.entries ?? [];
  expect(entries).toHaveLength(Object.keys(mcpServers).length);
  let added = 0;
  for (const { id: entryId } of entries) {
    const answer = await call('imports.add', { entryId, answers: { 'X-Key': secret('answer') } });
    if (answer.ok) added += 1;
  }
  expect(added).toBe(3);
  await writeFile(path, `{"mcpServers": {"broken": {"env": {"API_KEY": "${secret('broken')}"}`);
  expect((await call('imports.look', undefined)).value.files[0]?.problem?.code).toBe('import-file-invalid');
  await call('imports.forget', undefined);
}

test('drive prints no secret', async () => {
  const sandbox = await sandboxForTest({ clients: [confidential] });
  const folder = await temporaryFolder();
  const wire = tapWire();
  const lines: string[] = [];
  const trace = `${folder}/trace.json`;
  const run = (...argv: string[]) =>
    drive(parseOptions([sandbox.mcpUrl, '--profile', folder, ...argv]), {
      folder,
      key: TEST_KEY,
      print: (event) => lines.push(JSON.stringify(event)),
      fetch: wire.fetch,
      clientMetadataUrl: null,
    });
  expect(await run('--call', 'admin_report', '--list', '--refresh', '--accounts', '--trace', trace)).toBe(0);
  sandbox.issuer.revokeAllGrants();
  expect(await run('--refresh', '--trace', trace)).toBe(0);
  expect(await run('--sign-out', '--accounts')).toBe(0);
  const secrets = secretsOn(wire, [], []);
  expect(new Set(secrets.values())).toContain('refresh_token');
  expect(secretsIn(lines.join('\n'), secrets)).toEqual([]);
  for (const [path, bytes] of await filesBelow(folder)) {
    expect([path, ...secretsIn(bytes.toString('latin1'), secrets)]).toEqual([path]);
  }
});

async function expectNowhere(app: TestCore, secrets: Map<string, string>): Promise<void> {
  await Promise.all([app.core.traces.settled(), app.core.accounts.settled()]);
  const files = await filesBelow(app.folder);
  const ofAccounts = app.core.accounts.all().map(({ id }) => `accounts/${id}.json`);
  expect([...files.keys()]).toEqual(expect.arrayContaining([...ofAccounts, 'servers.json']));
  for (const [path, bytes] of files) {
    expect([path, ...secretsIn(bytes.toString('latin1'), secrets)]).toEqual([path]);
  }
  for (const { name, payload } of app.events) {
    expect([name, ...secretsIn(JSON.stringify(payload) ?? '', secrets)]).toEqual([name]);
  }
}

async function decryptedVault(folder: string): Promise<string> {
  const box = environmentKeyBox(TEST_KEY);
  const sealed = [...(await filesBelow(`${folder}/vault`)).values()].map((bytes) => {
    const { ciphertext } = JSON.parse(bytes.toString()) as { ciphertext: string };
    return box.open(Buffer.from(ciphertext, 'base64'));
  });
  return (await Promise.all(sealed)).map(({ plainText }) => plainText).join('\n');
}

/** The last value of a member any issuer answered. */
function newest(app: TestCore, member: string): string {
  const answers = app.wire.exchanges.map(({ answer }) =>
    answer?.startsWith('{') ? (JSON.parse(answer) as Record<string, unknown>)[member] : undefined,
  );
  return String(answers.findLast((value) => typeof value === 'string'));
}
