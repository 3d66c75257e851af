import { describe, expect, test } from 'vitest';
import {
  addressScope,
  browserUrl,
  canonicalServerUrl,
  endpointUrl,
  hostScope,
  isLoopbackHost,
  parseServerUrl,
} from '../../../src/main/oauth/url-policy.ts';
import { ProblemError } from '../../../src/shared/problems.ts';
import { problemOfCall } from './stage.ts';

describe('the address of a server', () => {
  test.each([
    ['  https://mcp.example/mcp \n', 'https://mcp.example/mcp'],
    ['mcp.example/mcp', 'https://mcp.example/mcp'],
    ['mcp.example:8443/mcp', 'https://mcp.example:8443/mcp'],
    ['HTTPS://MCP.Example/Mcp', 'https://mcp.example/Mcp'],
    ['localhost:3000/mcp', 'http://localhost:3000/mcp'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000/mcp'],
    ['http://[::1]:3000/mcp', 'http://[::1]:3000/mcp'],
    ['https://192.168.1.4/mcp', 'https://192.168.1.4/mcp'],
    ['[2606:4700::1111]/mcp', 'https://[2606:4700::1111]/mcp'],
    ['https://bücher.example/mcp', 'https://xn--bcher-kva.example/mcp'],
    ['https://mcp.example/mcp?project=1', 'https://mcp.example/mcp?project=1'],
  ])('%j is read as %s', (typed, read) => {
    expect(parseServerUrl(typed).href).toBe(read);
  });

  test('may have 2048 characters', () => {
    expect(parseServerUrl(`https://mcp.example/${'a'.repeat(2028)}`).href.length).toBe(2048);
  });

  test.each([
    ['', 'url-invalid'],
    ['not a url', 'url-invalid'],
    ['https://', 'url-invalid'],
    ['https://exa\u0000mple.com', 'url-invalid'],
    ['server', 'url-invalid'],
    [`https://mcp.example/${'a'.repeat(2029)}`, 'url-invalid'],
    ['http://mcp.example/mcp', 'url-scheme-refused'],
    ['http://192.168.1.4/mcp', 'url-scheme-refused'],
    ['javascript:alert(1)', 'url-scheme-refused'],
    ['file:///etc/passwd', 'url-scheme-refused'],
    ['ftp://mcp.example/', 'url-scheme-refused'],
    ['https://user:secret@mcp.example/mcp', 'url-has-credentials'],
    ['user@mcp.example/mcp', 'url-has-credentials'],
    ['https://:secret@mcp.example/mcp', 'url-has-credentials'],
    ['https://mcp.example/mcp#part', 'url-has-fragment'],
    ['https://mcp.example/mcp#', 'url-has-fragment'],
  ])('%j is refused as %s', async (typed, code) => {
    expect(await problemOfCall(() => parseServerUrl(typed))).toBe(code);
  });
});

test.each([
  ['https://mcp.example/', 'https://mcp.example'],
  ['https://MCP.example/mcp', 'https://mcp.example/mcp'],
  ['https://mcp.example/mcp/', 'https://mcp.example/mcp/'],
  ['https://mcp.example:8443/mcp?key=secret', 'https://mcp.example:8443/mcp'],
])('the canonical resource URI of %s is %s', (url, canonical) => {
  expect(canonicalServerUrl(new URL(url))).toBe(canonical);
});

describe('what may be opened in the browser', () => {
  test.each(['https://as.example/authorize', 'http://127.0.0.1:8000/authorize', 'http://localhost/a'])(
    '%s may',
    (url) => expect(browserUrl(url).href).toBe(url),
  );

  test.each([
    'javascript:alert(document.cookie)',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'smb://host/share',
    'ms-msdt:/id',
    'vscode://x',
    'http://as.example/authorize',
    'http://192.168.0.1/authorize',
    'https://user:secret@as.example/',
    'https://as.example/authorize#x',
    '//as.example',
    '$(calc.exe)',
  ])('%s may not, and the message does not repeat what is dangerous in it', (url) => {
    let thrown: unknown;
    try {
      browserUrl(url);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProblemError);
    const { problem } = thrown as ProblemError;
    expect(problem.code).toBe('endpoint-refused');
    expect(JSON.stringify(problem)).not.toMatch(/alert|<script|passwd|secret|calc/);
  });

  test('a refused web address is told without its query and credentials', () => {
    expect(() => endpointUrl('token endpoint', 'http://u:p@as.example/token?key=1')).toThrow(
      /http:\/\/as\.example\/token, /,
    );
    expect(() => endpointUrl('token endpoint', 'https://u:p@as.example/token')).toThrow(
      /https:\/\/as\.example\/token, /,
    );
    expect(() => endpointUrl('token endpoint', 'nonsense')).toThrow(/no web address at all/);
  });

  test('an endpoint may have 8192 characters, not more', async () => {
    const endpoint = (length: number) => `https://as.example/${'a'.repeat(length - 19)}`;
    expect(endpointUrl('token endpoint', endpoint(8192)).href.length).toBe(8192);
    expect(await problemOfCall(() => endpointUrl('token endpoint', endpoint(8193)))).toBe('endpoint-refused');
  });

  test('an endpoint that is no address at all is refused by name', () => {
    expect(() => endpointUrl('token endpoint', 'nonsense')).toThrow(/token endpoint/);
  });
});

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['2002:7f00:1::', 'loopback'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd00::1', 'private'],
  ['::ffff:192.168.1.1', 'private'],
  ['64:ff9b::c0a8:101', 'private'],
  ['64:ff9b:1::1', 'reserved'],
  ['64:ff9b:1::808:808', 'private'],
  ['64:ff9b:1::c0a8:101', 'private'],
  ['2002:c0a8:101::', 'private'],
  ['169.254.169.254', 'link-local'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['[fe80::1]', 'link-local'],
  ['::ffff:0:10.0.0.1', 'private'],
  ['::ffff:0:8.8.8.8', 'public'],
  ['::ffff:a9fe:a9fe', 'link-local'],
  ['0.0.0.0', 'reserved'],
  ['::', 'reserved'],
  ['224.0.0.1', 'reserved'],
  ['ff02::1', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['2001:db8::1', 'reserved'],
  ['2001::1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['nonsense', 'reserved'],
])('%s is a %s address', (ip, scope) => {
  expect(addressScope(ip)).toBe(scope);
});

test.each([
  ['localhost', 'loopback'],
  ['LOCALHOST.', 'loopback'],
  ['app.localhost', 'loopback'],
  ['[::1]', 'loopback'],
  ['router.lan', 'private'],
  ['nas.local', 'private'],
  ['metadata.google.internal', 'private'],
  ['intranet', 'private'],
  ['mcp.example', null],
  ['localhost.evil.example', null],
])('the host %s is placed by its spelling: %s', (host, scope) => {
  expect(hostScope(host)).toBe(scope);
  expect(isLoopbackHost(host)).toBe(scope === 'loopback');
});

test('a number in another spelling is still loopback', () => {
  for (const url of ['http://0x7f000001/', 'http://2130706433/', 'http://127.1/']) {
    expect(isLoopbackHost(new URL(url).hostname)).toBe(true);
  }
});
