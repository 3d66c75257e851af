import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy, PolicyState } from '../../../src/main/policy/policy-file.ts';
import { PolicyGuard } from '../../../src/main/policy/policy-guard.ts';
import { serverEntry } from '../../support/entries.ts';

const inForce = (policy: Omit<Policy, 'version'>): PolicyState => ({
  kind: 'in-force',
  path: '/etc/gatehouse/policy.json',
  policy: { version: 1, ...policy },
});
const guardOf = (policy: Omit<Policy, 'version'>) => new PolicyGuard(inForce(policy));
const nobody = new PolicyGuard({ kind: 'none' });
const broken = new PolicyGuard({
  kind: 'broken',
  path: '/etc/gatehouse/policy.json',
  reason: 'it is not JSON',
});

/** The code of the problem a call throws; null when it throws none. */
function codeOf(call: () => void): string | null {
  try {
    call();
    return null;
  } catch (error) {
    return (error as { problem: { code: string } }).problem.code;
  }
}

const servers = ['mcp.example.com', '*.corp.example', '*.lab.example:8443', 'localhost:9000', '[::1]'];

test.each([
  ['https://mcp.example.com/mcp', true],
  ['https://mcp.example.com:8443/mcp', true],
  ['https://evil-mcp.example.com/mcp', false],
  ['https://example.com/', false],
  ['https://a.corp.example/', true],
  ['https://a.b.corp.example/', true],
  // A host is no host below itself, and a longer name is another host.
  ['https://corp.example/', false],
  ['https://evilcorp.example/', false],
  ['https://a.corp.example.evil.test/', false],
  ['https://a.lab.example:8443/', true],
  ['https://a.lab.example/', false],
  ['http://localhost:9000/', true],
  ['http://localhost:9001/', false],
  ['http://[::1]:7000/mcp', true],
  ['https://user-corp.example@evil.test/', false],
])('allowed servers: %s → %s', (url, allowed) => {
  const code = codeOf(() => guardOf({ allowedServers: servers }).admitAddress(new URL(url)));
  expect(code).toBe(allowed ? null : 'policy-server-refused');
});

test('a pattern with a port means the scheme’s own port too', () => {
  const guard = guardOf({ allowedServers: ['mcp.example.com:443'] });
  expect(codeOf(() => guard.admitAddress(new URL('https://mcp.example.com/')))).toBeNull();
  expect(codeOf(() => guard.admitAddress(new URL('https://mcp.example.com:444/')))).toBe(
    'policy-server-refused',
  );
});

test('issuers are held to their own list', () => {
  const guard = guardOf({ allowedIssuers: ['login.example.com'] });
  expect(codeOf(() => guard.admitIssuer('https://login.example.com/realms/x'))).toBeNull();
  for (const issuer of ['https://login.example.com.evil.test', 'https://other.example', 'no address']) {
    expect(codeOf(() => guard.admitIssuer(issuer))).toBe('policy-issuer-refused');
  }
  expect(codeOf(() => guard.admitAddress(new URL('https://anything.example')))).toBeNull();
});

test('an empty list allows nothing, and no list allows everything', () => {
  expect(
    codeOf(() => guardOf({ allowedServers: [] }).admitAddress(new URL('https://a.example'))),
  ).not.toBeNull();
  expect(codeOf(() => guardOf({ allowedIssuers: [] }).admitIssuer('https://a.example'))).not.toBeNull();
  expect(codeOf(() => guardOf({}).admitAddress(new URL('https://a.example')))).toBeNull();
});

test('a forced server is allowed whatever the list says, and stays', () => {
  const guard = guardOf({
    allowedServers: [],
    forcedServers: [{ name: 'Tickets', url: 'https://t.example/mcp' }],
  });
  expect(codeOf(() => guard.admitAddress(new URL('https://t.example/mcp')))).toBeNull();
  expect(codeOf(() => guard.admitAddress(new URL('https://t.example/other')))).toBe('policy-server-refused');
  expect(codeOf(() => guard.mayGo(serverEntry({ url: 'https://t.example/mcp' })))).toBe('policy-locked');
  expect(codeOf(() => guard.mayGo(serverEntry({ url: 'https://u.example/mcp' })))).toBeNull();
  const [forced] = guard.forced;
  expect(forced).toMatchObject({ name: 'Tickets', id: expect.stringMatching(/^managed-[0-9a-f]{24}$/) });
  expect(guardOf({ forcedServers: [{ name: 'Renamed', url: 'https://T.example/mcp' }] }).forced[0]?.id).toBe(
    forced?.id,
  );
});

test('programs on this computer can be refused', () => {
  expect(codeOf(() => guardOf({ localCommands: false }).admitCommands())).toBe('policy-commands-refused');
  expect(codeOf(() => guardOf({}).admitCommands())).toBeNull();
});

