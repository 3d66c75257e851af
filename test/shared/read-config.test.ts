import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONFIG_LIMIT, readConfig } from '../../src/shared/client-config/read-config.ts';

const local = (name: string, more: object = {}) => ({
  kind: 'local',
  name,
  program: 'npx',
  arguments: [],
  folder: null,
  environment: [],
  ...more,
});
const value = (name: string, text: string, secret: boolean, blank: object | null = null) => ({
  name,
  value: text,
  secret,
  blank,
});

describe('servers of another client', () => {
  test('Claude Desktop: mcpServers with commands', () => {
    const text = JSON.stringify({
      globalShortcut: '',
      mcpServers: { files: { command: 'npx', args: ['-y', 'files'], env: { REGION: 'eu', API_KEY: 'k' } } },
    });
    expect(readConfig(text)).toEqual({
      kind: 'read',
      shape: 'mcp-servers',
      entries: [
        local('files', {
          arguments: ['-y', 'files'],
          environment: [value('REGION', 'eu', false), value('API_KEY', 'k', true)],
        }),
      ],
    });
  });

  test('Cursor: addresses beside commands; each header is a secret', () => {
    const text =
      '{"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"X-Team": "blue"}}, "b": {"command": "npx"}}}';
    expect(readConfig(text)).toEqual({
      kind: 'read',
      shape: 'mcp-servers',
      entries: [
        { kind: 'remote', name: 'a', url: 'https://a.example/mcp', headers: [value('X-Team', 'blue', true)] },
        local('b'),
      ],
    });
  });

  test('Windsurf: serverUrl', () => {
    expect(readConfig('{"mcpServers": {"a": {"serverUrl": "https://a.example/mcp"}}}')).toMatchObject({
      shape: 'windsurf',
      entries: [{ kind: 'remote', url: 'https://a.example/mcp' }],
    });
  });

  test('Cline: with what it keeps beside', () => {
    const entry = {
      url: 'https://a.example',
      type: 'streamableHttp',
      disabled: true,
      autoApprove: ['x'],
      timeout: 60,
    };
    expect(readConfig(JSON.stringify({ mcpServers: { a: entry } }))).toMatchObject({
      shape: 'cline',
      entries: [{ kind: 'remote', url: 'https://a.example' }],
    });
  });

  test('VS Code: comments, servers, and inputs that say what is secret', () => {
    const text = `{
      // asked for at the first start
      "inputs": [
        { "type": "promptString", "id": "key", "description": "Key of Acme", "password": true },
        { "type": "promptString", "id": "region", "description": "Region", "default": "eu" },
        "no input",
      ],
      "servers": {
        "acme": {
          "type": "stdio", "command": "npx",
          "env": { "ACME": "\${input:key}", "REGION": "\${input:region}", "DIR": "\${workspaceFolder}/x" },
        },
        "web": { "type": "http", "url": "https://a.example", "headers": { "Authorization": "Bearer \${input:key}" } },
      },
    }`;
    expect(readConfig(text)).toEqual({
      kind: 'read',
      shape: 'vs-code',
      entries: [
        local('acme', {
          environment: [
            value('ACME', '', true, { before: '', after: '', hint: 'Key of Acme' }),
            value('REGION', 'eu', false, { before: '', after: '', hint: 'Region' }),
            // biome-ignore lint/suspicious/noTemplateCurlyInString: what such files contain
            value('DIR', '', true, { before: '', after: '/x', hint: '${workspaceFolder}' }),
          ],
        }),
        {
          kind: 'remote',
          name: 'web',
          url: 'https://a.example',
          headers: [value('Authorization', '', true, { before: 'Bearer ', after: '', hint: 'Key of Acme' })],
        },
      ],
    });
  });

  test('the settings of VS Code, among others', () => {
    const text = '{"editor.fontSize": 12, "mcp": {"servers": {"a": {"command": "npx"}}}}';
    expect(readConfig(text)).toMatchObject({ shape: 'vs-code', entries: [local('a')] });
  });

  test.each([
    ['{"command": "npx"}', null],
    ['{"files": {"command": "npx"}}', 'files'],
    ['"files": {"command": "npx"},', 'files'],
    ['// mine\n"files": {"command": "npx"}, // first', 'files'],
  ])('%j by itself', (text, name) => {
    expect(readConfig(text)).toEqual({ kind: 'read', shape: 'entry', entries: [{ ...local(''), name }] });
  });

  test('an entry that can’t be read says why, and the others are read', () => {
    const text = JSON.stringify({
      mcpServers: {
        good: { command: 'npx' },
        member: { command: 'npx', envFile: '.env' },
        value: { command: 'npx', args: [1] },
        shape: 'npx',
        both: { command: 'npx', url: 'https://a.example' },
        neither: { type: 'http' },
      },
    });
    const reading = readConfig(text);
    expect(reading.kind === 'read' && reading.entries).toMatchObject([
      { kind: 'local', name: 'good' },
      { kind: 'unreadable', name: 'member', error: 'member', what: 'envFile' },
      { kind: 'unreadable', name: 'value', error: 'value', what: 'args.0' },
      { kind: 'unreadable', name: 'shape', error: 'shape' },
      { kind: 'unreadable', name: 'both', error: 'member', what: 'command' },
      { kind: 'unreadable', name: 'neither', error: 'value', what: 'command' },
    ]);
  });

  test.each([
    ['', 'json'],
    ['{', 'json'],
    ['npx server', 'json'],
    [' '.repeat(CONFIG_LIMIT + 1), 'json'],
    ['[]', 'shape'],
    ['1', 'shape'],
    ['{"editor.fontSize": 12}', 'shape'],
    ['{"a": {"b": 1}, "c": {"d": 2}}', 'shape'],
    ['{}', 'none'],
    ['{"mcpServers": {}}', 'none'],
    ['{"servers": {}, "inputs": []}', 'none'],
    [
      JSON.stringify({ servers: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [n, {}])) }),
      'too-many',
    ],
  ])('%.60s… is %s', (text, error) => {
    expect(readConfig(text)).toEqual({ kind: 'unreadable', error });
  });

  test('nothing in a file changes what objects are', () => {
    const text =
      '{"mcpServers": {"__proto__": {"command": "npx", "env": {"__proto__": "x", "constructor": "y"}}}}';
    const reading = readConfig(text);
    expect(reading).toMatchObject({ kind: 'read', entries: [{ name: '__proto__' }] });
    expect(({} as { command?: string }).command).toBeUndefined();
  });

  test('whatever is in a file, it is read without a throw, and each entry is bounded', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('command', 'args', 'env', 'url', 'headers', 'inputs', '__proto__'),
    );
    const thing = fc.jsonValue({ maxDepth: 3 });
    const entry = fc.oneof(
      thing,
      fc.record(
        {
          command: thing,
          args: thing,
          env: thing,
          cwd: thing,
          url: thing,
          serverUrl: thing,
          headers: thing,
          type: thing,
        },
        { requiredKeys: [] },
      ),
      fc.record({
        command: fc.string(),
        env: fc.dictionary(name, fc.oneof(fc.string(), fc.constant(`a$\{input:x}b`))),
      }),
    );
    const file = fc.record(
      {
        mcpServers: fc.oneof(thing, fc.dictionary(name, entry)),
        servers: fc.dictionary(name, entry),
        inputs: thing,
        mcp: thing,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(file, fc.dictionary(name, entry), thing), fc.string(), (content, tail) => {
        for (const text of [JSON.stringify(content), `${JSON.stringify(content)}${tail}`]) {
          const reading = readConfig(text);
          if (reading.kind !== 'read') continue;
          for (const one of reading.entries) {
            expect(one.name?.length ?? 0).toBeLessThanOrEqual(200);
            if (one.kind === 'local') expect(one.program).not.toContain('\0');
            const values = one.kind === 'local' ? one.environment : one.kind === 'remote' ? one.headers : [];
            for (const { value: text, blank, secret } of values)
              expect(blank === null || !secret || text === '').toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('levels without number are read or refused', () => {
    const deep = `{"mcpServers": ${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    expect(readConfig(deep)).toMatchObject({ kind: 'read', entries: [{ kind: 'unreadable' }] });
    expect(readConfig('['.repeat(100_000)).kind).toBe('unreadable');
  });
});
