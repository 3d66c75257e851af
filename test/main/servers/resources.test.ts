import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../../src/main/servers/completions.ts';
import { SUBSCRIPTION_LIMIT } from '../../../src/main/servers/resource-subscriptions.ts';
import { fileNameOf } from '../../../src/main/servers/resources.ts';
import { GREEN_PIXEL } from '../../sandbox/mcp-notes.ts';
import { problemCodeOf } from '../../support/core.ts';
import { notesStage, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

const WELCOME = 'note://sandbox/welcome';

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: resources and templates are listed and read`, async () => {
    const { features, connection } = await notesStage(era);
    const { catalog, resources } = features;
    expect((await catalog.resources(connection)).entries.map(({ uri }) => uri)).toEqual([
      WELCOME,
      'note://sandbox/groceries',
      'picture://sandbox/pixel',
    ]);
    expect((await catalog.templates(connection)).entries).toMatchObject([
      { uriTemplate: 'note://sandbox/{name}', variables: ['name'], mimeType: 'text/markdown' },
    ]);
    expect(await resources.read(connection, WELCOME)).toEqual({
      contents: [
        {
          uri: WELCOME,
          mimeType: 'text/markdown',
          text: '# Welcome\n\nThis server exists only while the sandbox runs.',
          size: 58,
          cut: false,
        },
      ],
      leftOut: 0,
    });
    expect((await resources.read(connection, 'picture://sandbox/pixel')).contents).toEqual([
      { uri: 'picture://sandbox/pixel', mimeType: 'image/png', data: GREEN_PIXEL, size: 70, cut: false },
    ]);
  });

  test(`${era}: a template with a completed value leads to a resource`, async () => {
    const { features, connection } = await notesStage(era);
    const of = { kind: 'template', uriTemplate: 'note://sandbox/{name}' } as const;
    expect(await complete(connection, of, { name: 'name', value: 'gro' }, {})).toEqual({
      values: ['groceries'],
      more: false,
    });
    const uri = features.resources.expand('note://sandbox/{name}', { name: 'groceries' });
    const { contents } = await features.resources.read(connection, uri);
    expect(contents[0]?.text).toContain('more bread');
  });

  test(`${era}: a resource that is followed tells of its changes, one that is not does not`, async () => {
    const { app, notes, features, connection, server } = await notesStage(era);
    const { subscriptions } = features;
    expect(subscriptions.offered(connection)).toBe(true);
    await subscriptions.subscribe(connection, WELCOME);
    await subscriptions.subscribe(connection, WELCOME);
    expect(subscriptions.uris(connection)).toEqual([WELCOME]);
    const updates = () => app.payloads('resources.updated');
    await until(() => {
      notes.write('groceries', 'tea');
      notes.write('welcome', `changed ${app.wire.exchanges.length}`);
      return updates().length > 0;
    });
    expect(updates()[0]).toEqual({ serverId: server.id, accountId: null, uris: [WELCOME] });
    await subscriptions.unsubscribe(connection, WELCOME);
    await quietly();
    app.time.advance(60_000);
    const told = updates().length;
    notes.write('welcome', 'changed again');
    await quietly();
    app.time.advance(60_000);
    expect([updates().length, subscriptions.uris(connection)]).toEqual([told, []]);
  });

  test(`${era}: what is followed is followed again after a reconnect`, async () => {
    const { app, notes, features, connection } = await notesStage(era);
    await features.subscriptions.subscribe(connection, WELCOME);
    await connection.reconnect();
    await until(() => connection.view.status === 'connected');
    await until(() => {
      notes.write('welcome', 'changed');
      return app.payloads('resources.updated').length > 0;
    });
  });

  test(`${era}: a resource the server does not give is a named problem`, async () => {
    const { features, connection } = await notesStage(era);
    const read = features.resources.read(connection, 'note://sandbox/nothing');
    expect(await problemCodeOf(read)).toBe('resource-refused');
  });
}

test('a resource is saved whole, under the end of its URI, where the person chooses', async () => {
  const { features, connection, notes } = await notesStage('both');
  const saved: [string, string | Uint8Array][] = [];
  const files = {
    save: async (name: string, content: string | Uint8Array) => {
      saved.push([name, content]);
      return 'saved' as const;
    },
  };
  notes.write('welcome', 'é'.repeat(2_000_000));
  expect((await features.resources.read(connection, WELCOME)).contents).toMatchObject([
    { text: 'é'.repeat(1_000_000), size: 4_000_000, cut: true },
  ]);
  expect(await features.resources.save(connection, WELCOME, 0, files)).toBe('saved');
  await features.resources.save(connection, 'picture://sandbox/pixel', 0, files);
  expect(saved).toEqual([
    ['welcome', 'é'.repeat(2_000_000)],
    ['pixel', Buffer.from(GREEN_PIXEL, 'base64')],
  ]);
  const cancelled = { save: async () => 'cancelled' as const };
  expect(await features.resources.save(connection, WELCOME, 0, cancelled)).toBe('cancelled');
  expect(await problemCodeOf(features.resources.save(connection, WELCOME, 1, files))).toBe(
    'resource-refused',
  );
});

test('no more resources are followed than the limit says', async () => {
  const { features, connection } = await notesStage('modern');
  const { subscriptions } = features;
  for (let count = 0; count < SUBSCRIPTION_LIMIT; count += 1) {
    await subscriptions.subscribe(connection, `note://sandbox/${count}`);
  }
  const code = await problemCodeOf(subscriptions.subscribe(connection, 'note://sandbox/more'));
  expect([code, subscriptions.uris(connection).length]).toEqual([
    'too-many-subscriptions',
    SUBSCRIPTION_LIMIT,
  ]);
});

