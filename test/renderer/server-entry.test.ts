import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandOfFields, fieldsOfCommand } from '../../src/renderer/features/command/command-fields.ts';
import { readCommandLine } from '../../src/renderer/features/command/command-line.ts';
import { ENTRY_LIMIT, readServerEntry } from '../../src/renderer/features/command/server-entry.ts';
import { commandDraft } from '../../src/shared/domain/command.ts';

const read = (text: string) => readServerEntry(text, { windows: false, bareWords: false });
const words = (text: string, backslash = true) => {
  const line = readCommandLine(text, { backslash });
  return line.ok ? line.words : line.error;
};

describe('a command line', () => {
  test.each<[string, string | string[]]>([
    ['npx -y server', ['npx', '-y', 'server']],
    ['  npx\t-y \n server  ', ['npx', '-y', 'server']],
    [`node "two words" 'and three more'`, ['node', 'two words', 'and three more']],
    [`node ab"cd"'ef'`, ['node', 'abcdef']],
    [`node "" ''`, ['node', '', '']],
    [`node "a \\"quoted\\" word" 'it\\s'`, ['node', 'a "quoted" word', 'it\\s']],
    ['node two\\ words \\\\', ['node', 'two words', '\\']],
    ['node \\\n --more', ['node', '--more']],
    // Only a shell would make more of these.
    [
      'node $HOME `id` $(id) ; rm -rf / | sh && x > y *',
      'node $HOME `id` $(id) ; rm -rf / | sh && x > y *'.split(' '),
    ],
    [`node 'unfinished`, 'quote'],
    [`node "unfinished`, 'quote'],
    ['', []],
  ])('%j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('on Windows a backslash parts folders', () => {
    expect(words('C:\\node\\node.exe "C:\\My Server\\index.js" -x', false)).toEqual([
      'C:\\node\\node.exe',
      'C:\\My Server\\index.js',
      '-x',
    ]);
  });

  test('assignments in front of the program are variables, elsewhere they are arguments', () => {
    expect(readCommandLine(`A=1 B_2="x y" run C=3`, { backslash: true })).toEqual({
      ok: true,
      variables: [
        { name: 'A', value: '1' },
        { name: 'B_2', value: 'x y' },
      ],
      words: ['run', 'C=3'],
    });
  });

  test('words that are quoted come back as they were', () => {
    const quoted = (word: string) => `"${word.replace(/[\\"]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (list) => {
        expect(words(['run', ...list.map(quoted)].join(' '))).toEqual(['run', ...list]);
      }),
    );
  });
});

describe('what is typed to add a server', () => {
  test.each([
    'https://mcp.example/mcp',
    'http://localhost:3000/sse',
    'mcp.example.com/mcp',
    'localhost:3000',
    'javascript:alert(1)',
    'h',
    'https',
    '',
  ])('%j is an address', (text) => {
    expect(read(text)).toEqual({ kind: 'address', source: 'typed', url: text, name: null, headers: {} });
  });

  test.each([
    'npx server',
    '/usr/bin/server',
    './server',
    '~/server',
    'C:\\server.exe',
    '"/my server"',
    'a b',
  ])('%j is a command', (text) => {
    expect(read(text).kind).toBe('command');
  });

  test('one bare word is a command once the person says that it is meant', () => {
    expect(read('my-server').kind).toBe('address');
    expect(readServerEntry('my-server', { windows: false, bareWords: true })).toMatchObject({
      kind: 'command',
      fields: { program: 'my-server', arguments: [] },
    });
  });

  test('variables that look like secrets are taken for secrets', () => {
    expect(read('API_KEY=x REGION=y GITHUB_TOKEN=z run')).toMatchObject({
      fields: {
        variables: [
          { name: 'API_KEY', value: 'x', secret: true },
          { name: 'REGION', value: 'y', secret: false },
          { name: 'GITHUB_TOKEN', value: 'z', secret: true },
        ],
      },
    });
  });
});

describe('a link of the app', () => {
  test('that adds a server is its address and name', () => {
    const url = 'https://mcp.example/mcp?a=b';
    const link = `app.gatehouse.desktop:/add-server?url=${encodeURIComponent(url)}&name=Acme`;
    const expected = { kind: 'address', source: 'link', url, name: 'Acme', headers: {} };
    expect(read(` ${link}\n`)).toEqual(expected);
    // It can't bring a command.
    expect(read('app.gatehouse.desktop:/add-server?url=npx%20server')).toMatchObject({
      kind: 'address',
      url: 'npx server',
    });
  });

  test('that does something else adds nothing', () => {
    for (const link of [
      'app.gatehouse.desktop:/oauth/callback?code=x',
      'app.gatehouse.desktop:/server/abc',
    ]) {
      expect(read(link)).toEqual({ kind: 'unreadable', error: 'link', what: '' });
    }
  });
});

describe('an entry of an mcp.json', () => {
  const local = { command: 'npx', args: ['-y', 'x'], env: { TOKEN: 't', PORT: 80 }, cwd: '/srv' };
  const expected = {
    kind: 'command',
    fields: {
      program: 'npx',
      arguments: ['-y', 'x'],
      folder: '/srv',
      variables: [
        { name: 'TOKEN', value: 't', secret: true },
        { name: 'PORT', value: '80', secret: false },
      ],
    },
  };

  test.each([
    ['by itself', JSON.stringify(local), null, 'entry'],
    ['under its name', JSON.stringify({ files: local }), 'files', 'entry'],
    ['in a file', JSON.stringify({ mcpServers: { files: local } }, null, 2), 'files', 'mcp-servers'],
    [
      'in a file of another program',
      `// with a comment\n${JSON.stringify({ servers: { files: { type: 'stdio', ...local } } })}`,
      'files',
      'vs-code',
    ],
    ['cut out of a file', `"files": ${JSON.stringify(local)},`, 'files', 'entry'],
    [
      'with what other programs keep there',
      JSON.stringify({ disabled: false, timeout: 5, ...local }),
      null,
      'entry',
    ],
  ])('%s', (_, text, name, source) => {
    expect(read(text)).toEqual({ ...expected, name, source });
  });

  test('an address with headers', () => {
    const headers = { 'X-Api-Key': 'k' };
    expect(
      read(JSON.stringify({ mcpServers: { a: { type: 'http', url: 'https://a.example', headers } } })),
    ).toEqual({
      kind: 'address',
      source: 'mcp-servers',
      url: 'https://a.example',
      name: 'a',
      headers,
    });
  });

  test('a value another program would have asked for is left to the person, as a secret', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what such files contain
    expect(read('{"command":"x","env":{"REGION":"${input:region}"}}')).toMatchObject({
      fields: { variables: [{ name: 'REGION', value: '', secret: true }] },
    });
  });

  test.each([
    ['{', 'json', ''],
    ['{"command":', 'json', ''],
    ['{}', 'none', ''],
    ['{"a": 1}', 'json', ''],
    ['{"mcpServers": {}}', 'none', ''],
    ['{"mcpServers": {"a": 1}}', 'json', ''],
    ['{"command": "x", "envFile": ".env"}', 'member', 'envFile'],
    ['{"command": "x", "url": "https://a.example"}', 'member', 'command'],
    ['{"command": ["x"]}', 'value', 'command'],
    ['{"command": "x", "args": "y"}', 'value', 'args'],
    ['{"command": "x", "args": [1]}', 'value', 'args.0'],
    ['{"command": "x", "env": {"A": null}}', 'value', 'env.A'],
    ['{"url": "https://a.example", "headers": {"Host": "b"}}', 'value', 'headers.Host'],
    ['{"url": "https://a.example", "headers": {"X-A": "a\\r\\nX-B: b"}}', 'value', 'headers.X-A'],
  ])('%s is unreadable', (text, error, what) => {
    expect(read(text)).toMatchObject({ kind: 'unreadable', error, what });
  });

  test('several at once are listed, each by itself; what can’t be read of one says so', () => {
    const servers = {
      a: { command: 'x', env: { TOKEN: 't' } },
      b: { url: 'https://b.example', headers: { 'X-Key': 'k' } },
      c: { command: 'x', envFile: '.env' },
      d: 1,
    };
    expect(read(JSON.stringify({ servers }, null, 2))).toEqual({
      kind: 'several',
      source: 'vs-code',
      servers: [
        {
          kind: 'command',
          name: 'a',
          fields: {
            program: 'x',
            arguments: [],
            folder: '',
            variables: [{ name: 'TOKEN', value: 't', secret: true }],
          },
        },
        { kind: 'address', name: 'b', url: 'https://b.example', headers: { 'X-Key': 'k' } },
        { kind: 'unreadable', name: 'c', error: 'member', what: 'envFile' },
        { kind: 'unreadable', name: 'd', error: 'json', what: '' },
      ],
    });
  });

  test('whatever is pasted is read without a throw, and a command from it passes the door or is refused by the form', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json(),
      fc.string().map((value) => JSON.stringify({ command: value, args: [value], env: { [value]: value } })),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const entry = readServerEntry(text, { windows: false, bareWords: true });
        if (entry.kind !== 'command') return;
        const read = commandOfFields(entry.fields);
        if (read.ok && !text.includes('\0')) expect(() => commandDraft.parse(read.command)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('a text of any length is cut before it is read', () => {
    expect(read(`{"command":"${'x'.repeat(2 * ENTRY_LIMIT)}"}`)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('the command form', () => {
  const command = {
    program: 'node',
    arguments: ['', ' a '],
    folder: '/srv',
    environment: [
      { name: 'A', value: 'b' },
      { name: 'TOKEN', secret: true as const },
    ],
  };

  test('shows a command and gives it back, secrets left where they are', () => {
    expect(commandOfFields(fieldsOfCommand(command))).toEqual({
      ok: true,
      command: {
        ...command,
        environment: [
          { name: 'A', value: 'b', secret: false },
          { name: 'TOKEN', value: null, secret: true },
        ],
      },
    });
  });

  test.each([
    [{ program: ' ' }, { program: 'missing' }],
    [{ folder: 'relative' }, { folder: 'path' }],
    [{ variables: [{ name: '', value: 'x', secret: false }] }, { variables: 'name' }],
    [{ variables: [{ name: 'A=B', value: 'x', secret: false }] }, { variables: 'name' }],
    // A secret that is in the vault can't become one that is shown.
    [{ variables: [{ name: 'A', value: null, secret: false }] }, { variables: 'missing' }],
    [
      {
        variables: [
          { name: 'A', value: '1', secret: false },
          { name: ' A', value: '2', secret: false },
        ],
      },
      { variables: 'twice' },
    ],
  ])('%j is refused beside its field', (over, errors) => {
    expect(commandOfFields({ ...fieldsOfCommand(command), ...over })).toEqual({ ok: false, errors });
  });
});
