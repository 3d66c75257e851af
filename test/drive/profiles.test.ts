import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ProfileName, startProfile } from '../sandbox/profiles/catalogue.ts';
import type { PlainSandbox, ProfileOptions } from '../sandbox/profiles/profile.ts';
import { type QuirkName, quirkNames } from '../sandbox/profiles/sloppy.ts';
import { TEST_KEY } from '../support/core.ts';
import { temporaryFolder } from '../support/folder.ts';
import { tapWire } from '../support/wire.ts';
import { type DriveWorld, drive, exitCodes } from './drive.ts';
import { parseOptions } from './options.ts';

type Line = { event: string } & Record<string, unknown>;

interface Run {
  code: number;
  lines: Line[];
  /** Codes of the problems told. */
  problems: unknown[];
  /** The traces as JSON text. */
  trace: string;
}

async function profile(name: ProfileName, options: ProfileOptions = {}): Promise<PlainSandbox> {
  const sandbox = await startProfile(name, { consent: 'auto', ...options });
  onTestFinished(() => sandbox.close());
  return sandbox as PlainSandbox;
}

/** A run in this process, with its trace; in a profile of its own unless one is given. */
async function driven(argv: string[], world: Partial<DriveWorld> = {}): Promise<Run> {
  const folder = world.folder ?? (await temporaryFolder());
  const trace = join(folder, 'trace.json');
  const lines: Line[] = [];
  const code = await drive(parseOptions([...argv, '--trace', trace]), {
    folder,
    key: TEST_KEY,
    print: (line) => lines.push(line as Line),
    fetch,
    clientMetadataUrl: null,
    ...world,
  });
  const problems = lines.flatMap(({ event, code: problem }) => (event === 'problem' ? [problem] : []));
  return { code, lines, problems, trace: await readFile(trace, 'utf8') };
}

const of = ({ lines }: Run, event: string) => lines.filter((line) => line.event === event);

/** Signs in, lists, calls, renews and signs out; all of it works, and a person is named. */
async function wholeRun({ mcpUrl }: PlainSandbox, argv: string[] = [], world: Partial<DriveWorld> = {}) {
  const run = await driven(
    [mcpUrl, '--list', '--call', 'whoami', '--refresh', '--sign-out', '--accounts', ...argv],
    world,
  );
  expect(run.problems).toEqual([]);
  expect(run.code).toBe(exitCodes.done);
  expectToolsAndPerson(run);
  expect(of(run, 'refresh')).toMatchObject([{ outcome: 'renewed', state: 'live' }]);
  expect(of(run, 'sign-out')).toHaveLength(1);
  expect(of(run, 'account')).toEqual([]);
  return run;
}

/** The same for systems that renew nothing. */
async function wholeRunWithoutRenewal({ mcpUrl }: PlainSandbox, argv: string[] = []) {
  const run = await driven([mcpUrl, '--list', '--call', 'whoami', '--sign-out', '--accounts', ...argv]);
  expect(run.problems).toEqual([]);
  expect(run.code).toBe(exitCodes.done);
  expectToolsAndPerson(run);
  expect(of(run, 'account')).toEqual([]);
  return run;
}

function expectToolsAndPerson(run: Run): void {
  expect(of(run, 'tools')[0]?.tools).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: 'whoami' })]),
  );
  expect(JSON.stringify(of(run, 'result'))).toContain('Alice Example');
}

const revocationOf = (run: Run) => of(run, 'sign-out').map(({ revocation }) => revocation);

describe('xp', () => {
  test('registers, signs in, lists, calls, renews and signs out', async () => {
    const sandbox = await profile('xp');
    const run = await wholeRun(sandbox);
    expect(revocationOf(run)).toEqual(['not-offered']);
    expect(sandbox.count({ path: '/oauth/token', grantType: 'refresh_token' })).toBe(1);
  });

  test('without registration it says that a client ID is wanted, and works with one', async () => {
    const sandbox = await profile('xp', { variant: 'no-registration' });
    const refused = await driven([sandbox.mcpUrl]);
    expect(refused.code).toBe(exitCodes.signInFailed);
    expect(of(refused, 'problem')).toMatchObject([
      { code: 'registration-not-offered', remedy: 'enter-client-id' },
    ]);
    await wholeRun(sandbox, ['--client-id', String(sandbox.notes.clientId)]);
  });
});

describe('gateway', () => {
  test.each([undefined, 'no-resource-metadata'])(
    'signs in behind its facade, lists, calls and signs out (variant %s)',
    async (variant) => {
      const sandbox = await profile('gateway', { variant });
      const run = await wholeRunWithoutRenewal(sandbox);
      expect(run.trace).toContain('The status is 200, the specification says 201');
      expect(sandbox.count({ host: 'elsewhere', path: '/login/oauth/authorize' })).toBe(1);
      expect(sandbox.count({ path: '/oauth/token' })).toBe(1);
    },
  );

  test('without a refresh token a renewal is no request but an honest problem', async () => {
    const sandbox = await profile('gateway');
    const { code, problems } = await driven([sandbox.mcpUrl, '--refresh']);
    expect(code).toBe(exitCodes.done);
    expect(problems).toEqual(['refresh-not-offered']);
    expect(sandbox.count({ path: '/oauth/token' })).toBe(1);
  });
});