test('updates by the thousand are told together', async () => {
  const { app, notes, features, connection } = await notesStage('modern');
  await features.subscriptions.subscribe(connection, WELCOME);
  await until(() => sentRequests(app.wire, 'subscriptions/listen').length === 1);
  await until(() => {
    notes.write('welcome', 'once');
    return app.payloads('resources.updated').length === 1;
  });
  for (let count = 0; count < 5000; count += 1) notes.write('welcome', String(count));
  await quietly(300);
  app.time.advance(60_000);
  expect(app.payloads('resources.updated').length).toBeLessThanOrEqual(2);
});

test('no account, no subscription: what a gone connection followed is forgotten', async () => {
  const { app, features, connection, server } = await notesStage('modern');
  await features.subscriptions.subscribe(connection, WELCOME);
  await app.core.leaving.removeServer(server.id);
  expect(features.subscriptions.uris(connection)).toEqual([]);
});

test('an address that can not be made from a template is a named problem', async () => {
  const { features } = await notesStage('both');
  const expand = async (template: string, values: Record<string, string>) =>
    features.resources.expand(template, values);
  expect(await expand('a://{x}{?y}', { x: 'é /', y: '1' })).toBe('a://%C3%A9%20%2F?y=1');
  expect(await problemCodeOf(expand('{x}', {}))).toBe('resource-address-invalid');
  expect(await problemCodeOf(expand('a://{', { x: '1' }))).toBe('resource-address-invalid');
  expect(await problemCodeOf(expand('a://{x}', { x: 'y'.repeat(5000) }))).toBe('resource-address-invalid');
});

test('a name for a file is the end of the URI, without what a path or a system would trip over', () => {
  expect(fileNameOf('file:///home/ada/report.pdf?version=2#top')).toBe('report.pdf');
  expect(fileNameOf('note://sandbox/groceries/')).toBe('groceries');
  expect(fileNameOf('note://sandbox/..%2F..%2Fetc%2Fpasswd')).toBe('_.._etc_passwd');
  expect(fileNameOf('x://..')).toBe('resource');
  expect(fileNameOf('x:///%E2%80%AEgnp.exe')).toBe('_u_202e_gnp.exe');
  fc.assert(
    fc.property(fc.string({ maxLength: 6000 }), (uri) => {
      const name = fileNameOf(uri);
      expect(name).not.toMatch(/[\\/:*?"<>|\p{Cc}]|^\.|^$/u);
      expect(name.length).toBeLessThanOrEqual(130);
    }),
  );
});
