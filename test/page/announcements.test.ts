import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failure, makeProblem } from '../../src/shared/problems.ts';
import { aConnection, aServer, aSignIn, aSnapshot, aWorkday } from '../screens/fixtures.ts';
import type { Answers } from '../screens/stage.ts';
import { tools } from '../screens/tools.ts';
import { NOW, type OpenedPage, type PageStage, startStage } from './stage.ts';

/** What a screen reader would have read by itself. */
interface Heard {
  readonly how: string;
  readonly text: string;
}

let stage: PageStage;
let opened: OpenedPage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => stage.close());
beforeEach(async () => {
  opened = await stage.open();
  await opened.page.addInitScript(listen);
  await opened.page.clock.install({ time: NOW });
});
afterEach(async () => opened.close());

/** Opens a part of the window and lets its clock stand still. */
async function show(hash: string, answers: Answers, ready = 'main h1'): Promise<void> {
  opened.answer(answers);
  await opened.page.goto(`${stage.origin}/index.html${hash}`);
  await opened.page.locator(ready).first().waitFor();
  await opened.page.clock.pauseAt(NOW + 60_000);
  await pass(10_000);
  await heard();
}

/** Lets time pass in the page, in milliseconds; first what waits for the next frames is drawn, bursts included. */
async function pass(time: number): Promise<void> {
  const frames = Math.min(20, Math.floor(time / 16));
  for (let frame = 0; frame < frames; frame++) {
    await opened.page.clock.runFor(16);
    await opened.page.evaluate(tasksDone);
  }
  await opened.page.clock.runFor(Math.max(1, Math.round(time - frames * 16)));
}

/** Runs in the page: whatever was to be done next has been done, React's work included. */
async function tasksDone(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  }
}

/** Lets time pass until something is there. */
async function appear(selector: string): Promise<void> {
  const found = opened.page.locator(selector);
  for (let turn = 0; turn < 100 && (await found.count()) === 0; turn += 1) await pass(32);
  expect(await found.count()).toBeGreaterThan(0);
}

/** What was read since it was asked last. */
const heard = (): Promise<Heard[]> =>
  opened.page.evaluate(() => {
    const scope = window as unknown as { heard: Heard[] };
    return scope.heard.splice(0);
  });

const workday = (): Answers => ({ 'app.snapshot': () => aWorkday() });
const polite = (text: string): Heard => ({ how: 'polite', text });

describe('a status', () => {
  test('of the server on the screen is read when it changes, not when the page opens', async () => {
    await show('#/servers/linear', workday());
    expect(await heard()).toEqual([]);
    await opened.emit('connection.changed', aConnection('linear', 'linear-ada', { status: 'reconnecting' }));
    await pass(5000);
    expect(await heard()).toEqual([polite('Linear: Reconnecting, Signed in')]);
    const server = aWorkday().servers.find(({ id }) => id === 'linear');
    if (server?.kind !== 'remote') throw new Error('no such server');
    await opened.emit('server.changed', { ...server, consent: 'expired' });
    await pass(5000);
    expect(await heard()).toEqual([polite('Linear: Reconnecting, Expired')]);
  });

  test('that comes and goes at once is not read', async () => {
    await show('#/servers/linear', workday());
    await opened.emit('connection.changed', aConnection('linear', 'linear-ada', { status: 'reconnecting' }));
    await pass(100);
    await opened.emit('connection.changed', aConnection('linear', 'linear-ada', { status: 'connecting' }));
    await pass(100);
    await opened.emit('connection.changed', aConnection('linear', 'linear-ada', { status: 'failed' }));
    await pass(5000);
    expect(await heard()).toEqual([polite('Linear: Connection failed, Signed in')]);
  });

  test('of another server is read only when it needs the person', async () => {
    await show('#/servers/linear', workday());
    await opened.emit(
      'connection.changed',
      aConnection('github-work', 'github-work-ada', { status: 'reconnecting' }),
    );
    await pass(5000);
    expect(await heard()).toEqual([]);
    await opened.emit(
      'connection.changed',
      aConnection('github-work', 'github-work-ada', { status: 'failed' }),
    );
    await pass(5000);
    const [only, ...more] = await heard();
    expect(more).toEqual([]);
    expect(only?.how).toBe('polite');
    expect(only?.text).toMatch(/: Connection failed/);
  });
});

test('each step of a sign-in is read once, and its failure interrupts', async () => {
  await show('#/servers/linear', workday());
  const deadline = NOW + 600_000;
  const signIn = (over: object) => aSignIn({ serverId: 'linear', startedAt: NOW, ...over });
  await opened.emit('sign-in.changed', signIn({ step: 'register', status: { kind: 'working' } }));
  await pass(3000);
  expect(await heard()).toEqual([polite('Step 2 of 5: Register')]);
  await opened.emit(
    'sign-in.changed',
    signIn({ step: 'browser', status: { kind: 'waiting-for-browser', deadline } }),
  );
  await pass(60_000);
  const [waiting, ...repeated] = await heard();
  expect(waiting?.text).toMatch(/^Step 3 of 5: Browser\. /);
  expect(repeated).toEqual([]);
  const problem = makeProblem('internal');
  await opened.emit('sign-in.changed', signIn({ step: 'browser', status: { kind: 'failed', problem } }));
  await pass(5000);
  const failed = await heard();
  expect(failed.map(({ how }) => how)).toEqual(['assertive']);
  expect(failed[0]?.text).toContain('Browser');
});

