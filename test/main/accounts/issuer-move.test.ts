import { expect, onTestFinished, test } from 'vitest';
import { noteIssuer } from '../../../src/main/accounts/issuer-move.ts';
import { SandboxIssuer } from '../../sandbox/issuer.ts';
import { RequestLog } from '../../sandbox/request-log.ts';
import { problemCodeOf, sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { until } from '../../support/time.ts';

const call = { callId: 'call', name: 'whoami', arguments: {} };

/** From now on the server names the other issuer as the one that signs people in. */
function moveTo(app: TestCore, newIssuer: string): void {
  app.wire.intercept = async ({ url }) => {
    if (!url.pathname.startsWith('/.well-known/oauth-protected-resource')) return undefined;
    const document = (await (await fetch(url)).json()) as object;
    return Response.json({ ...document, authorization_servers: [newIssuer] });
  };
}

/** Another issuer that signs people in for a server. */
async function issuerFor(mcpUrl: string): Promise<SandboxIssuer> {
  const issuer = new SandboxIssuer(new RequestLog(), { consent: 'auto' });
  await issuer.start();
  onTestFinished(() => issuer.stop());
  await issuer.open(mcpUrl);
  return issuer;
}

/** An account whose token the server refuses, at a server that went to another issuer. */
async function moved() {
  const home = await sandboxForTest();
  const elsewhere = await issuerFor(home.mcpUrl);
  const app = await startCore({ sandbox: home });
  const { server, account } = await app.signedIn();
  const tokens = await app.core.vault.read(account.id, 'account');
  if (tokens.kind !== 'found') throw new Error('no tokens');
  moveTo(app, elsewhere.url);
  app.wire.exchanges.length = 0;
  home.issuer.revokeAllGrants();
  await app.core.calls.call(app.core.connection(server.id, account.id), call);
  await until(() => app.core.accounts.require(account.id).state.kind === 'issuer-moved');
  return { home, elsewhere, app, server, account, tokens: tokens.secrets };
}

test('a server that went to another issuer parks the account and says where it went', async () => {
  const { elsewhere, app, account } = await moved();
  expect(app.core.accounts.require(account.id).state).toMatchObject({
    kind: 'issuer-moved',
    newIssuer: elsewhere.url,
  });
  expect((await app.core.history.of(account.id)).at(-1)).toMatchObject({ kind: 'issuer-moved' });
  expect(await app.core.vault.read(account.id, 'account')).toMatchObject({ kind: 'found' });
});

test('a parked account sends nothing any more, to nobody', async () => {
  const { app, account } = await moved();
  app.wire.exchanges.length = 0;
  expect(await problemCodeOf(app.core.keeper.authorization(account.id))).toBe('issuer-moved');
  expect(await problemCodeOf(app.core.keeper.rejected(account.id, 'any'))).toBe('issuer-moved');
  expect(await problemCodeOf(app.core.keeper.refreshNow(account.id))).toBe('issuer-moved');
  expect(app.wire.exchanges).toEqual([]);
});

test('the new sign-in registers anew; nothing of the old issuer reaches the new one', async () => {
  const { home, elsewhere, app, server, account, tokens } = await moved();
  await app.signIn(server, app.core.accounts.require(account.id));
  const added = app.core.accounts.all().filter(({ id }) => id !== account.id);
  expect(added).toMatchObject([{ issuer: elsewhere.url, serverId: server.id }]);
  expect(added[0]?.registrationId).not.toBe(account.registrationId);
  expect(app.core.accounts.require(account.id)).toMatchObject({ state: { kind: 'issuer-moved' } });
  const old = app.core.registrations.get(account.registrationId)?.clientId ?? 'none';
  const toNew = app.wire.exchanges.filter(({ url }) => url.origin === new URL(elsewhere.url).origin);
  expect(toNew.length).toBeGreaterThan(0);
  for (const { url, body, headers } of toNew) {
    const sent = `${url.href} ${body} ${JSON.stringify([...headers])}`;
    for (const secret of [tokens.accessToken, tokens.refreshToken ?? 'none', old]) {
      expect(sent).not.toContain(secret);
    }
  }
  expect(home.issuer.clientExists(old)).toBe(true);
});

test('a parked account is signed out at its own issuer', async () => {
  const { home, elsewhere, app, account } = await moved();
  app.wire.exchanges.length = 0;
  await app.core.leaving.signOut(account.id, { forgetRegistration: true });
  const origins = new Set(app.wire.exchanges.map(({ url }) => url.origin));
  expect(origins).toContain(new URL(home.issuerUrl).origin);
  expect(origins).not.toContain(new URL(elsewhere.url).origin);
});

test('a server that comes back to the issuer has its account back', async () => {
  const { home, app, server, account } = await moved();
  moveTo(app, home.issuerUrl);
  const discovery = { issuers: [home.issuerUrl], issuer: { issuer: home.issuerUrl } };
  await noteIssuer(
    app.core.accounts,
    server.id,
    { ...discovery, protectedResource: {} } as Parameters<typeof noteIssuer>[2],
    app.time.now(),
  );
  expect(app.core.accounts.require(account.id).state).toEqual({ kind: 'live' });
});

test('metadata that is missing for a moment moves nobody', async () => {
  const home = await sandboxForTest();
  const app = await startCore({ sandbox: home });
  const { server, account } = await app.signedIn();
  const nobody = {
    protectedResource: null,
    issuers: [server.url],
    issuer: { issuer: new URL(server.url).origin },
  };
  await noteIssuer(app.core.accounts, server.id, nobody as Parameters<typeof noteIssuer>[2], app.time.now());
  expect(app.core.accounts.require(account.id).state).toEqual({ kind: 'live' });
});
