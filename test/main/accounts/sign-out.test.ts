import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Account } from '../../../src/shared/domain/account.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { until } from '../../support/time.ts';

const forget = { forgetRegistration: true };

async function tokensOf(app: TestCore, account: Account) {
  const reading = await app.core.vault.read(account.id, 'account');
  if (reading.kind !== 'found') throw new Error('no tokens');
  return reading.secrets;
}

/** Several accounts at one server, with what is known of them before they leave. */
async function signedInTimes(count: number, sandbox?: Sandbox) {
  const issuing = sandbox ?? (await sandboxForTest());
  const app = await startCore({ sandbox: issuing });
  const { server, account } = await app.signedIn();
  while (app.core.accounts.all().length < count) await app.signIn(server);
  const accounts = app.core.accounts.all();
  const tokens = await Promise.all(accounts.map((one) => tokensOf(app, one)));
  const registration = app.core.registrations.get(account.registrationId);
  const clientId = registration?.clientId ?? 'none';
  return { sandbox: issuing, app, server, account, accounts, tokens, clientId };
}

const queued = async (app: TestCore) =>
  (await readdir(join(app.folder, 'vault'))).filter((name) => name.startsWith('revocation-'));

async function expectEnded(
  sandbox: Sandbox,
  tokens: readonly { accessToken: string; refreshToken: string | null }[],
) {
  for (const { accessToken, refreshToken } of tokens) {
    expect(await sandbox.issuer.introspect(accessToken)).toEqual({ active: false });
    expect(await sandbox.issuer.introspect(refreshToken ?? '')).toEqual({ active: false });
  }
}

test('the last account of a registration takes it along: tokens inactive, registration gone, at the issuer', async () => {
  const { sandbox, app, account, tokens, clientId } = await signedInTimes(1);
  expect(sandbox.issuer.clientExists(clientId)).toBe(true);
  expect(await app.core.leaving.signOut(account.id, forget)).toEqual({
    accountId: account.id,
    label: account.label,
    revocation: 'confirmed',
    registration: 'deleted',
    detail: null,
  });
  await expectEnded(sandbox, tokens);
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
  expect(app.core.registrations.all()).toEqual([]);
  expect(await queued(app)).toEqual([]);
});

test('a registration another account uses stays, until that one leaves too', async () => {
  const { sandbox, app, accounts, clientId } = await signedInTimes(2);
  const [first, second] = accounts.map(({ id }) => id);
  expect(await app.core.leaving.signOut(first ?? '', forget)).toMatchObject({ registration: null });
  expect(sandbox.issuer.clientExists(clientId)).toBe(true);
  expect(await app.core.leaving.signOut(second ?? '', forget)).toMatchObject({ registration: 'deleted' });
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
});

test('the person may keep the registration', async () => {
  const { sandbox, app, account, clientId } = await signedInTimes(1);
  const report = await app.core.leaving.signOut(account.id, { forgetRegistration: false });
  expect(report).toMatchObject({ revocation: 'confirmed', registration: null });
  expect(sandbox.issuer.clientExists(clientId)).toBe(true);
  expect(app.core.registrations.all()).toHaveLength(1);
});

test('a registration a sign-in is about to use stays', async () => {
  const { sandbox, app, server, account, clientId } = await signedInTimes(1);
  app.core.signIn({ serverId: server.id, accountId: null, confirmed: false, extraScopes: [] });
  await until(() => app.core.desk.views().some(({ status }) => status.kind === 'awaiting-confirmation'));
  expect(await app.core.leaving.signOut(account.id, forget)).toMatchObject({ registration: null });
  expect(sandbox.issuer.clientExists(clientId)).toBe(true);
});

test('what earlier sign-ins of the account left at the issuer ends with it, over renewals and a restart', async () => {
  const { sandbox, app, server, account, tokens } = await signedInTimes(1);
  await app.signIn(server, app.core.accounts.require(account.id), ['mcp:admin']);
  const second = await tokensOf(app, account);
  await app.core.keeper.refreshNow(account.id);
  await app.core.stop();
  const again = await startCore({ sandbox, folder: app.folder, time: app.time });
  const left = [tokens[0], await tokensOf(again, account)];
  expect(second.refreshToken).not.toBe(tokens[0]?.refreshToken);
  expect(await sandbox.issuer.introspect(tokens[0]?.refreshToken ?? '')).toMatchObject({ active: true });
  expect(await again.core.leaving.signOut(account.id, forget)).toMatchObject({ revocation: 'confirmed' });
  for (const one of left) {
    expect(await sandbox.issuer.introspect(one?.refreshToken ?? '')).toEqual({ active: false });
  }
});

