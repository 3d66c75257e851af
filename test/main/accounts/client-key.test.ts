import { expect, test } from 'vitest';
import { createHandlers } from '../../../src/main/ipc/handlers.ts';
import { createRouter } from '../../../src/main/ipc/router.ts';
import type { EnteredSecrets, PublicKeySet } from '../../../src/shared/domain/client-key.ts';
import { serverSettings } from '../../../src/shared/domain/server.ts';
import { discover, register } from '../../sandbox/scripted-client.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';

const HOUR_MS = 3_600_000;

/** A server, and the calls of the page. */
async function withServer() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const server = await app.addServer();
  const route = createRouter(
    createHandlers({
      core: app.core,
      views: app.views,
      clock: app.time,
      files: app.files,
      clipboard: { readText: async () => '', writeText: async () => undefined },
      app: { version: '0', runtime: 'test', platform: 'test', systemLanguage: 'en' },
      notices: [],
    }),
  );
  const call = async <Output>(name: string, input: object): Promise<Output> => {
    const answer = await route(name, { serverId: server.id, ...input });
    if (!answer.ok) throw new Error(`${name}: ${answer.problem.code}`);
    return answer.value as Output;
  };
  const storedKey = async () => {
    const reading = await app.core.vault.read(server.id, 'server');
    return reading.kind === 'found' ? reading.secrets.privateKey : undefined;
  };
  return { sandbox, app, server, call, storedKey };
}

/** Registers a public key at the issuer, as whoever runs it would. */
async function registerAt(issuerUrl: string, jwks: PublicKeySet): Promise<string> {
  const client = await register(await discover(issuerUrl), {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: jwks.keys[0]?.alg,
    jwks,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  });
  return client.client_id;
}

const machineOf = (clientId: string) =>
  serverSettings.parse({
    clientId,
    clientAuthentication: 'private_key_jwt',
    machineGrant: { kind: 'client-credentials' },
  });

test.for(['ES256', 'RS256', 'EdDSA'])(
  'a key made here signs a machine in where its public half is registered (%s)',
  async (algorithm) => {
    const { sandbox, app, server, call, storedKey } = await withServer();
    const jwks = await call<PublicKeySet>('servers.make-client-key', { algorithm });
    expect(jwks.keys[0]).toMatchObject({ alg: algorithm, use: 'sig' });
    const clientId = await registerAt(sandbox.issuerUrl, jwks);
    await call('servers.update-settings', { settings: machineOf(clientId) });
    const { status } = await app.signIn(app.core.servers.requireRemote(server.id));
    expect(status.kind).toBe('succeeded');
    expect(app.visits).toEqual([]);

    const secret = (await storedKey())?.d;
    expect(secret).toEqual(expect.any(String));
    expect(JSON.stringify(jwks)).not.toContain(secret);
    expect(JSON.stringify(app.events)).not.toContain(secret);
    expect(await call<EnteredSecrets>('servers.secrets', {})).toEqual({
      clientSecret: false,
      identityToken: false,
      clientKey: jwks,
    });
  },
);

test('a new key takes the place of the old one, for accounts signed in with it too', async () => {
  const { sandbox, app, server, call, storedKey } = await withServer();
  const first = await call<PublicKeySet>('servers.make-client-key', { algorithm: 'ES256' });
  const clientId = await registerAt(sandbox.issuerUrl, first);
  await call('servers.update-settings', { settings: machineOf(clientId) });
  await app.signIn(app.core.servers.requireRemote(server.id));
  const before = await storedKey();

  const second = await call<PublicKeySet>('servers.make-client-key', { algorithm: 'ES256' });
  expect(second.keys[0]?.kid).not.toBe(first.keys[0]?.kid);
  expect((await storedKey())?.d).not.toBe(before?.d);
  // The issuer knows only the first one: the renewal, signed with the second, is refused.
  app.time.sleepThrough(HOUR_MS + 1);
  const [account] = app.core.accounts.all();
  await expect(app.core.keeper.authorization(account?.id ?? '')).rejects.toMatchObject({
    problem: { code: 'client-unknown' },
  });
});

test('secrets are entered, named and deleted, and never come back', async () => {
  const { call, app, server } = await withServer();
  const settings = serverSettings.parse({ clientId: 'gatehouse' });
  const none = { clientSecret: false, identityToken: false, clientKey: null };
  expect(await call('servers.secrets', {})).toEqual(none);
  await call('servers.update-settings', { settings, clientSecret: 's3cret', identityToken: 'id.to.ken' });
  expect(await call('servers.secrets', {})).toEqual({ ...none, clientSecret: true, identityToken: true });
  expect(await app.core.vault.read(server.id, 'server')).toMatchObject({
    secrets: { clientSecret: 's3cret', identityToken: 'id.to.ken' },
  });
  await call('servers.update-settings', { settings, identityToken: null });
  expect(await call('servers.secrets', {})).toEqual({ ...none, clientSecret: true });
  await call('servers.update-settings', { settings });
  expect(await call('servers.secrets', {})).toEqual({ ...none, clientSecret: true });
});
