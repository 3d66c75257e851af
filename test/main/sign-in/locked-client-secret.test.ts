import { expect, test } from 'vitest';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { lockableBox } from '../../support/lockable-box.ts';

const client = {
  client_id: 'entered-by-hand',
  client_secret: 'a secret the issuer gave to the person',
  redirect_uris: ['app.gatehouse.desktop:/oauth/callback'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
};

test('while the client secret the person entered is locked away, a sign-in says so and sends nothing in its place', async () => {
  const secretBox = lockableBox();
  const sandbox = await sandboxForTest({ clients: [client] });
  const app = await startCore({ sandbox, secretBox });
  const server = await app.addServer({ settings: { clientId: client.client_id } });
  await app.core.serverSecrets.change(server.id, { clientSecret: client.client_secret });
  secretBox.locked = true;
  expect((await app.signIn(server)).status).toMatchObject({
    kind: 'failed',
    problem: { code: 'secrets-locked', params: { label: server.name } },
  });
  expect(app.visits).toEqual([]);
  expect(app.core.registrations.all()).toEqual([]);
  secretBox.locked = false;
  expect((await app.signIn(server)).status.kind).toBe('succeeded');
});