test('a grant the issuer has ended leaves nothing to revoke; its registration still goes', async () => {
  const { sandbox, app, account, clientId } = await signedInTimes(1);
  sandbox.issuer.revokeAllGrants();
  await app.core.keeper.refreshNow(account.id).catch(() => undefined);
  expect(await app.core.leaving.signOut(account.id, forget)).toMatchObject({
    revocation: 'nothing-to-revoke',
    registration: 'deleted',
  });
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
});

for (const kind of ['server', 'issuer', 'everything', 'accounts'] as const) {
  test(`signing out by ${kind} ends all of them at the issuer, with a report each`, async () => {
    const { sandbox, app, server, accounts, tokens, clientId } = await signedInTimes(3);
    const scope = {
      server: { kind: 'server' as const, serverId: server.id },
      issuer: { kind: 'issuer' as const, issuer: sandbox.issuerUrl },
      everything: { kind: 'everything' as const },
      accounts: { kind: 'accounts' as const, accountIds: accounts.map(({ id }) => id) },
    }[kind];
    const reports = await app.core.leaving.signOutAll(scope);
    expect(reports.map(({ revocation }) => revocation)).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(reports.map(({ registration }) => registration)).toEqual([null, null, 'deleted']);
    await expectEnded(sandbox, tokens);
    expect(sandbox.issuer.clientExists(clientId)).toBe(false);
    expect(app.core.accounts.all()).toEqual([]);
    expect(app.core.servers.all()).toHaveLength(1);
    await until(() => app.core.supervisor.views()[0]?.accountId === null);
  });
}

test('signing out of one server or issuer leaves the accounts of others alone', async () => {
  const other = await sandboxForTest({ accessTokenTtl: 600 });
  const { sandbox, app } = await signedInTimes(1);
  const elsewhere = await app.addServer({ url: other.mcpUrl });
  await app.signIn(elsewhere);
  await app.core.leaving.signOutAll({ kind: 'issuer', issuer: sandbox.issuerUrl });
  expect(app.core.accounts.all()).toMatchObject([{ issuer: other.issuerUrl }]);
  await app.core.leaving.signOutAll({ kind: 'server', serverId: elsewhere.id });
  expect(app.core.accounts.all()).toEqual([]);
});

test('without a network the account is gone here at once, and revoked there when it returns', async () => {
  const { sandbox, app, account, tokens, clientId } = await signedInTimes(1);
  await sandbox.issuer.stop();
  const report = await app.core.leaving.signOut(account.id, forget);
  expect(report).toMatchObject({ revocation: 'queued', registration: 'queued' });
  expect(report.detail).toEqual(expect.any(String));
  expect(app.core.accounts.all()).toEqual([]);
  expect(app.core.revocations.views()).toMatchObject([
    { label: account.label, issuer: account.issuer, attempts: 1, deletesRegistration: true },
  ]);
  expect(app.payloads('revocation.changed')).toHaveLength(1);
  await sandbox.issuer.start();
  expect(await sandbox.issuer.introspect(tokens[0]?.accessToken ?? '')).toMatchObject({ active: true });
  app.core.wake();
  await until(() => app.core.revocations.views().length === 0);
  await expectEnded(sandbox, tokens);
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
  await until(() => app.payloads('revocation.removed').length === 1);
  expect(await queued(app)).toEqual([]);
});

test('an issuer that does not answer is asked once, however many accounts leave, and for all of them later', async () => {
  const { sandbox, app, tokens, clientId } = await signedInTimes(4);
  await sandbox.issuer.stop();
  const before = app.wire.exchanges.length;
  const reports = await app.core.leaving.signOutAll({ kind: 'everything' });
  expect(reports.map(({ revocation }) => revocation)).toEqual(Array(4).fill('queued'));
  expect(reports.map(({ detail }) => detail)).toEqual(Array(4).fill(reports[0]?.detail));
  expect(app.core.revocations.views().map(({ attempts }) => attempts)).toEqual([1, 0, 0, 0]);
  expect(app.payloads('revocation.changed')).toHaveLength(4);
  expect(
    app.wire.exchanges.slice(before).filter(({ url }) => url.href.startsWith(sandbox.issuerUrl)),
  ).toHaveLength(1);
  await sandbox.issuer.start();
  app.time.advance(60_000);
  await until(() => app.core.revocations.views().length === 0);
  await expectEnded(sandbox, tokens);
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
});

