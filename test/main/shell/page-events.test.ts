import { expect, test } from 'vitest';
import { PageEvents } from '../../../src/main/shell/page-events.ts';

function page() {
  const delivered: string[] = [];
  const events = new PageEvents((name) => delivered.push(name));
  return { events, delivered };
}

const show = { url: 'https://mcp.example', name: null };

test('what is told only once waits for a page that listens, in order', () => {
  const { events, delivered } = page();
  events.send('show.add-server', show);
  events.send('show.server', { serverId: 'a' });
  expect(delivered).toEqual([]);
  events.pageListens();
  events.send('show.add-server', show);
  expect(delivered).toEqual(['show.add-server', 'show.server', 'show.add-server']);
});

test('what the snapshot holds is not kept', () => {
  const { events, delivered } = page();
  events.send('server.removed', { serverId: 'a' });
  events.pageListens();
  expect(delivered).toEqual(['server.removed']);
});

test('while the page is gone it waits again, and never more than 32', () => {
  const { events, delivered } = page();
  events.pageListens();
  events.pageGone();
  for (let index = 0; index < 100; index += 1) events.send('show.add-server', show);
  expect(delivered).toEqual([]);
  events.pageListens();
  expect(delivered).toHaveLength(32);
  events.pageListens();
  expect(delivered).toHaveLength(32);
});
