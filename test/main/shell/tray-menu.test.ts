import { expect, test } from 'vitest';
import type { Attention, NeedyServer } from '../../../src/main/shell/attention.ts';
import { shellWords } from '../../../src/main/shell/spoken-language.ts';
import { type TrayActions, trayMenu } from '../../../src/main/shell/tray-menu.ts';
import { noticeText, trayToolTip } from '../../../src/main/shell/words.ts';

const { en } = shellWords;
const nothing = () => undefined;
const actions: TrayActions = { openWindow: nothing, openServer: nothing, reconnect: nothing, quit: nothing };
const standing = (given: Partial<Attention>): Attention => ({
  servers: 3,
  connected: 3,
  needy: [],
  accounts: [],
  ...given,
});
const needy = (name: string, why: NeedyServer['why'] = 'sign-in'): NeedyServer => ({
  serverId: `id-of-${name}`,
  name,
  why,
});

const labels = (attention: Attention) =>
  trayMenu(attention, en, actions).map(({ label, type }) => (type === 'separator' ? '-' : label));

test('the menu says how things stand, and offers to open, reconnect and quit', () => {
  expect(labels(standing({}))).toEqual([
    'All 3 servers connected',
    '-',
    'Open Gatehouse',
    'Reconnect',
    '-',
    'Quit Gatehouse',
  ]);
  expect(labels(standing({ servers: 0, connected: 0 }))[0]).toBe('No servers yet');
  expect(labels(standing({ servers: 1, connected: 1 }))[0]).toBe('Connected');
  expect(labels(standing({ connected: 1 }))[0]).toBe('1 of 3 servers connected');
});

test('servers that need the person are there, each leads to its page', () => {
  const opened: string[] = [];
  const attention = standing({
    needy: [needy('Linear'), needy('GitHub', 'more-scope'), needy('Files', 'failed')],
  });
  const menu = trayMenu(attention, en, { ...actions, openServer: (id) => opened.push(id) });
  expect(menu.map(({ label }) => label).slice(2, 5)).toEqual([
    'Linear: sign in',
    'GitHub: wants more permissions',
    'Files: not connected',
  ]);
  const click = menu[3]?.click as unknown as () => void;
  click();
  expect(opened).toEqual(['id-of-GitHub']);
});

test('a hundred of them do not fill the screen', () => {
  const many = Array.from({ length: 100 }, (_, index) => needy(`Server ${index}`));
  const shown = labels(standing({ needy: many }));
  expect(shown.filter((label) => label?.includes(': sign in'))).toHaveLength(10);
  expect(shown).toContain('90 more…');
});

test('without servers there is nothing to reconnect', () => {
  const enabled = (servers: number) =>
    trayMenu(standing({ servers }), en, actions).find(({ id }) => id === 'reconnect')?.enabled;
  expect([enabled(0), enabled(1)]).toEqual([false, true]);
});

test('a server’s name is text: bounded, without direction marks, mnemonics or line ends', () => {
  const [label = ''] = labels(standing({ needy: [needy(`A&B\u202E\n${'x'.repeat(500)}`)] })).slice(2, 3);
  expect(label).toMatch(/^A&&B\\u\{202e\}\\u\{a\}x+…: sign in$/);
  expect(label.length).toBeLessThan(100);
});

test('the tool tip says it in one line', () => {
  expect(trayToolTip(standing({}), en)).toBe('Gatehouse: all 3 servers connected');
  expect(trayToolTip(standing({ connected: 2, needy: [needy('a')] }), en)).toBe(
    'Gatehouse: 2 of 3 servers connected, 1 needs you',
  );
  expect(trayToolTip(standing({ connected: 1, needy: [needy('a'), needy('b')] }), en)).toContain(
    ', 2 need you',
  );
});

test('a notification names the server and the account, or how many', () => {
  const account = (serverName: string) => ({
    accountId: 'a',
    serverId: 's',
    serverName,
    label: 'alice@example.com',
  });
  expect(noticeText({ accounts: [account('Linear')] }, en)).toEqual({
    title: 'Sign in to Linear again',
    body: 'The sign-in of alice@example.com is no longer valid.',
  });
  expect(noticeText({ accounts: ['A', 'B', 'A', 'C', 'D', 'E'].map(account) }, en)).toEqual({
    title: '6 accounts need you to sign in again',
    body: 'A, B, C and 2 more',
  });
});