test('what is queued is tried again by itself, less and less often', async () => {
  const { sandbox, app, account, tokens } = await signedInTimes(1);
  await sandbox.issuer.stop();
  await app.core.leaving.signOut(account.id, forget);
  const due = () => (app.core.revocations.views()[0]?.nextAttemptAt ?? 0) - app.time.now();
  const pauses = [];
  for (let attempts = 1; attempts < 4; attempts += 1) {
    pauses.push(due());
    app.time.advance(due());
    await until(() => app.core.revocations.views()[0]?.attempts === attempts + 1);
  }
  expect(pauses).toEqual([60_000, 120_000, 240_000]);
  await sandbox.issuer.start();
  app.time.advance(due());
  await until(() => app.core.revocations.views().length === 0);
  await expectEnded(sandbox, tokens);
});

test('what is queued outlives the app, and goes on at the next start', async () => {
  const { sandbox, app, account, tokens, clientId } = await signedInTimes(1);
  await sandbox.issuer.stop();
  await app.core.leaving.signOut(account.id, forget);
  await app.core.stop();
  await sandbox.issuer.start();
  const again = await startCore({ sandbox, folder: app.folder, time: app.time });
  await again.core.start();
  expect(again.core.revocations.views()).toMatchObject([{ label: account.label }]);
  again.time.advance(0);
  await until(() => again.core.revocations.views().length === 0);
  await expectEnded(sandbox, tokens);
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
});

test('what is queued rests encrypted, and nothing shown of it is a secret', async () => {
  const { sandbox, app, account, tokens } = await signedInTimes(1);
  await sandbox.issuer.stop();
  await app.core.leaving.signOut(account.id, forget);
  const [name] = await queued(app);
  expect(await app.core.vault.read(name?.replace('.json', '') ?? '', 'revocation')).toMatchObject({
    kind: 'found',
    secrets: { refreshToken: tokens[0]?.refreshToken },
  });
  const shown = JSON.stringify([app.core.revocations.views(), app.events]);
  expect(shown).not.toContain(tokens[0]?.refreshToken);
  expect(shown).not.toContain(tokens[0]?.accessToken);
});

test('giving up on one deletes what was kept for it', async () => {
  const { sandbox, app, account } = await signedInTimes(1);
  await sandbox.issuer.stop();
  await app.core.leaving.signOut(account.id, forget);
  const [waiting] = app.core.revocations.views();
  await app.core.revocations.cancel(waiting?.id ?? '');
  expect(app.core.revocations.views()).toEqual([]);
  expect(await queued(app)).toEqual([]);
});

test('an issuer that refuses for good is not asked again by itself', async () => {
  const { app, account } = await signedInTimes(1);
  app.wire.intercept = ({ url }) =>
    url.pathname === '/revoke' ? Response.json({ error: 'invalid_request' }, { status: 400 }) : undefined;
  expect(await app.core.leaving.signOut(account.id, forget)).toMatchObject({ revocation: 'failed' });
  expect(app.core.revocations.views()).toMatchObject([
    { nextAttemptAt: null, problem: { code: 'token-refused' } },
  ]);
  app.wire.exchanges.length = 0;
  app.core.wake();
  app.time.advance(24 * 3_600_000);
  expect(app.wire.exchanges.filter(({ url }) => url.pathname === '/revoke')).toEqual([]);
});

test('tokens taken back are not kept for a registration that could not be deleted yet', async () => {
  const { sandbox, app, account, tokens, clientId } = await signedInTimes(1);
  app.wire.intercept = ({ method }) =>
    method === 'DELETE' ? new Response(null, { status: 503 }) : undefined;
  expect(await app.core.leaving.signOut(account.id, forget)).toMatchObject({
    revocation: 'confirmed',
    registration: 'queued',
  });
  await expectEnded(sandbox, tokens);
  const [name] = await queued(app);
  expect(await app.core.vault.read(name?.replace('.json', '') ?? '', 'revocation')).toMatchObject({
    secrets: { accessToken: null, refreshToken: null },
  });
  app.wire.intercept = () => undefined;
  app.core.wake();
  await until(() => app.core.revocations.views().length === 0);
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
});
