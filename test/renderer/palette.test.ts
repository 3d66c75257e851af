import fc from 'fast-check';
import type { TFunction } from 'i18next';
import { describe, expect, test } from 'vitest';
import {
  bestFits,
  fitOf,
  folded,
  QUERY_LIMIT,
  wordsOf,
} from '../../src/renderer/features/palette/matching.ts';
import {
  appEntries,
  type PaletteEntry,
  serverEntries,
} from '../../src/renderer/features/palette/palette-entries.ts';
import { MOST_SHOWN, shownEntries } from '../../src/renderer/features/palette/shown-entries.ts';
import { anAccount, aServer, aWorkday } from '../screens/fixtures.ts';

const fits = (query: string, text: string) => fitOf(wordsOf(query), folded(text));

describe('what a query fits', () => {
  test.each([
    ['lin', 'Linear'],
    ['LINEAR', 'linear'],
    ['reco lin', 'Reconnect Linear'],
    ['lin reco', 'Reconnect Linear'],
    ['resume', 'Résumé'],
    ['résumé', 'resume'],
    ['gha', 'GitHub Actions'],
    ['设置', '打开设置'],
    ['', 'anything'],
  ])('%j: %j', (query, text) => {
    expect(fits(query, text)).not.toBeNull();
  });

  test.each([
    ['linear x', 'Linear'],
    ['raenil', 'Linear'],
    ['zq', 'a puzzle in a jazz club'],
    ['qx', 'quite a long text that ends in x'],
  ])('%j does not fit %j', (query, text) => {
    expect(fits(query, text)).toBeNull();
  });

  test('starts of words come before parts of words, and these before letters with gaps', () => {
    const entries = ['Great solitude', 'Gross wattage', 'Tools', 'Stools', 'My tools'].map((text) => ({
      text: folded(text),
    }));
    expect(bestFits(entries, wordsOf('tool'), 9).map(({ text }) => text)).toEqual([
      'tools',
      'my tools',
      'stools',
    ]);
  });

  test('every beginning of every word of a text finds it, in any order', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdeé0-字'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { minLength: 6 }),
        (words, cuts) => {
          const query = words
            .map((one, index) => one.slice(0, 1 + ((cuts[index] ?? 0) % one.length)))
            .reverse();
          expect(fits(query.join(' '), words.join(' '))).not.toBeNull();
        },
      ),
    );
  });

  test('any query and any text are compared, and no query is longer than it may be', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (query, other) => {
        fits(query, other);
        expect(wordsOf(query.repeat(100)).join(' ').length).toBeLessThanOrEqual(4 * QUERY_LIMIT);
      }),
    );
  });
});

const t = ((key: string) => key.split('.').at(-1)) as unknown as TFunction;
const done: string[] = [];
const doings = {
  app: (verb: string) => done.push(verb),
  go: ({ page }: { page: string }) => done.push(page),
  server: (verb: string, { id }: { id: string }) => done.push(`${verb} ${id}`),
  account: (verb: string, { id }: { id: string }) => done.push(`${verb} ${id}`),
};
const day = aWorkday();
const byId = <One extends { id: string }>(all: readonly One[]) => new Map(all.map((one) => [one.id, one]));
const world = {
  servers: byId(day.servers),
  accounts: byId(day.accounts),
  forcedServers: [] as string[],
  updatesOff: false,
};
const entriesOf = (over: Partial<typeof world> = {}) => {
  const options = { world: { ...world, ...over }, doings, t, keys: (shortcut: string) => shortcut };
  return [...appEntries(options), ...serverEntries(options)];
};
const first = (query: string, entries: readonly PaletteEntry[] = entriesOf()) =>
  shownEntries(entries, query, null)[0]?.entries[0];

describe('the palette', () => {
  test('has every server, account and page, each once', () => {
    const ids = entriesOf().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of day.servers) expect(ids).toContain(`server ${id} open`);
    for (const { id } of day.accounts) expect(ids).toContain(`account ${id} signOut`);
    for (const page of ['home', 'accounts', 'activity', 'settings']) expect(ids).toContain(`page ${page}`);
  });

  test('offers what can be done and nothing else', () => {
    const ids = entriesOf({ forcedServers: ['linear'], updatesOff: true }).map(({ id }) => id);
    expect(ids).toContain('server figma enable');
    expect(ids).not.toContain('server figma reconnect');
    expect(ids).not.toContain('server linear disable');
    expect(ids).toContain('server sentry disable');
    expect(ids).not.toContain('account sentry-ada refresh');
    expect(ids).not.toContain('app checkUpdates');
    const alone = entriesOf({ servers: new Map(), accounts: new Map() }).map(({ id }) => id);
    expect(alone).not.toContain('app search');
    expect(alone).not.toContain('app signOutEverywhere');
  });

  test('finds by action and name, and does it', () => {
    first('reconnect notion')?.run();
    first('figma enab')?.run();
    first('ada sentry sign')?.run();
    first('acti')?.run();
    expect(done).toEqual(['reconnect notion', 'enable figma', 'signIn sentry-ada', 'activity']);
  });

  test('without a query shows what belongs to the server that is open, the actions, the pages and some servers', () => {
    const groups = shownEntries(entriesOf(), '', 'linear');
    expect(groups.map(({ group }) => group)).toEqual(['here', 'actions', 'pages', 'servers']);
    expect(groups[0]?.entries.every(({ id }) => id.startsWith('server linear '))).toBe(true);
    expect(groups[3]?.entries).toHaveLength(8);
  });

  test('with a thousand servers no more is in the document than may be, and each can be found', () => {
    const servers = Array.from({ length: 1000 }, (_, n) => aServer({ id: `s${n}`, name: `Server ${n}` }));
    const accounts = servers.map(({ id }) => anAccount({ id: `${id}-ada`, serverId: id }));
    const entries = entriesOf({ servers: byId(servers), accounts: byId(accounts) });
    expect(entries.length).toBeGreaterThan(10_000);
    for (const query of ['', 's', 'server', 'server 9', 'e e e e', 'ada']) {
      const shown = shownEntries(entries, query, 's1').flatMap((group) => group.entries);
      expect(shown.length).toBeLessThanOrEqual(MOST_SHOWN);
    }
    expect(first('server 777', entries)?.id).toBe('server s777 open');
    expect(first('reconnect 777', entries)?.id).toBe('server s777 reconnect');
  });

  test('names of servers can’t be mistaken for the parts of an entry', () => {
    const servers = byId([aServer({ id: 'odd', name: 'open' }), aServer({ id: 'other', name: '' })]);
    const shown = shownEntries(entriesOf({ servers, accounts: new Map() }), '', 'odd');
    expect(shown.find(({ group }) => group === 'servers')?.entries.map(({ id }) => id)).toEqual([
      'server odd open',
      'server other open',
    ]);
  });
});
