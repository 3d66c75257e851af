import { expect, test } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

const SERVER = 'https://mcp.example/mcp';

test('a server URL alone means: connect, sign in by following redirects, in a temporary profile', () => {
  expect(parseOptions([SERVER])).toEqual({
    serverUrl: SERVER,
    localCommand: null,
    headers: {},
    profile: null,
    browser: 'follow',
    redirect: 'automatic',
    callbackStdin: false,
    clientId: null,
    clientMetadataUrl: null,
    clientSecret: null,
    clientAuthentication: null,
    clientKey: null,
    scopes: null,
    resource: null,
    assumeS256: false,
    call: null,
    answer: { action: 'cancel' },
    read: null,
    prompt: null,
    list: false,
    refresh: false,
    signOut: false,
    accounts: false,
    trace: null,
    command: false,
  });
});

test('every option is understood, and the server URL may come last', () => {
  const options = parseOptions([
    ...['--profile', '/p', '--browser', 'firefox -P x', '--redirect', 'custom', '--callback-stdin'],
    ...['--client-id', 'c', '--client-secret', 's', '--client-auth', 'client_secret_post'],
    ...[
      '--client-metadata-url',
      'https://app.example/client.json',
      '--client-key',
      'k.pem',
      '--resource',
      'https://mcp.example/',
      '--assume-s256',
    ],
    ...['--scope', 'a  b', '--call', 'echo', '--args', '{"text":"x"}', '--times', '10', '--parallel', '5'],
    ...['--header', 'X-Api-Key: k: v', '--header', 'X-Team:a'],
    ...['--read', 'note://x', '--answer', '{"name":"Ada","count":2}'],
    ...['--list', '--refresh', '--sign-out', '--accounts', '--trace', 't.json', SERVER],
  ]);
  expect(options).toEqual({
    serverUrl: SERVER,
    localCommand: null,
    headers: { 'X-Api-Key': 'k: v', 'X-Team': 'a' },
    profile: '/p',
    browser: 'firefox -P x',
    redirect: 'custom-scheme',
    callbackStdin: true,
    clientId: 'c',
    clientMetadataUrl: 'https://app.example/client.json',
    clientSecret: 's',
    clientAuthentication: 'client_secret_post',
    clientKey: 'k.pem',
    scopes: ['a', 'b'],
    resource: { mode: 'fixed', value: 'https://mcp.example/' },
    assumeS256: true,
    call: { tool: 'echo', arguments: { text: 'x' }, times: 10, parallel: 5 },
    answer: { action: 'accept', content: { name: 'Ada', count: 2 } },
    read: 'note://x',
    prompt: null,
    list: true,
    refresh: true,
    signOut: true,
    accounts: true,
    trace: 't.json',
    command: false,
  });
});

test('after -- comes the program of a local server, with everything that is its own', () => {
  const argv = ['--stdio', '--list', '--env', 'A=b=c', '--', 'node', 'server.js', '--list', '--call', ''];
  expect(parseOptions(argv)).toMatchObject({
    serverUrl: null,
    list: true,
    call: null,
    localCommand: {
      program: 'node',
      arguments: ['server.js', '--list', '--call', ''],
      folder: process.cwd(),
      environment: [{ name: 'A', value: 'b=c', secret: false }],
    },
  });
});

test('the accounts of a profile, and the command, need no server', () => {
  expect(parseOptions(['--accounts']).serverUrl).toBeNull();
  expect(parseOptions(['--command']).command).toBe(true);
});

test('the resource parameter can be left out, or follow discovery again', () => {
  expect(parseOptions([SERVER, '--resource', 'omit']).resource).toEqual({ mode: 'omit' });
  expect(parseOptions([SERVER, '--resource', 'automatic']).resource).toEqual({ mode: 'automatic' });
});

const misuses: readonly (readonly [string, string[]])[] = [
  ['nothing at all', []],
  ['two servers', [SERVER, SERVER]],
  ['an unknown option', [SERVER, '--please']],
  ['an option without its value', [SERVER, '--call']],
  ['an unknown redirect', [SERVER, '--redirect', 'pigeon']],
  ['a redirect named like a member of Object', [SERVER, '--redirect', 'constructor']],
  ['an unknown client authentication', [SERVER, '--client-auth', 'password']],
  ['a resource that is no URI', [SERVER, '--resource', 'mine']],
  ['arguments without a call', [SERVER, '--args', '{}']],
  ['arguments of two things', [SERVER, '--call', 'x', '--prompt', 'y', '--args', '{}']],
  ['an unknown answer', [SERVER, '--answer', 'perhaps']],
  ['an answer no form has', [SERVER, '--answer', '{"a":{}}']],
  ['a repetition without a call', [SERVER, '--times', '2']],
  ['arguments that are no JSON', [SERVER, '--call', 'x', '--args', '{']],
  ['arguments that are a list', [SERVER, '--call', 'x', '--args', '[]']],
  ['arguments that are null', [SERVER, '--call', 'x', '--args', 'null']],
  ['no repetition', [SERVER, '--call', 'x', '--times', '0']],
  ['half a repetition', [SERVER, '--call', 'x', '--times', '1.5']],
  ['a program that is missing', ['--stdio', '--list']],
  ['a variable without a program', [SERVER, '--env', 'A=b']],
  ['a variable without a value', ['--stdio', '--env', 'A', '--', 'node']],
  ['a header without a value', [SERVER, '--header', 'X-Api-Key']],
  ['a header of the protocol', [SERVER, '--header', 'Mcp-Session-Id: 1']],
  ['too many at once', [SERVER, '--call', 'x', '--parallel', '1000000']],
];

for (const [what, argv] of misuses) {
  test(`${what} is a usage error`, () => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
  });
}