/** The client the sandbox knows beforehand, as a person would enter it. */
async function clientOf({ notes }: PlainSandbox, keyFormat: 'jwk' | 'pem' = 'jwk'): Promise<string[]> {
  const { clientId, clientSecret, tokenEndpointAuthMethod, privateJwk, privateKeyPem } = notes;
  const known = ['--client-id', String(clientId), '--client-auth', String(tokenEndpointAuthMethod)];
  if (clientSecret) return [...known, '--client-secret', String(clientSecret)];
  const file = join(await temporaryFolder(), 'client-key');
  await writeFile(file, keyFormat === 'jwk' ? JSON.stringify(privateJwk) : String(privateKeyPem));
  return [...known, '--client-key', file];
}

describe('php-sdk', () => {
  const table = ['keycloak', 'entra', 'auth0', 'okta'].flatMap((shape) =>
    ['jwks', 'introspection'].flatMap((check) =>
      ['client_secret_basic', 'client_secret_post', 'private_key_jwt'].map((method) => ({
        shape,
        check,
        method,
      })),
    ),
  );

  test.each(table)('$shape, $check, $method', async ({ shape, check, method }) => {
    const sandbox = await profile('php-sdk', { variant: `${shape},${check},${method}` });
    const run = await wholeRun(sandbox, await clientOf(sandbox));
    expect(revocationOf(run)).toEqual(['confirmed']);
    // Gatehouse asks once who signed in, in up to three ways to prove itself; a server asks with every request.
    expect(sandbox.count({ path: /introspect$/ }) > 3).toBe(check === 'introspection');
    expect(sandbox.count({ path: /clients$/ })).toBe(0);
  });

  test('the key may be a PKCS #8 PEM', async () => {
    const sandbox = await profile('php-sdk', { variant: 'keycloak,private_key_jwt' });
    await wholeRun(sandbox, await clientOf(sandbox, 'pem'));
  });

  test('a key file that holds no key is a usage error', async () => {
    const sandbox = await profile('php-sdk', { variant: 'private_key_jwt' });
    const file = join(await temporaryFolder(), 'no-key');
    await writeFile(file, '{}');
    const run = await driven([sandbox.mcpUrl, '--client-id', 'php-sdk-client', '--client-key', file]);
    expect(run.code).toBe(exitCodes.usage);
    expect(run.problems).toEqual(['client-authentication-unsupported']);
  });

  test('entra-strict is refused as it is, and works with both overrides', async () => {
    const sandbox = await profile('php-sdk', { variant: 'entra-strict' });
    const client = await clientOf(sandbox);
    expect((await driven([sandbox.mcpUrl, ...client])).problems).toEqual(['s256-missing']);
    const run = await wholeRun(sandbox, [...client, '--assume-s256', '--resource', 'omit']);
    expect(revocationOf(run)).toEqual(['confirmed']);
    // Both are told as deviations.
    const told = JSON.stringify(of(run, 'sign-in'));
    expect(told).toContain('leave the resource parameter out');
    expect(told).toContain('S256');
  });
});

describe('python-sdk', () => {
  test.each([undefined, 'combined'])(
    'registers with a secret, signs in, lists, calls, renews and signs out (variant %s)',
    async (variant) => {
      const sandbox = await profile('python-sdk', { variant });
      const run = await wholeRun(sandbox);
      expect(revocationOf(run)).toEqual(['confirmed']);
      expect(sandbox.count({ path: '/introspect' })).toBeGreaterThan(1);
    },
  );
});

describe('modern', () => {
  test('is known by our metadata document, and all the rest works', async () => {
    const sandbox = await profile('modern');
    const run = await wholeRun(sandbox, [], { clientMetadataUrl: 'https://gatehouse.example/client.json' });
    expect(revocationOf(run)).toEqual(['confirmed']);
    expect(sandbox.count({ path: '/register' })).toBe(0);
  });

  test('registers where we have no metadata document', async () => {
    const sandbox = await profile('modern');
    await wholeRun(sandbox);
    expect(sandbox.count({ method: 'POST', path: '/register' })).toBe(1);
  });
});

