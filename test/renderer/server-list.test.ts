import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attentionGroup, mostPressing, serverStatus } from '../../src/renderer/state/attention.ts';
import { keptPage, parseRoute, type Route, routeHash } from '../../src/renderer/state/route.ts';
import {
  countFilters,
  groupConnections,
  groupsOf,
  hostOf,
  indexServers,
  listServers,
  nextExpiry,
  type ServerFilter,
} from '../../src/renderer/state/server-list.ts';
import { movedByOne, movedNextTo } from '../../src/renderer/state/server-order.ts';
import { aConnection, anAccount, aServer, aWorkday, HOUR, MINUTE, NOW } from '../screens/fixtures.ts';

const day = aWorkday();
const index = indexServers(day.servers, 'en');
const connections = groupConnections(day.connections);
const names = (search: string) =>
  listServers(index, connections, search).map((item) =>
    item.kind === 'heading' ? `[${item.group} ${item.count}]` : item.server.name,
  );

describe('the sidebar', () => {
  test('puts what needs a person first, then what is connected, each by name', () => {
    expect(names('')).toEqual([
      '[attention 4]',
      'Notion',
      'Sentry',
      'Stripe',
      'Weather',
      '[connected 4]',
      'Company docs',
      'GitHub (private)',
      'GitHub (work)',
      'Linear',
      '[others 3]',
      'Figma',
      'Grafana',
      'Local prototype',
    ]);
  });

  test('finds by all words, in name or host, whatever the case', () => {
    expect(names('GITHUB work')).toEqual(['[connected 1]', 'GitHub (work)']);
    expect(names('127.0.0.1')).toEqual(['[others 1]', 'Local prototype']);
    expect(names('nothing of the kind')).toEqual([]);
  });

  test('sorts numbers in names as numbers', () => {
    const servers = ['Server 10', 'server 2', 'Server 1'].map((name, id) => aServer({ id: `s${id}`, name }));
    expect(indexServers(servers, 'en').map(({ server }) => server.name)).toEqual([
      'Server 1',
      'server 2',
      'Server 10',
    ]);
  });

  test('shows the port of a host', () => {
    expect(hostOf('https://docs.intern.example:8443/mcp')).toBe('docs.intern.example:8443');
    expect(hostOf('not an address')).toBe('not an address');
  });
});

describe('the person’s own order', () => {
  const ordered = (order: readonly string[]) =>
    groupsOf(listServers(indexServers(day.servers, 'en', order), connections, ''));

  test('holds within each group; servers it does not name come behind, by name', () => {
    expect(ordered(['weather', 'linear', 'gone', 'docs'])).toEqual([
      ['weather', 'notion', 'sentry', 'stripe'],
      ['linear', 'docs', 'github-private', 'github-work'],
      ['figma', 'grafana', 'local'],
    ]);
  });

  test.each<[string, 'before' | 'after', string, string]>([
    ['d', 'before', 'a', 'dabc'],
    ['a', 'after', 'd', 'bcda'],
    ['b', 'after', 'c', 'acbd'],
    ['b', 'before', 'c', 'abcd'],
    ['b', 'after', 'b', 'abcd'],
    ['x', 'after', 'b', 'abcd'],
    ['b', 'after', 'x', 'abcd'],
  ])('%s goes %s %s: %s', (id, place, other, after) => {
    expect(movedNextTo([...'abcd'], id, place, other).join('')).toBe(after);
  });

  test.each<[string, 'up' | 'down', string]>([
    ['c', 'up', 'acb de'],
    ['c', 'down', 'abc de'],
    ['bc', 'up', 'bca de'],
    ['ac', 'up', 'acb de'],
    ['ab', 'down', 'cab de'],
    ['ae', 'up', 'abc ed'],
    ['a', 'up', 'abc de'],
    ['abc', 'down', 'abc de'],
    ['', 'up', 'abc de'],
  ])('%j moved %s: %j', (ids, direction, after) => {
    const order = movedByOne([...'abcde'], [[...'abc'], [...'de']], new Set(ids), direction);
    expect(`${order.slice(0, 3).join('')} ${order.slice(3).join('')}`).toBe(after);
  });

  test('no move loses or doubles a server, or takes one out of its group', () => {
    const ids = [...'abcdefgh'];
    fc.assert(
      fc.property(
        fc.subarray(ids),
        fc.nat({ max: 8 }),
        fc.constantFrom('up' as const, 'down' as const),
        (some, cut, way) => {
          const groups = [ids.slice(0, cut), ids.slice(cut)];
          const moved = movedByOne(ids, groups, new Set(some), way);
          expect(moved.toSorted()).toEqual(ids);
          // Nobody leaves their group.
          expect(moved.slice(0, cut).toSorted()).toEqual(groups[0]);
        },
      ),
    );
  });
});

