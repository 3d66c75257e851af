import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MachineSignIn } from '../../../src/main/accounts/machine-sign-in.ts';
import { TokenEndpointFailure } from '../../../src/main/oauth/token-endpoint.ts';
import { environmentKeyBox } from '../../../src/main/vault/environment-key-box.ts';
import { Vault } from '../../../src/main/vault/vault.ts';
import { type MachineGrant, type RemoteServer, serverSettings } from '../../../src/shared/domain/server.ts';
import { discover, register } from '../../sandbox/scripted-client.ts';
import { problemCodeOf, sandboxForTest, startCore, TEST_KEY } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { ISSUER } from '../oauth/profiles.ts';
import { issuerMetadata } from '../oauth/sign-in.ts';
import { stage } from '../oauth/stage.ts';

const HOUR_MS = 3_600_000;

/** A server whose settings name the sandbox's client for machines. */
async function machineAtSandbox() {
  const sandbox = await sandboxForTest();
  const client = await register(await discover(sandbox.issuerUrl), {
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  });
  const app = await startCore({ sandbox });
  const server = await app.addServer({
    settings: { clientId: client.client_id, machineGrant: { kind: 'client-credentials' } },
  });
  const clientSecret = client.client_secret ?? '';
  await app.core.vault.write(server.id, { kind: 'server', clientSecret });
  sandbox.reset();
  return { sandbox, app, server, client };
}

test('client credentials sign in without a browser, and the account belongs to the client', async () => {
  const { app, server, client } = await machineAtSandbox();
  const view = await app.signIn(server);
  expect(view.status.kind).toBe('succeeded');
  expect(app.visits).toEqual([]);
  const [account] = app.core.accounts.all();
  expect(account?.grant).toMatchObject({ machine: 'client-credentials', refreshable: true });
  const outcome = await app.core.calls.call(app.core.connection(server.id, account?.id ?? ''), {
    callId: 'who',
    name: 'whoami',
    arguments: {},
  });
  expect(outcome).toMatchObject({ kind: 'result', structuredContent: { subject: client.client_id } });
});

test('an expired machine token is obtained again by the same grant, once for all who wait', async () => {
  const { app, server } = await machineAtSandbox();
  await app.signIn(server);
  const [account] = app.core.accounts.all();
  app.time.sleepThrough(HOUR_MS + 1);
  const { keeper } = app.core;
  await Promise.all(Array.from({ length: 5 }, () => keeper.authorization(account?.id ?? '')));
  expect(app.wire.tokenRequests().map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([
    'client_credentials',
    'client_credentials',
  ]);
  expect(app.core.accounts.all()[0]).toMatchObject({ state: { kind: 'live' }, grant: { refreshable: true } });
});

test('signing in again renews the machine’s account instead of adding one', async () => {
  const { app, server } = await machineAtSandbox();
  await app.signIn(server);
  await app.signIn(server);
  expect(app.core.accounts.all()).toHaveLength(1);
  expect(app.core.registrations.all()).toHaveLength(1);
});

test('without a client ID there is nobody to sign in as', async () => {
  const { app, sandbox } = await machineAtSandbox();
  const other = await app.addServer({
    url: sandbox.mcpUrl.replace('127.0.0.1', 'localhost'),
    settings: {
      machineGrant: { kind: 'client-credentials' },
      resource: { mode: 'fixed', value: sandbox.mcpUrl },
    },
  });
  const { status } = await app.signIn(other);
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'registration-not-offered' } });
  expect(app.wire.tokenRequests()).toEqual([]);
});

/** The grants the sandbox’s issuer does not know, in front of a stage. */
async function onStage(machineGrant: MachineGrant) {
  const on = await stage();
  const vault = new Vault(join(await temporaryFolder(), 'vault'), environmentKeyBox(TEST_KEY));
  const idp = issuerMetadata({ issuer: 'https://idp.example', token_endpoint: 'https://idp.example/token' });
  const machines = new MachineSignIn({ vault, identityProvider: async () => idp });
  const server: RemoteServer = {
    id: 'server',
    kind: 'remote',
    name: 'server',
    url: 'https://mcp.example/mcp',
    enabled: true,
    addedAt: 0,
    settings: serverSettings.parse({ clientId: 'id', machineGrant }),
  };
  const tokens = () =>
    machines.tokens(on.ctx, server, {
      issuer: issuerMetadata(),
      credentials: { clientId: 'id', authentication: 'none', issuer: ISSUER },
      resource: server.url,
      scopes: null,
    });
  return { on, vault, tokens };
}

const granted = { body: { access_token: 'at', token_type: 'Bearer', refresh_token: 'unwanted' } };

test('a workload’s token is read anew each time, and nothing but it is kept', async () => {
  const tokenFile = join(await temporaryFolder(), 'token');
  const { on, tokens } = await onStage({ kind: 'workload-identity', tokenFile });
  on.on('POST https://as.example/token', granted);
  for (const assertion of ['first', 'second']) {
    await writeFile(tokenFile, `${assertion}\n`);
    expect(await tokens()).toMatchObject({ accessToken: 'at', refreshToken: null });
  }
  expect(on.requests.map(({ form }) => form.get('assertion'))).toEqual(['first', 'second']);
  await rm(tokenFile);
  expect(await problemCodeOf(tokens())).toBe('machine-secret-missing');
  expect(on.requests).toHaveLength(2);
});

test('enterprise-managed authorization needs the person’s identity token', async () => {
  const { on, tokens } = await onStage({
    kind: 'identity-assertion',
    identityProvider: 'https://idp.example',
    identityProviderClientId: 'at-idp',
  });
  expect(await problemCodeOf(tokens())).toBe('machine-secret-missing');
  expect(on.requests).toEqual([]);
});

test('an identity token the provider no longer takes ends the grant', async () => {
  const { on, vault, tokens } = await onStage({
    kind: 'identity-assertion',
    identityProvider: 'https://idp.example',
    identityProviderClientId: 'at-idp',
  });
  await vault.write('server', { kind: 'server', identityToken: 'run-out' });
  on.on('POST https://idp.example/token', { status: 400, body: { error: 'invalid_grant' } });
  const error = await tokens().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TokenEndpointFailure);
  expect((error as TokenEndpointFailure).kind).toBe('grant-invalid');
});
