import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { followLink } from '../../../src/main/follow-link.ts';
import {
  DeepLinks,
  isSchemeHandler,
  linkCommand,
  registerScheme,
} from '../../../src/main/shell/deep-links.ts';
import type { KnownDeepLink } from '../../../src/shared/deep-link.ts';
import { callbackOf, sandboxForTest, startCore } from '../../support/core.ts';
import { until } from '../../support/time.ts';

const SCHEME = 'app.gatehouse.desktop';
const ADD = `${SCHEME}:/add-server?url=https%3A%2F%2Fmcp.example`;
const SHOW = `${SCHEME}:/server/server-1`;

/** The part of Electron's app that hands links over, and what it would do. */
function system(argv: readonly string[] = []) {
  const app = new EventEmitter();
  const links = new DeepLinks(app as unknown as Pick<App, 'on'>, argv);
  let prevented = 0;
  return {
    links,
    openUrl: (link: string) => app.emit('open-url', { preventDefault: () => (prevented += 1) }, link),
    secondInstance: (second: readonly string[]) => app.emit('second-instance', {}, second, '/', undefined),
    prevented: () => prevented,
  };
}

function heard(links: DeepLinks): KnownDeepLink[] {
  const taken: KnownDeepLink[] = [];
  links.listen((link) => taken.push(link));
  return taken;
}

test('the link a cold start brings waits until somebody listens', () => {
  const { links } = system(['/usr/bin/gatehouse', '--', ADD]);
  expect(heard(links)).toEqual([{ kind: 'add-server', url: 'https://mcp.example', name: null }]);
});

test('open-url is taken before and after somebody listens, and the system is told it was', () => {
  const mac = system(['/Applications/Gatehouse.app/Contents/MacOS/Gatehouse']);
  mac.openUrl(SHOW);
  const taken = heard(mac.links);
  mac.openUrl(ADD);
  expect(taken.map(({ kind }) => kind)).toEqual(['show-server', 'add-server']);
  expect(mac.prevented()).toBe(2);
});

test('a second instance hands its link over, before and after somebody listens', () => {
  const { links, secondInstance } = system(['gatehouse']);
  secondInstance(['gatehouse', '--allow-file-access-from-files', '--', SHOW]);
  const taken = heard(links);
  secondInstance(['gatehouse', '--', ADD]);
  secondInstance(['gatehouse']);
  expect(taken.map(({ kind }) => kind)).toEqual(['show-server', 'add-server']);
});

test('no more than 16 links wait, the first ones, and what means nothing takes no place', () => {
  const { links, openUrl } = system();
  for (let index = 0; index < 100; index += 1) openUrl(`${SCHEME}:/nothing/${index}`);
  for (let index = 0; index < 100; index += 1) openUrl(`${SCHEME}:/server/${index}`);
  expect(heard(links)).toEqual(
    Array.from({ length: 16 }, (_, index) => ({ kind: 'show-server', serverId: String(index) })),
  );
});

test.each([
  ['the same link twice', [SHOW, SHOW]],
  ['two links', [SHOW, ADD]],
  ['a link that broke out of its quotes and brought another', [SHOW, `"${ADD}"`]],
  ['one behind spaces and control characters', [SHOW, `\u0001 \t${ADD}`]],
  ['one with a line end inside its scheme', [SHOW, ADD.replace('gate', 'gate\n')]],
  ['one in capitals', [SHOW, ADD.toUpperCase()]],
  ['one before the switches end', [ADD, '--', SHOW]],
])('of several link-like arguments none is taken: %s', (_, argv) => {
  expect(heard(system(['gatehouse', ...argv]).links)).toEqual([]);
});

test('the command given to the system ends the switches before the link', () => {
  const packaged = linkCommand({ isPackaged: true, getAppPath: () => '/app' }, 'C:\\Gatehouse.exe');
  expect(packaged).toEqual({ program: 'C:\\Gatehouse.exe', args: ['--'] });
  const asked: unknown[] = [];
  const answer = (...given: unknown[]) => asked.push(given) > 0;
  const developed = linkCommand({ isPackaged: false, getAppPath: () => '/app' }, '/electron');
  registerScheme({ setAsDefaultProtocolClient: answer }, developed);
  isSchemeHandler({ isDefaultProtocolClient: answer }, developed);
  // What is asked about must be what was registered, or the answer is always no.
  expect(asked).toEqual([
    [SCHEME, '/electron', ['/app', '--']],
    [SCHEME, '/electron', ['/app', '--']],
  ]);
});