describe('the result of an action', () => {
  test('that went well is read once, politely', async () => {
    await show('#/servers/linear', { ...workday(), 'accounts.refresh': () => undefined });
    await opened.page.getByTestId('refresh-now').first().press('Enter');
    await appear('.gh-toast');
    await pass(3000);
    expect(await heard()).toEqual([polite('Refreshed')]);
  });

  test('that failed is read once, at once', async () => {
    await show('#/servers/linear', {
      ...workday(),
      'accounts.refresh': () => {
        throw failure('internal', {}, 'something');
      },
    });
    await opened.page.getByTestId('refresh-now').first().press('Enter');
    await appear('.gh-toast');
    await pass(3000);
    const failed = await heard();
    expect(failed.map(({ how }) => how)).toEqual(['assertive']);
  });

  test('of a tool is read once', async () => {
    const echo = tools[0];
    if (!echo) throw new Error('no tool');
    const answers: Answers = {
      ...workday(),
      'tools.list': () => ({
        entries: tools.map(({ name }) => ({ name })),
        leftOut: 0,
        note: null,
        fetchedAt: NOW,
      }),
      'tools.get': () => echo,
      'tools.call': () => ({
        kind: 'result',
        isError: false,
        content: [{ type: 'text', text: 'three issues' }],
        durationMs: 42,
      }),
    };
    await show(`#/servers/linear/tools/${echo.name}`, answers, '[data-testid=tool-run]');
    await opened.page.getByLabel('Query').fill('bug');
    await opened.page.getByTestId('tool-run').press('Enter');
    await appear('[data-testid="tool-result"]');
    await pass(3000);
    expect(await heard()).toEqual([polite('Answered in 42 ms')]);
  });
});

describe('however much happens', () => {
  const SECONDS = 6;
  const EVENTS_A_SECOND = 500;

  test('500 changes a second of one server are no flood', async () => {
    await show('#/servers/linear', workday());
    for (let tenth = 0; tenth < SECONDS * 10; tenth++) {
      await opened.page.evaluate(
        ([connection, count, offset]) => {
          const { emitRecorded } = window as unknown as {
            emitRecorded: (name: string, payload: unknown) => void;
          };
          for (let index = 0; index < count; index++) {
            const status = (index + offset) % 2 === 0 ? 'connecting' : 'reconnecting';
            emitRecorded('connection.changed', { ...connection, status });
          }
        },
        [aConnection('linear', 'linear-ada'), EVENTS_A_SECOND / 10, tenth] as const,
      );
      await pass(100);
    }
    await pass(10_000);
    const all = await heard();
    expect(all.length).toBeGreaterThan(0);
    // Never settled: said once in five seconds.
    expect(all.length).toBeLessThanOrEqual(SECONDS / 5 + 2);
  });

  test('500 servers that fail at once are one sentence', async () => {
    const many = Array.from({ length: 500 }, (_, index) => `server-${index}`);
    await show('#/', {
      'app.snapshot': () =>
        aSnapshot({
          servers: many.map((id) => aServer({ id, name: id, consent: 'not-needed' })),
          connections: many.map((id) => aConnection(id, null)),
        }),
    });
    for (const id of many)
      await opened.emit('connection.changed', aConnection(id, null, { status: 'failed' }));
    await pass(10_000);
    expect(await heard()).toEqual([polite('500 servers need your attention')]);
  });
});

/** Runs in the page before everything else: hears what a screen reader would read without being asked. */
function listen(): void {
  const scope = window as unknown as { heard: Heard[] };
  scope.heard = [];
  const places = '[aria-live], [role="status"], [role="alert"], [role="log"]';
  const howOf = (place: Element) =>
    place.getAttribute('aria-live') ?? (place.getAttribute('role') === 'alert' ? 'assertive' : 'polite');
  const words = (node: Node) => node.textContent?.trim().replace(/\s+/g, ' ') ?? '';
  new MutationObserver((records) => {
    const added = new Set(records.flatMap(({ addedNodes }) => [...addedNodes]));
    const isNew = (place: Element) => [...added].some((node) => node.contains(place));
    for (const { target, addedNodes, type } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const place = element?.closest(places);
      // A place that comes together with its words is read only when it is an alert.
      for (const node of type === 'characterData' ? [target] : addedNodes) {
        if (place && !isNew(place) && howOf(place) !== 'off' && words(node) !== '')
          scope.heard.push({ how: howOf(place), text: words(node) });
        else if (node instanceof Element)
          for (const alert of [node, ...node.querySelectorAll('*')].filter(
            (one) => one.getAttribute('role') === 'alert',
          ))
            if (words(alert) !== '') scope.heard.push({ how: 'assertive', text: words(alert) });
      }
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