describe('the filters', () => {
  const idsOf = (filter: ServerFilter) => groupsOf(listServers(index, connections, '', filter)).flat();

  test('each lets through what it says, and counts it', () => {
    expect(idsOf('attention')).toEqual(['notion', 'sentry', 'stripe', 'weather']);
    expect(idsOf('signed-in')).toEqual(['github-private', 'github-work', 'linear', 'grafana']);
    expect(idsOf('open')).toEqual(['weather', 'docs', 'local']);
    expect(idsOf('off')).toEqual(['figma']);
    expect(idsOf('local')).toEqual([]);
    const counts = countFilters(index, connections);
    for (const filter of ['all', 'attention', 'signed-in', 'open', 'local', 'off'] as const) {
      expect(counts[filter]).toBe(idsOf(filter).length);
    }
  });
});

describe('the next expiry', () => {
  const account = (id: string, at: number | null, over: object = {}) => {
    const one = anAccount({ id, serverId: 's', ...over });
    return { ...one, grant: { ...one.grant, accessTokenExpiresAt: at } };
  };

  test('is the first of the accounts that are signed in', () => {
    const expired = { state: { kind: 'expired', at: NOW } };
    const accounts = [
      account('a', NOW + HOUR),
      account('b', NOW + MINUTE),
      account('c', NOW + 1, expired),
      account('d', NOW - 1),
      account('e', null),
    ];
    expect(nextExpiry(accounts, NOW)).toEqual({ at: NOW + MINUTE, renews: true });
    expect(nextExpiry(accounts.slice(2), NOW)).toBeNull();
    expect(nextExpiry([], NOW)).toBeNull();
  });
});

describe('the status of a server with several connections', () => {
  test('is the most pressing one', () => {
    const both = [aConnection('a', '1'), aConnection('a', '2', { status: 'failed' })];
    expect(mostPressing(both)?.accountId).toBe('2');
    expect(serverStatus({ enabled: true }, both)).toBe('failed');
    expect(serverStatus({ enabled: false }, both)).toBe('disabled');
    expect(serverStatus({ enabled: true }, [])).toBe('disconnected');
  });

  test('a server switched off never asks for attention', () => {
    expect(attentionGroup({ enabled: false, consent: 'revoked' }, 'disabled')).toBe('others');
    expect(attentionGroup({ enabled: true, consent: 'revoked' }, 'connected')).toBe('attention');
    expect(attentionGroup({ enabled: true, consent: 'partial' }, 'connected')).toBe('connected');
  });
});

describe('the address of a page', () => {
  test.each<[string, Route]>([
    ['', { page: 'home' }],
    ['#/servers/linear', { page: 'server', serverId: 'linear', tab: 'overview', traceId: null }],
    ['#/servers/linear/tools', { page: 'server', serverId: 'linear', tab: 'tools', traceId: null }],
    [
      '#/servers/linear/activity/trace-1',
      { page: 'server', serverId: 'linear', tab: 'activity', traceId: 'trace-1' },
    ],
    [
      '#/servers/linear/tools/get_issue',
      { page: 'server', serverId: 'linear', tab: 'tools', traceId: null, item: { key: 'get_issue' } },
    ],
    [
      '#/servers/linear/resources/note%3A%2F%2Fa%2F%2E%2E%2Fb%3Fc%23d/account-1',
      {
        page: 'server',
        serverId: 'linear',
        tab: 'resources',
        traceId: null,
        item: { key: 'note://a/../b?c#d', accountId: 'account-1' },
      },
    ],
    [
      '#/servers/linear/prompts/%E2%80%AE/-',
      {
        page: 'server',
        serverId: 'linear',
        tab: 'prompts',
        traceId: null,
        item: { key: '\u202e', accountId: null },
      },
    ],
    ['#/activity/trace-1', { page: 'activity', traceId: 'trace-1' }],
    ['#/activity/trace-1/trace-2', { page: 'activity', traceId: 'trace-1', otherTraceId: 'trace-2' }],
    ['#/activity/trace-1/..', { page: 'activity', traceId: 'trace-1' }],
    [
      '#/servers/linear/activity/trace-1/trace-2',
      { page: 'server', serverId: 'linear', tab: 'activity', traceId: 'trace-1', otherTraceId: 'trace-2' },
    ],
    ['#/accounts', { page: 'accounts' }],
    ['#/settings', { page: 'settings' }],
    ['#/servers/linear/tools/%E0%A4%A', { page: 'server', serverId: 'linear', tab: 'tools', traceId: null }],
  ])('%s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(parseRoute(routeHash(route))).toEqual(route);
  });

  test.each(['#/servers/../x', '#/servers/', '#/servers/A B', '#/nowhere', '#/a/b/c/d/e/f'])(
    '%s is the home page',
    (hash) => expect(parseRoute(hash)).toEqual({ page: 'home' }),
  );

  test.each([
    ['', ''],
    ['#/servers/linear/tools/get_issue/account-1', '#/servers/linear/tools'],
    ['#/servers/linear/resources/note%3A%2F%2Fsecret', '#/servers/linear/resources'],
    ['#/servers/linear/activity/trace-1', '#/servers/linear/activity'],
    ['#/activity/trace-1', '#/activity'],
    ['#/settings', '#/settings'],
  ])('of %s no more is kept than %s', (hash, kept) => {
    expect(keptPage(parseRoute(hash))).toBe(kept);
  });
});