interface Argument {
  readonly text: string;
  /** What the argument asks for when it is the only link-like one; absent: it is no link of ours. */
  readonly means?: 'callback' | 'add' | 'show' | 'nothing';
}

const argument = (means: Argument['means']) => (text: string) => ({ text, means }) as Argument;
const token = fc.string({ unit: fc.constantFrom(...'abcdefXYZ0189-_~%+'), minLength: 1, maxLength: 20 });
const wellFormed = fc.oneof(
  token
    .map((code) => `${SCHEME}:/oauth/callback?${new URLSearchParams({ code, state: 'x' })}`)
    .map(argument('callback')),
  fc
    .webUrl()
    .map((url) => `${SCHEME}://add-server?${new URLSearchParams({ url })}`)
    .map(argument('add')),
  fc
    .constantFrom(SHOW, `${SCHEME}:///server/server-1/`, SHOW.replace(SCHEME, SCHEME.toUpperCase()))
    .map(argument('show')),
);
const malformed = fc
  .oneof(
    fc.constantFrom(
      `${SCHEME}:`,
      `${SCHEME}:/add-server`,
      `${SCHEME}:/add-server?url=a&url=b`,
      `${SCHEME}:/add-server?url=${'a'.repeat(2049)}`,
      `${SCHEME}:/server/../server-1/x`,
      `${SCHEME}:/server/another`,
      `${SCHEME}://user@oauth/callback?code=c`,
      `${SCHEME}:/oauth/callback?state=${'x'.repeat(20_000)}`,
      `${SCHEME}:/OAuth/Callback?code=c`,
      `"${SHOW}"`,
      `'${SHOW}'`,
    ),
    fc.string({ unit: 'binary' }).map((rest) => `${SCHEME}:/refused/${rest}`),
  )
  .map(argument('nothing'));
const harmless = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom(
      '--',
      '--inspect=0',
      '--gpu-launcher=sh',
      '-r',
      `--url=${SHOW}`,
      `${SCHEME}.evil:/server/server-1`,
    ),
    fc.constantFrom(`https://evil.example/?next=${SHOW}`, 'javascript:alert(1)', 'file:///etc/passwd'),
  )
  .map((text): Argument => ({ text }));
const commandLine = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: harmless },
    { weight: 2, arbitrary: wellFormed },
    { weight: 1, arbitrary: malformed },
  ),
  { maxLength: 5 },
);

test('10,000 links and command lines, malformed and hostile: the right action or none, never two, never a crash', async () => {
  const app = await startCore({ sandbox: await sandboxForTest(), browser: 'hold' });
  // A sign-in that waits for its browser must survive all of it.
  const server = await app.addServer();
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => app.visits.length === 1);
  const target = {
    desk: app.core.desk,
    events: app.core.events,
    servers: { get: (id: string) => (id === 'server-1' ? server : undefined) } as typeof app.core.servers,
  };
  const requests = app.wire.exchanges.length;
  const seen = { callback: 0, add: 0, show: 0 };
  const actions = () => ({
    callback: app.core.desk.strayCallbacks,
    add: app.payloads('show.add-server').length,
    show: app.payloads('show.server').length,
  });
  fc.assert(
    fc.property(commandLine, fc.constantFrom('cold', 'second', 'open-url'), (line, way) => {
      const before = actions();
      const texts = line.map(({ text }) => text);
      const links = line.filter(({ means }) => means !== undefined);
      // The system hands over one link by open-url, whatever it is; of arguments only a single one counts.
      const [only] = way === 'open-url' ? line.slice(0, 1) : links.length === 1 ? links : [];
      const run = system(way === 'cold' ? ['gatehouse', ...texts] : ['gatehouse']);
      run.links.listen((link) => followLink(target, link));
      if (way === 'second') run.secondInstance(['gatehouse', ...texts]);
      if (way === 'open-url' && texts[0] !== undefined) run.openUrl(texts[0]);
      const expected = { ...before };
      if (only?.means && only.means !== 'nothing') {
        expected[only.means] += 1;
        seen[only.means] += 1;
      }
      expect(actions()).toEqual(expected);
    }),
    { numRuns: 10_000 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(300);
  expect(app.core.servers.all()).toHaveLength(1);
  expect(app.wire.exchanges).toHaveLength(requests);
  expect(app.open(await callbackOf(app.visits[0]))).toBe(true);
  expect((await app.core.desk.ended(begun.id))?.status.kind).toBe('succeeded');
});
