import { expect, test } from 'vitest';
import { startPythonSdk } from '../../sandbox/profiles/python-sdk.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';

const registrations = (app: Awaited<ReturnType<typeof startCore>>) =>
  app.wire.exchanges.flatMap(({ method, url, body }) =>
    method === 'POST' && /\/reg(ister)?$/.test(url.pathname)
      ? [(JSON.parse(body) as { scope?: string }).scope?.split(' ')]
      : [],
  );

test('an issuer that lets clients ask for registered scopes only is told of them', async (context) => {
  const sandbox = await startPythonSdk({ consent: 'auto' });
  context.onTestFinished(() => sandbox.close());
  const app = await startCore({ sandbox });
  const { account } = await app.signedIn();
  expect(registrations(app)).toEqual([['user']]);
  expect(account.grant.grantedScopes).toEqual(['user']);
});

test('a client is registered for all the server may want, and used again for a step-up', async () => {
  const app = await startCore({ sandbox: await sandboxForTest() });
  const { server, account } = await app.signedIn();
  const { status } = await app.signIn(server, account, ['mcp:admin']);
  expect(status.kind).toBe('succeeded');
  const [scopes, ...more] = registrations(app);
  expect(more).toEqual([]);
  expect(scopes).toEqual(expect.arrayContaining(['mcp:tools', 'mcp:admin', 'offline_access']));
  expect(app.core.registrations.all()).toMatchObject([{ scopes }]);
});

test('a client registered for less than is asked for now makes room for a new one', async () => {
  const app = await startCore({ sandbox: await sandboxForTest() });
  const { server, account } = await app.signedIn();
  const [first] = app.core.registrations.all();
  if (!first) throw new Error('no registration');
  // As an issuer with a default of its own would have answered.
  await app.core.registrations.put({ ...first, scopes: ['mcp:tools', 'offline_access'] });
  const { status } = await app.signIn(server, account, ['mcp:admin']);
  expect(status.kind).toBe('succeeded');
  expect(app.core.registrations.all()).toHaveLength(2);
  expect(app.core.accounts.require(account.id).registrationId).not.toBe(first.id);
  // What the first one covers is still asked for with it.
  expect((await app.signIn(server)).status.kind).toBe('succeeded');
  expect(app.core.registrations.all()).toHaveLength(2);
});
