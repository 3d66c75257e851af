import { describe, expect, test } from 'vitest';
import { resourceCovers, resourceParameter } from '../../../src/main/oauth/resource.ts';
import { problemOfCall } from './stage.ts';

const metadata = (resource: string) => ({
  resource,
  authorizationServers: [],
  scopesSupported: null,
  name: null,
  dpopRequired: false,
  dpopAlgorithms: null,
  source: '',
  freshUntil: 0,
});

describe('a resource covers a server', () => {
  test.each([
    ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example', 'https://mcp.example/mcp'],
    ['https://mcp.example/', 'https://mcp.example/mcp'],
    ['https://mcp.example/a', 'https://mcp.example/a/mcp'],
    ['https://mcp.example/mcp/', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp', 'https://mcp.example/mcp/'],
    ['HTTPS://MCP.example:443/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp', 'https://mcp.example/mcp?project=1'],
    ['https://mcp.example/mcp?project=1', 'https://mcp.example/mcp?project=1'],
  ])('%s covers %s', (resource, server) => expect(resourceCovers(resource, new URL(server))).toBe(true));

  test.each([
    ['https://evil.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mc', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp/admin', 'https://mcp.example/mcp'],
    ['https://mcp.example:8443/mcp', 'https://mcp.example/mcp'],
    ['http://mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp#x', 'https://mcp.example/mcp'],
    ['https://user@mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://:pw@mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp?project=2', 'https://mcp.example/mcp?project=1'],
    ['urn:mcp', 'https://mcp.example/mcp'],
    ['mcp', 'https://mcp.example/mcp'],
  ])('%s does not cover %s', (resource, server) =>
    expect(resourceCovers(resource, new URL(server))).toBe(false),
  );
});

describe('the resource parameter', () => {
  const server = new URL('https://mcp.example/mcp');
  const automatic = { mode: 'automatic' } as const;

  test('is the metadata’s, verbatim', () => {
    expect(resourceParameter(server, metadata('https://mcp.example'), automatic)).toBe('https://mcp.example');
  });
  test('is the canonical server URL without metadata', () => {
    expect(resourceParameter(server, null, automatic)).toBe('https://mcp.example/mcp');
  });
  test('may be left out by settings', () => {
    expect(resourceParameter(server, metadata('https://mcp.example'), { mode: 'omit' })).toBeNull();
  });
  test('may be fixed by settings, even against the metadata', () => {
    const fixed = { mode: 'fixed', value: 'api://1' } as const;
    expect(resourceParameter(server, metadata('https://other.example'), fixed)).toBe('api://1');
  });

  test.each([
    ['https://mcp.example/mcp', 'https://evil.example/mcp', 'resource-mismatch'],
    ['https://mcp.example/mcp', 'http://mcp.example/mcp', 'resource-scheme-mismatch'],
    ['https://mcp.example/mcp', 'http://evil.example/mcp', 'resource-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'http://localhost:3000/mcp', 'resource-loopback-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'http://127.0.0.1:4000/mcp', 'resource-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'http://localhost:4000/mcp', 'resource-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'http://127.0.0.1:3000/other', 'resource-mismatch'],
    ['https://mcp.example/mcp', 'https://localhost/mcp', 'resource-mismatch'],
    ['https://mcp.example/mcp', 'nonsense', 'resource-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'https://evil.example:3000/mcp', 'resource-mismatch'],
    ['http://127.0.0.1:3000/mcp', 'nonsense', 'resource-mismatch'],
  ])('at %s, a resource %s is refused as %s, with both values', async (url, resource, code) => {
    const call = () => resourceParameter(new URL(url), metadata(resource), automatic);
    expect(await problemOfCall(call)).toBe(code);
    expect(call).toThrow(resource);
  });

  test('leaving it out does not lift the check of the metadata', async () => {
    const call = () => resourceParameter(server, metadata('https://evil.example'), { mode: 'omit' });
    expect(await problemOfCall(call)).toBe('resource-mismatch');
  });
});