const tickets = String.raw`C:\Program Files\Tickets\mcp.exe`;
test.each([
  ['/usr/local/bin/tickets-mcp', true],
  ['/usr/local/bin/Tickets-MCP', false],
  ['/usr/local/bin/../bin/tickets-mcp', false],
  ['/usr/local/bin/tickets-mcp/x', false],
  ['tickets-mcp', false],
  ['', false],
  [tickets, true],
  [String.raw`c:\PROGRAM FILES\Tickets\MCP.EXE`, true],
  ['C:/Program Files/Tickets/mcp.exe', true],
  [String.raw`C:\Program Files\Tickets\..\Other\mcp.exe`, false],
  [String.raw`C:\Program Files\Tickets\mcp.exe.bat`, false],
  ['mcp.exe', false],
])('allowed programs: %s → %s', (program, allowed) => {
  const guard = guardOf({ allowedPrograms: ['/usr/local/bin/tickets-mcp', tickets] });
  expect(codeOf(() => guard.admitProgram(program))).toBe(allowed ? null : 'policy-program-refused');
  const refusing = guardOf({
    allowedPrograms: ['/usr/local/bin/tickets-mcp', tickets],
    localCommands: false,
  });
  expect(codeOf(() => refusing.admitProgram(program))).toBe('policy-commands-refused');
  expect(codeOf(() => guardOf({ allowedPrograms: [] }).admitProgram(program))).toBe('policy-program-refused');
  expect(codeOf(() => guardOf({}).admitProgram(program))).toBeNull();
  expect(codeOf(() => broken.admitProgram(program))).toBe('policy-broken');
});

test('with updates off the setting is decided: the same value passes, another does not', () => {
  const guard = guardOf({ updates: 'off' });
  expect(guard.settings).toEqual({ updateChecks: false });
  expect(codeOf(() => guard.mayChange({ updateChecks: true }))).toBe('policy-locked');
  expect(codeOf(() => guard.mayChange({ updateChecks: false, theme: 'dark' }))).toBeNull();
});

test('a broken file refuses everything that is new, and looks for no updates', () => {
  const refused = [
    () => broken.ready(),
    () => broken.admitAddress(new URL('https://a.example')),
    () => broken.admitIssuer('https://a.example'),
    () => broken.admitCommands(),
    () => broken.admitServer(serverEntry()),
  ];
  for (const call of refused) expect(codeOf(call)).toBe('policy-broken');
  expect(broken.notice).toMatchObject({
    code: 'policy-broken',
    params: { path: '/etc/gatehouse/policy.json', reason: 'it is not JSON' },
  });
  expect(broken.settings).toEqual({ updateChecks: false });
  expect(broken.view([])).toMatchObject({ broken: 'it is not JSON', updatesOff: true });
});

test('nobody’s computer has no rules', () => {
  expect(nobody.view([])).toBeNull();
  expect(nobody.notice).toBeNull();
  expect(nobody.settings).toEqual({});
  expect(codeOf(() => nobody.admitServer(serverEntry()))).toBeNull();
});

test('the interface is told who decided what', () => {
  const guard = guardOf({
    organization: 'Example Corp IT',
    vault: 'memory-only',
    forcedServers: [{ name: 'T', url: 'https://mcp.example/mcp' }],
  });
  expect(
    guard.view([serverEntry({ id: 'forced' }), serverEntry({ id: 'free', url: 'https://u.example/mcp' })]),
  ).toEqual({
    path: '/etc/gatehouse/policy.json',
    organization: 'Example Corp IT',
    broken: null,
    allowedServers: null,
    allowedIssuers: null,
    localCommands: true,
    allowedPrograms: null,
    forcedServers: ['forced'],
    memoryOnly: true,
    updatesOff: false,
  });
});

test('no host is allowed that is neither on the list nor below a host on it', () => {
  const label = fc
    .string({ unit: fc.constantFrom(...'abc-1'), minLength: 1, maxLength: 4 })
    .filter((one) => /^[a-z].*[a-z1]$|^[a-z]$/.test(one));
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.test`);
  fc.assert(
    fc.property(
      host,
      fc.array(host, { maxLength: 3 }),
      fc.array(host, { maxLength: 3 }),
      (asked, exact, parents) => {
        const guard = guardOf({ allowedServers: [...exact, ...parents.map((one) => `*.${one}`)] });
        const allowed = codeOf(() => guard.admitAddress(new URL(`https://${asked}/`))) === null;
        expect(allowed).toBe(
          exact.includes(asked) || parents.some((one) => asked !== one && asked.endsWith(`.${one}`)),
        );
      },
    ),
    { numRuns: 2000 },
  );
});