describe('sloppy', () => {
  const status = (was: number, should: number) => `The status is ${was}, the specification says ${should}`;
  /** What the trace says about each habit; null where there is nothing to mend, only nothing to stumble over. */
  const notes: Record<QuirkName, string | null> = {
    'registration-200': status(200, 201),
    'token-201': status(201, 200),
    'secret-without-expiry': 'client_secret_expires_at is missing or no number',
    'secret-null': 'Dropped null: client_secret.',
    'secret-empty': 'Dropped empty: client_secret.',
    'nulls-everywhere': 'Dropped null: id_token, error, error_description.',
    'scope-array': 'scope has the wrong type',
    'expires-in-string': 'expires_in is a string, not a number',
    'expires-in-null': 'Dropped null: expires_in.',
    'expires-in-negative': 'expires_in is -1; taken as unknown.',
    'expires-in-zero': 'expires_in is 0; taken as unknown.',
    'no-expires-in': null,
    'refresh-token-empty': 'Dropped empty: refresh_token.',
    'no-refresh-token': null,
    'token-type-missing': 'token_type is missing; sent as Bearer.',
    'token-type-upper': null,
    'token-type-odd': 'token_type is \\"access_token\\"; sent as Bearer.',
    'token-form-encoded': 'The answer is form-encoded, not JSON',
    'token-error-200': 'The status is 200 although the body is an error',
    'token-error-wrong-type': 'The content type is text/html, not application/json',
    'token-error-500': 'The status is 500 although invalid_grant is a client',
    'token-error-challenge': 'WWW-Authenticate stands beside an OAuth error',
    'token-error-empty': null,
    'odd-id-token': null,
    'revocation-204': status(204, 200),
    'basic-raw-secret': 'client_secret_basic was refused; trying client_secret_basic without encoding once.',
    'basic-refused': 'was refused; trying client_secret_post once.',
    'metadata-without-response-types': null,
    'metadata-without-jwks': null,
    'well-known-redirect': 'Redirected to /metadata/oauth of the same origin; followed.',
    'well-known-html': 'This is no authorization server metadata',
    'well-known-500': 'The OAuth error is server_error.',
    'well-known-broken-json': 'This is no authorization server metadata',
    'well-known-redirect-elsewhere': 'redirect-refused',
    'issuer-slash': 'one slash apart, accepted.',
    'session-gone-400': null,
    'session-gone-503': null,
    'bare-challenge': null,
  };
  const failing = quirkNames.filter((name) => name.startsWith('token-error-'));
  const refreshless: QuirkName[] = ['refresh-token-empty', 'no-refresh-token'];
  const gone = quirkNames.filter((name) => name.startsWith('session-gone-'));

  function expectNote({ trace }: Run, quirk: QuirkName): void {
    const note = notes[quirk];
    if (note !== null) expect(trace).toContain(note);
  }

  test.each(quirkNames.filter((name) => ![...failing, ...refreshless, ...gone].includes(name)))(
    '%s: signs in, lists, calls, renews and signs out, with a note',
    async (quirk) => {
      const sandbox = await profile('sloppy', { quirks: [quirk] });
      const run = await wholeRun(sandbox);
      expect(revocationOf(run)).toEqual(['confirmed']);
      expectNote(run, quirk);
    },
  );

  test.each(refreshless)('%s: all works but the renewal, which needs no request to fail', async (quirk) => {
    const sandbox = await profile('sloppy', { quirks: [quirk] });
    expectNote(await wholeRunWithoutRenewal(sandbox), quirk);
    sandbox.reset();
    const { code, problems } = await driven([sandbox.mcpUrl, '--refresh']);
    expect({ code, problems }).toEqual({ code: exitCodes.done, problems: ['refresh-not-offered'] });
    expect(sandbox.count({ grantType: 'refresh_token' })).toBe(0);
  });

  test.each(failing)('%s: all works, and a grant that was taken back is told as such', async (quirk) => {
    const sandbox = await profile('sloppy', { quirks: [quirk] });
    await wholeRun(sandbox);
    const folder = await temporaryFolder();
    expect((await driven([sandbox.mcpUrl], { folder })).code).toBe(exitCodes.done);
    // Connected while the token was still good; taken back before it is renewed.
    const wire = tapWire();
    wire.intercept = ({ body }) => {
      if (body.includes('grant_type=refresh_token')) sandbox.revokeAllGrants();
      return undefined;
    };
    const run = await driven([sandbox.mcpUrl, '--refresh'], { folder, fetch: wire.fetch });
    expect(run.code).toBe(exitCodes.signInFailed);
    // An empty answer names no error: nothing says that the grant is gone.
    expect(run.problems).toEqual([quirk === 'token-error-empty' ? 'token-refused' : 'grant-revoked']);
    expectNote(run, quirk);
  });

  test.each(gone)('%s: a session that is gone is opened again, once', async (quirk) => {
    const sandbox = await profile('sloppy', { quirks: [quirk] });
    const wire = tapWire();
    wire.intercept = ({ body }) => {
      if (body.includes('"tools/call"') && initialized() === 1) sandbox.server.dropSessions();
      return undefined;
    };
    const initialized = () => wire.exchanges.filter(({ body }) => body.includes('"initialize"')).length;
    await wholeRun(sandbox, [], { fetch: wire.fetch });
    expect(initialized()).toBe(2);
  });
});
