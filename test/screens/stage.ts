import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Page } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { en } from '../../src/renderer/i18n/en.ts';
import type { EventName, EventPayload } from '../../src/shared/contract/events.ts';
import type { CallAnswer, CallName, CallOutput, ParsedInput } from '../../src/shared/contract/index.ts';
import { languages } from '../../src/shared/languages.ts';
import { problemCatalogue, problemOf } from '../../src/shared/problems.ts';
import { pseudoWords } from './pseudo-locale.ts';
import type { Spoken } from './speech.ts';

/** What the app's own protocol sends with every document. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

/**
 * Builds the renderer alone, as electron-vite would.
 * @param spoken `pseudo` puts the pseudo-locale in English's place
 * @returns gzipped bytes of the scripts that are loaded before the first screen is shown
 */
export async function buildRenderer(root: string, outDir: string, spoken: Spoken = 'en'): Promise<number> {
  const built = await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    plugins: [react(), ...(spoken === 'pseudo' ? [pseudoLocale()] : [])],
    build: { outDir, emptyOutDir: true, modulePreload: false, reportCompressedSize: false },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('expected one build');
  const chunks = new Map(
    built.output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
  );
  // Of the languages one is loaded, at most the largest.
  const sizes = new Map([...chunks].map(([name, { code }]) => [name, gzipSync(code).length]));
  const words = languages.map((language) =>
    [...chunks.values()]
      .filter(({ name }) => name === language || name === `problems-${language}`)
      .reduce((sum, { fileName }) => sum + (sizes.get(fileName) ?? 0), 0),
  );
  const loaded = new Set<string>();
  const load = (name: string) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const imported of chunks.get(name)?.imports ?? []) load(imported);
  };
  const first = ['start', 'languages'];
  for (const { fileName, isEntry, name } of chunks.values())
    if (isEntry || first.includes(name)) load(fileName);
  return [...loaded].reduce((sum, name) => sum + (sizes.get(name) ?? 0), Math.max(...words));
}

/** Puts the pseudo-locale in English's place. */
function pseudoLocale(): Plugin {
  return {
    name: 'pseudo-locale',
    enforce: 'pre',
    load(id) {
      if (id.endsWith('/i18n/en.ts')) return `export const en = ${JSON.stringify(pseudoWords(en))};`;
      if (!id.endsWith('/i18n/languages.ts')) return null;
      const words = pseudoWords(
        Object.fromEntries(
          Object.entries(problemCatalogue).map(([code, { sentence, advice }]) => [
            code,
            { sentence, advice },
          ]),
        ),
      );
      return readFileSync(id, 'utf8').replace('problems: null', `problems: ${JSON.stringify(words)}`);
    },
  };
}

/** Serves a folder on loopback with the app's content security policy. */
export async function serve(folder: string): Promise<{ origin: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    const file = join(folder, normalize(pathname === '/' ? '/index.html' : pathname));
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': CONTENT_SECURITY_POLICY,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Recorded answers of a main process; a thrown ProblemError is a failure, a promise that never ends is a wait. */
export type Answers = {
  [Name in CallName]?: (input: ParsedInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

export type Emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => Promise<void>;

export interface RecordedCall {
  name: string;
  input: unknown;
}

/** What is on its way to a page. */
export interface Activity {
  /** Grows with everything that sets out or arrives. */
  count(): number;
  /** Whether something that is about to arrive has not done so yet. */
  busy(): boolean;
}

/** Gives every document of a page a `window.gatehouse` whose answers come from here. */
export async function installBridge(
  page: Page,
  answers: () => Answers,
): Promise<{ emit: Emit; calls: RecordedCall[]; activity: Activity }> {
  const calls: RecordedCall[] = [];
  let count = 0;
  const underWay = new Set<unknown>();
  const begins = (one: unknown) => {
    count += 1;
    underWay.add(one);
  };
  const ends = (one: unknown) => {
    count += 1;
    underWay.delete(one);
  };
  page.on('request', begins);
  page.on('requestfinished', ends);
  page.on('requestfailed', ends);
  await page.exposeFunction(
    'recordedCall',
    async (name: CallName, input: unknown): Promise<CallAnswer<unknown>> => {
      calls.push({ name, input });
      const answer = answers()[name] as ((input: unknown) => unknown) | undefined;
      const call = {};
      begins(call);
      // What is not answered by now is a wait the scene wants to show.
      setImmediate(() => setImmediate(() => ends(call)));
      try {
        if (!answer) throw new Error(`no answer recorded for ${name}`);
        return { ok: true, value: await answer(input) };
      } catch (error) {
        return { ok: false, problem: problemOf(error) };
      } finally {
        count += 1;
      }
    },
  );
  await page.addInitScript(() => {
    const listeners = new Set<(name: string, payload: unknown) => void>();
    const scope = window as unknown as {
      recordedCall: (name: string, input: unknown) => Promise<never>;
      emitRecorded: (name: string, payload: unknown) => void;
      gatehouse: unknown;
      violations: string[];
    };
    scope.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      scope.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
    scope.emitRecorded = (name, payload) => {
      for (const listener of listeners) listener(name, payload);
    };
    scope.gatehouse = {
      call: (name: string, input: unknown) => scope.recordedCall(name, input),
      on: (listener: (name: string, payload: unknown) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  });
  return {
    calls,
    activity: { count: () => count, busy: () => underWay.size > 0 },
    emit: (name, payload) =>
      page.evaluate(
        ([eventName, value]) =>
          (window as unknown as { emitRecorded: (n: string, p: unknown) => void }).emitRecorded(
            eventName as string,
            value,
          ),
        [name, payload] as const,
      ),
  };
}
