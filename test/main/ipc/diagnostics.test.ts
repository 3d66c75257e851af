import { expect, test } from 'vitest';
import { diagnosticsAsMarkdown } from '../../../src/main/ipc/diagnostics.ts';
import { makeProblem } from '../../../src/shared/problems.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';

const about = { version: '1.2.3', runtime: 'Electron 45', platform: 'linux', systemLanguage: 'en' } as const;

async function diagnosed() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const reading = await app.core.vault.read(account.id, 'account');
  if (reading.kind !== 'found') throw new Error('no tokens');
  const refused = { endpoint: 'token', status: 400, body: { error: 'invalid_request' } } as const;
  sandbox.issuer.failNext(refused);
  await problemCodeOf(app.core.keeper.refreshNow(account.id));
  const snapshot = await app.views.snapshot([makeProblem('file-set-aside', { file: 'x.json' })], about);
  const text = () =>
    diagnosticsAsMarkdown({ snapshot, traces: app.core.traces.list(null), now: app.time.now() });
  return { app, server, account, secrets: reading.secrets, snapshot, text };
}

test('versions, settings, states, the last problems and what was tried are there', async () => {
  const { app, server, text } = await diagnosed();
  const written = text();
  expect(written).toContain(`Written ${new Date(app.time.now()).toISOString()}`);
  expect(written).toContain('- Gatehouse 1.2.3, Electron 45, linux');
  expect(written).toContain('- Secrets rest: environment-key');
  expect(written).toContain('"redirect":"automatic"');
  expect(written).toContain('- Policy: none');
  expect(written).toContain('- Accounts: 1 granted');
  expect(written).toContain('- Registrations: 1 dynamic');
  expect(written).toContain(`- ${new URL(server.url).host}: consent granted; connections: 1 connected`);
  expect(written).toContain('- at start: file-set-aside:');
  expect(written).toMatch(/ refresh: [a-z-]+: .*127\.0\.0\.1/);
  expect(written).toMatch(/ sign-in succeeded, \d+ ms/);
  expect(written).toMatch(/ refresh failed \([a-z-]+\), \d+ ms/);
});

test('no secret and no person', async () => {
  const { account, secrets, text } = await diagnosed();
  const written = text();
  for (const secret of [secrets.accessToken, secrets.refreshToken, account.label]) {
    expect(secret).toBeTruthy();
    expect(written).not.toContain(secret);
  }
});

test('what a server said can’t become markup, a heading or a secret', async () => {
  const { snapshot } = await diagnosed();
  const problem = makeProblem(
    'call-refused',
    { tool: 't', message: 'm' },
    '\n# Forged <b>[x](javascript:x) access_token=abcdefgh12345678',
  );
  const traces = [
    {
      id: 'a',
      kind: 'call',
      title: '',
      serverId: null,
      accountId: null,
      startedAt: 1,
      endedAt: 2,
      outcome: 'failed',
      problem,
    },
  ] as const;
  const written = diagnosticsAsMarkdown({ snapshot, traces, now: 0 });
  expect(written).not.toMatch(/^# Forged/m);
  expect(written).not.toContain('<b>');
  expect(written).not.toContain('abcdefgh12345678');
});
