import { afterEach, describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  callTool,
  customSchemeRedirect,
  discover,
  FormBrowser,
  modernCall,
  obtainTokens,
  register,
} from '../scripted-client.ts';
import { type AttackName, attackNames, startHostile } from './hostile.ts';
import type { PlainSandbox } from './profile.ts';

let sandbox: PlainSandbox | undefined;
afterEach(() => sandbox?.close());

async function attack(...attacks: AttackName[]): Promise<PlainSandbox> {
  sandbox = await startHostile({ consent: 'auto', attacks });
  return sandbox;
}

const resourcePath = '/.well-known/oauth-protected-resource/mcp';

function resourceMetadata({ server }: PlainSandbox): Promise<Response> {
  return fetch(server.origin + resourcePath, { redirect: 'manual' });
}

async function callbackOf(sandbox: PlainSandbox): Promise<URLSearchParams> {
  const metadata = await discover(sandbox.issuerUrl);
  const { client_id } = await register(metadata);
  const attempt = authorizationRequest(metadata, client_id, { redirect_uri: customSchemeRedirect });
  return (await new FormBrowser().open(attempt.url)).url.searchParams;
}

it('starts with each of them', async () => {
  for (const name of attackNames) {
    await attack(name);
    await sandbox?.close();
  }
});

it.each([
  ['huge-resource-metadata', resourcePath],
  ['huge-issuer-metadata', '/.well-known/oauth-authorization-server'],
  ['deep-json', resourcePath],
  ['deep-issuer-json', '/.well-known/oauth-authorization-server'],
] as const)('%s sends more than one mebibyte', async (name, path) => {
  const { server, issuer } = await attack(name);
  const { origin } = path === resourcePath ? server : issuer;
  const response = await fetch(origin + path);
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > 1 << 20) break;
  }
  expect(size).toBeGreaterThan(1 << 20);
});

it.each(['endless-body', 'silent-server'] as const)('%s never ends', async (name) => {
  const hostile = await attack(name);
  const gaveUp = fetch(hostile.server.origin + resourcePath, { signal: AbortSignal.timeout(300) }).then((r) =>
    r.text(),
  );
  await expect(gaveUp).rejects.toThrow();
});

it('redirects in circles', async () => {
  await expect(fetch((await attack('redirect-loop')).server.origin + resourcePath)).rejects.toThrow();
});

it('redirects to another origin', async () => {
  const hostile = await attack('cross-origin-redirect');
  expect((await resourceMetadata(hostile)).headers.get('location')).toContain(hostile.elsewhereOrigin);
});

it.each([
  ['private-resource-metadata', 'http://169.254.169.254/'],
  ['router-resource-metadata', 'http://192.168.1.1/'],
  ['file-resource-metadata', 'file:///'],
] as const)('%s is in the challenge', async (name, prefix) => {
  const refused = await modernCall((await attack(name)).mcpUrl, undefined, 'tools/list');
  expect(refused.headers.get('www-authenticate')).toContain(`resource_metadata="${prefix}`);
});

it('lies in the resource metadata', async () => {
  expect(await (await resourceMetadata(await attack('foreign-resource'))).json()).toMatchObject({
    resource: 'https://bank.example/mcp',
  });
  await sandbox?.close();
  const many = await (await resourceMetadata(await attack('many-authorization-servers'))).json();
  expect(many.authorization_servers).toHaveLength(1000);
});

describe('issuer metadata', () => {
  it.each([
    ['javascript-authorization-endpoint', { authorization_endpoint: expect.stringMatching(/^javascript:/) }],
    ['smb-authorization-endpoint', { authorization_endpoint: expect.stringMatching(/^smb:/) }],
    ['http-token-endpoint', { token_endpoint: 'http://issuer.example/token' }],
    ['issuer-mismatch', { issuer: 'https://accounts.bank.example' }],
    ['plain-pkce-only', { code_challenge_methods_supported: ['plain'] }],
  ] as const)('%s', async (name, members) => {
    expect(await discover((await attack(name)).issuerUrl)).toMatchObject(members);
  });

  it('missing-s256', async () => {
    const metadata = await discover((await attack('missing-s256')).issuerUrl);
    expect(metadata).not.toHaveProperty('code_challenge_methods_supported');
  });
});

describe('authorization answers', () => {
  it.each([
    ['wrong-iss', 'iss', ['https://accounts.bank.example']],
    ['missing-iss', 'iss', []],
    ['empty-iss', 'iss', ['']],
    ['wrong-state', 'state', ['a-state-nobody-sent']],
    ['repeated-code', 'code', [expect.any(String), 'another-code']],
    ['error-with-wrong-iss', 'error', ['access_denied']],
  ] as const)('%s', async (name, parameter, values) => {
    expect((await callbackOf(await attack(name))).getAll(parameter)).toEqual(values);
  });
});

it('sends codes and tokens elsewhere', async () => {
  const hostile = await attack('token-redirect');
  await expect(obtainTokens(hostile)).rejects.toThrow();
  expect(hostile.count({ host: 'elsewhere', path: '/token', method: 'POST' })).toBe(1);
  await hostile.close();
  const redirecting = await attack('mcp-redirect');
  const answer = await modernCall(redirecting.mcpUrl, undefined, 'tools/list');
  expect(answer.url).toBe(`${redirecting.elsewhereOrigin}/mcp`);
});

it('speaks in markup and with ten thousand properties', async () => {
  const nasty = await attack('nasty-texts');
  const { tokens } = await obtainTokens(nasty);
  expect((await callTool(nasty.mcpUrl, tokens.access_token, 'nasty')).content[0]?.text).toContain('<img');
  await nasty.close();
  const huge = await attack('huge-tool-schema');
  const more = await obtainTokens(huge);
  const list = await modernCall(huge.mcpUrl, more.tokens.access_token, 'tools/list');
  expect(await list.text()).toContain('property_9999');
});
