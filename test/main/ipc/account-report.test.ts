import { expect, test } from 'vitest';
import { accountReport, reportAsMarkdown } from '../../../src/main/ipc/account-report.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';

async function reported() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const reading = await app.core.vault.read(account.id, 'account');
  if (reading.kind !== 'found') throw new Error('no tokens');
  const write = () => accountReport(app.core, app.views, app.time.now());
  return { sandbox, app, server, account, tokens: reading.secrets, write };
}

test('the report names server, person, issuer, scopes, times, registration and history', async () => {
  const { app, server, account, write } = await reported();
  const report = await write();
  expect(report.accounts).toMatchObject([
    {
      server: { name: server.name, url: server.url },
      label: account.label,
      issuer: account.issuer,
      consent: 'granted',
      scopesAsked: account.grant.requestedScopes,
      scopesGranted: account.grant.grantedScopes,
      grantedAt: new Date(app.time.now()).toISOString(),
      renewsByItself: true,
      registration: { kind: 'dynamic' },
      secretsRest: 'environment-key',
      history: [{ kind: 'asked' }, { kind: 'granted' }],
    },
  ]);
});

test('the report holds no secret, in either form', async () => {
  const { app, account, tokens, write } = await reported();
  const management = await app.core.registrations.management(account.registrationId);
  const report = await write();
  const written = JSON.stringify(report) + reportAsMarkdown(report);
  for (const secret of [tokens.accessToken, tokens.refreshToken, management?.accessToken]) {
    expect(secret).toEqual(expect.any(String));
    expect(written).not.toContain(secret);
  }
});

test('a sign-out that waits for its issuer is in the report', async () => {
  const { sandbox, app, account, write } = await reported();
  await sandbox.issuer.stop();
  await app.core.leaving.signOut(account.id, { forgetRegistration: true });
  const report = await write();
  expect(report.accounts).toEqual([]);
  expect(report.signOutsNotConfirmed).toMatchObject([{ label: account.label, issuer: account.issuer }]);
  expect(reportAsMarkdown(report)).toContain('Sign-outs not confirmed yet');
});

test('names from outside stay text in the document', async () => {
  const { app, account, write } = await reported();
  await app.core.accounts.put({ ...account, label: '# <b>bold</b> [a](javascript:x)\n## faked\u202e' });
  const markdown = reportAsMarkdown(await write());
  expect(markdown).not.toContain('<b>');
  expect(markdown).not.toMatch(/(?<!\\)\]\(/);
  expect(markdown).not.toContain('\u202e');
  expect(markdown.split('\n').filter((line) => line.startsWith('## '))).toHaveLength(1);
});
