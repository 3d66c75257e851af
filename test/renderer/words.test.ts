import { describe, expect, test } from 'vitest';
import { problemText } from '../../src/renderer/components/problem-text.ts';
import { compareScopes } from '../../src/renderer/components/scope-comparison.ts';
import { initialOf, visibleLines } from '../../src/renderer/components/visible-lines.ts';
import { groupByIssuer } from '../../src/renderer/features/accounts/group-accounts.ts';
import { looksComplete } from '../../src/renderer/features/add-server/address.ts';
import { draftOfSettings, settingsOfDraft } from '../../src/renderer/features/server/settings-draft.ts';
import { shownSignIns, withReplaced } from '../../src/renderer/features/sign-in/shown-sign-ins.ts';
import { stepState } from '../../src/renderer/features/sign-in/steps.ts';
import { type MachineGrant, type ServerSettings, serverSettings } from '../../src/shared/domain/server.ts';
import { makeProblem, type ProblemCode, problemCatalogue } from '../../src/shared/problems.ts';
import { aSignIn, aWorkday, defaultSettings, NOW } from '../screens/fixtures.ts';

describe('a problem in words', () => {
  test.each(Object.keys(problemCatalogue) as ProblemCode[])('%s', (code) => {
    const { sentence, advice, severity } = problemText(makeProblem(code));
    expect(sentence).toMatch(/[.?!]$/);
    expect(advice).toMatch(/[.?!]$/);
    expect(['error', 'warning', 'information']).toContain(severity);
  });

  test('parameters are inert, even when the main process let them through', () => {
    const { sentence } = problemText({
      code: 'host-not-found',
      params: { host: 'evil\u202egpj.example\u0007' },
      detail: null,
      traceId: null,
    });
    expect(sentence).toBe('The name evil\\u{202e}gpj.example\\u{7} could not be found.');
  });
});

