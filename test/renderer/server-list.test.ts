import { describe, expect, test } from 'vitest';
import { attentionGroup, mostPressing, serverStatus } from '../../src/renderer/state/attention.ts';
import { parseRoute, type Route, routeHash } from '../../src/renderer/state/route.ts';
import { groupConnections, hostOf, indexServers, listServers } from '../../src/renderer/state/server-list.ts';
import { aConnection, aServer, aWorkday } from '../screens/fixtures.ts';

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
});
