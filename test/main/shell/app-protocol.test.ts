import { mkdir, writeFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import type { CustomScheme, Protocol } from 'electron';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contentSecurityPolicy,
  declareAppScheme,
  fileNameOf,
  serveApp,
} from '../../../src/main/shell/app-protocol.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** What the app's protocol answers, from a folder with a page, a script and a file of no known type. */
async function serving() {
  const folder = join(await temporaryFolder(), 'renderer');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), 'page');
  await writeFile(join(folder, 'assets', 'start-B1.js'), 'script');
  await writeFile(join(folder, 'assets', 'notes.txt'), 'secret');
  await writeFile(join(folder, '..', 'beside.html'), 'secret');
  let handler: ((request: Request) => Response | Promise<Response>) | undefined;
  serveApp(
    {
      handle: (_scheme: string, handle: typeof handler) => {
        handler = handle;
      },
    } as Pick<Protocol, 'handle'>,
    folder,
  );
  return (url: string, init?: RequestInit) =>
    // A `Request` of Node's takes no address with credentials; Electron's could hold one.
    Promise.resolve(handler?.({ url, method: init?.method ?? 'GET' } as Request) ?? Response.error());
}

test('the page, at its address and at the root, and what it loads', async () => {
  const ask = await serving();
  expect(await (await ask('app://gatehouse/')).text()).toBe('page');
  expect(await (await ask('app://gatehouse/index.html?a=b#c')).text()).toBe('page');
  const script = await ask('app://gatehouse/assets/start-B1.js');
  expect(await script.text()).toBe('script');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

test('reading only: any other method finds nothing', async () => {
  const ask = await serving();
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
    expect((await ask('app://gatehouse/index.html', { method })).status).toBe(404);
  }
});

test('a file that is there, of a type the app has no use for, is not', async () => {
  expect((await (await serving())('app://gatehouse/assets/notes.txt')).status).toBe(404);
});

test('every answer carries the policy, also an empty one', async () => {
  const ask = await serving();
  for (const url of ['app://gatehouse/index.html', 'app://gatehouse/none.html', 'app://other/', 'nonsense']) {
    const { headers } = await ask(url);
    expect([url, headers.get('content-security-policy')]).toEqual([url, contentSecurityPolicy]);
    expect([url, headers.get('x-content-type-options')]).toEqual([url, 'nosniff']);
  }
});

test('no address at all, however it is spelled, leads out of the folder', async () => {
  const folder = `${sep}app${sep}renderer`;
  const part = fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2f',
    '%5c',
    '\\',
    '/',
    'assets',
    'index.html',
    ':',
    '\0',
    '',
  );
  const path = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 8 });
  fc.assert(
    fc.property(path, fc.constantFrom('/', '', '\\'), (parts, between) => {
      const name = fileNameOf(`app://gatehouse/${parts.join(between)}`);
      if (name === null) return;
      expect(normalize(join(folder, name)).startsWith(folder + sep)).toBe(true);
      expect(name).toMatch(/^(assets\/)?[\w.-]+$/);
      expect(name).not.toContain('..');
    }),
    { numRuns: 5000 },
  );
});

test('the policy allows the app’s own files, and nothing inline but positions and sizes', () => {
  expect(contentSecurityPolicy).toMatch(/^default-src 'none'; /);
  expect(contentSecurityPolicy).not.toMatch(/unsafe-eval|https?:|\*|blob:|script-src[^;]*unsafe/);
  expect(contentSecurityPolicy.match(/'unsafe-inline'/g)).toEqual(["'unsafe-inline'"]);
  expect(contentSecurityPolicy).toContain("style-src-attr 'unsafe-inline'");
});

test('the scheme is a secure origin, with no privilege beyond what it needs', () => {
  const declared: CustomScheme[] = [];
  declareAppScheme({ registerSchemesAsPrivileged: (schemes) => declared.push(...schemes) });
  expect(declared).toEqual([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
});