describe('text from outside', () => {
  test('keeps its lines and tabs, and nothing else that can’t be seen', () => {
    expect(visibleLines('a\r\n\tb\u200b\u0000', 100)).toBe('a\n\tb\\u{200b}\\u{0}');
    expect(visibleLines('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });

  test('gives a tile one letter', () => {
    expect(initialOf('  linear')).toBe('L');
    expect(initialOf('(work)')).toBe('W');
    expect(initialOf('שרת')).toBe('ש');
    expect(initialOf('')).toBe('•');
    // Joined by a sign that is not seen.
    expect(initialOf('👩🏽\u200d🚀 crew')).toBe('👩');
    expect(initialOf('\u202e\u200b')).toBe('•');
  });
});

describe('scopes asked and granted', () => {
  const kinds = (requestedScopes: string[] | null, grantedScopes: string[] | null, wanted: string[] = []) =>
    compareScopes({ requestedScopes, grantedScopes }, wanted).map(({ scope, kind }) => `${scope} ${kind}`);

  test('shows what is missing, what is more and what the server wants', () => {
    expect(kinds(['a', 'b'], ['b', 'c'], ['b', 'd'])).toEqual([
      'a withheld',
      'b granted',
      'c extra',
      'd wanted',
    ]);
  });

  test('what the issuer does not mention was granted as asked (RFC 6749 §5.1)', () => {
    expect(kinds(['a'], null)).toEqual(['a granted']);
  });

  test('a refresh token given without its scope is nothing missing', () => {
    expect(kinds(['a', 'offline_access'], ['a'])).toEqual(['a granted']);
  });

  test('nothing asked means nothing is more than asked', () => {
    expect(kinds(null, ['a'])).toEqual(['a granted']);
    expect(kinds(null, null)).toEqual([]);
  });
});

describe('the address field', () => {
  test.each([
    'https://mcp.example.com/mcp',
    'http://localhost:3000',
    'http://127.0.0.1/x',
    'https://[::1]/mcp',
  ])('%s is worth asking about', (address) => expect(looksComplete(address)).toBe(true));
  test.each(['', 'https://', 'https://mcp', 'mcp.example.com', 'javascript:alert(1)', 'https://a b.example'])(
    '“%s” is not, yet',
    (address) => expect(looksComplete(address)).toBe(false),
  );
});

describe('the steps of a sign-in', () => {
  test('a failure is shown on the step where it happened', () => {
    expect(stepState('register', 'browser', 'failed')).toBe('done');
    expect(stepState('browser', 'browser', 'failed')).toBe('failed');
    expect(stepState('token', 'browser', 'failed')).toBe('waiting');
    expect(stepState('browser', 'browser', 'cancelled')).toBe('stopped');
    expect(stepState('connect', 'connect', 'succeeded')).toBe('done');
  });

  test('an attempt that is over makes room for the next one', () => {
    const failed = { kind: 'failed', problem: makeProblem('consent-denied') } as const;
    const signIns = [
      aSignIn({ id: 'first', serverId: 'a', status: failed, startedAt: NOW - 2000 }),
      aSignIn({ id: 'second', serverId: 'a', startedAt: NOW - 1000 }),
      aSignIn({
        id: 'other-account',
        serverId: 'a',
        accountId: 'ada',
        status: failed,
        startedAt: NOW - 3000,
      }),
      aSignIn({ id: 'other-server', serverId: 'b', startedAt: NOW }),
    ];
    expect(shownSignIns(signIns, 'a').map(({ id }) => id)).toEqual(['second', 'other-account']);
  });

  test('an attempt is dismissed with those it replaced, so that none of them comes back', () => {
    const failed = { kind: 'failed', problem: makeProblem('consent-denied') } as const;
    const last = aSignIn({
      id: 'last',
      serverId: 'a',
      status: { kind: 'succeeded', accountId: 'ada' },
      startedAt: NOW,
    });
    const signIns = [
      aSignIn({ id: 'first', serverId: 'a', status: failed, startedAt: NOW - 2000 }),
      aSignIn({ id: 'running', serverId: 'a', startedAt: NOW - 1000 }),
      aSignIn({ id: 'newer', serverId: 'a', status: failed, startedAt: NOW + 1000 }),
      aSignIn({
        id: 'other-account',
        serverId: 'a',
        accountId: 'ada',
        status: failed,
        startedAt: NOW - 3000,
      }),
      aSignIn({ id: 'other-server', serverId: 'b', status: failed, startedAt: NOW - 3000 }),
      last,
    ];
    expect(withReplaced(signIns, last).map(({ id }) => id)).toEqual(['first', 'last']);
  });
});

test('accounts are grouped by issuer as a string', () => {
  const { accounts, registrations } = aWorkday();
  const groups = groupByIssuer(accounts, registrations);
  const github = groups.find(({ issuer }) => issuer === 'https://github.example/login/oauth');
  expect(github?.accounts).toHaveLength(2);
  expect(github?.registrations).toHaveLength(2);
});

describe('the settings of a server', () => {
  const full = serverSettings.parse({
    clientId: 'abc',
    clientAuthentication: 'client_secret_post',
    scopes: ['a', 'b'],
    resource: { mode: 'fixed', value: 'https://x.example/' },
    issuerPin: 'https://issuer.example',
    assumeS256: true,
    redirect: 'loopback',
    loopbackPort: 49152,
    requestTimeoutSeconds: 5,
  });

  const machineGrants: readonly MachineGrant[] = [
    { kind: 'client-credentials' },
    {
      kind: 'identity-assertion',
      identityProvider: 'https://idp.example',
      identityProviderClientId: 'at-idp',
    },
    { kind: 'workload-identity', tokenFile: '/var/run/secrets/token' },
  ];

  test.each<[string, ServerSettings]>([
    ['the defaults', defaultSettings],
    ['all of them', full],
    ...machineGrants.map((machineGrant): [string, ServerSettings] => [
      `those of ${machineGrant.kind}`,
      { ...full, machineGrant },
    ]),
  ])('%s survive the form', (_, { headers: _elsewhere, ...settings }) => {
    expect(settingsOfDraft(draftOfSettings(settings))).toEqual({
      ok: true,
      settings,
      clientSecret: undefined,
      identityToken: undefined,
    });
  });

  test('a machine needs a client ID, and all that its grant is made of', () => {
    const draft = draftOfSettings(defaultSettings);
    expect(settingsOfDraft({ ...draft, machine: 'client-credentials' })).toEqual({
      ok: false,
      errors: { clientId: 'needed' },
    });
    expect(settingsOfDraft({ ...draft, clientId: 'id', machine: 'workload-identity' })).toEqual({
      ok: false,
      errors: { tokenFile: 'needed' },
    });
    expect(
      settingsOfDraft({ ...draft, clientId: 'id', machine: 'identity-assertion', identityProvider: 'idp' }),
    ).toEqual({ ok: false, errors: { identityProvider: 'url', identityProviderClientId: 'needed' } });
  });

  test('a secret is set, deleted or left alone', () => {
    const draft = draftOfSettings(full);
    expect(settingsOfDraft({ ...draft, clientSecret: 's' })).toMatchObject({ clientSecret: 's' });
    expect(settingsOfDraft({ ...draft, deleteSecret: true })).toMatchObject({ clientSecret: null });
    expect(settingsOfDraft({ ...draft, identityToken: ' id.to.ken ' })).toMatchObject({
      identityToken: 'id.to.ken',
    });
    expect(settingsOfDraft({ ...draft, deleteIdentityToken: true })).toMatchObject({ identityToken: null });
  });

  test('what can’t be read is refused beside its field', () => {
    const draft = {
      ...draftOfSettings(full),
      issuerPin: 'github',
      loopbackPort: '70000',
      requestTimeoutSeconds: '',
    };
    expect(settingsOfDraft(draft)).toEqual({
      ok: false,
      errors: { issuerPin: 'url', loopbackPort: 'port', requestTimeoutSeconds: 'timeout' },
    });
  });
});
