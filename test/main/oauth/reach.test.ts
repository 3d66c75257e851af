import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/main/oauth/discovery.ts';
import { checkReach, checkSpelling, mayConnect, reachOf } from '../../../src/main/oauth/reach.ts';
import { failure } from '../../../src/shared/problems.ts';
import { SERVER, settings, wellBehaved } from './profiles.ts';
import { challenge } from './sign-in.ts';
import { problemOfCall, stage } from './stage.ts';

const names = (table: Record<string, string[]>) => async (host: string) => {
  const found = table[host];
  if (!found) throw new Error('ENOTFOUND');
  return found;
};

describe('how far metadata of a server may lead', () => {
  const reach = async (server: string, table: Record<string, string[]> = {}) =>
    reachOf((await stage({ resolveHost: names(table) })).ctx, new URL(server));

  test('a server on this computer may lead anywhere', async () =>
    expect(await reach('http://localhost/')).toBe('any'));
  test('a server in a private network may lead anywhere', async () => {
    expect(await reach('https://10.0.0.4/')).toBe('any');
    expect(await reach('https://mcp.corp.example/', { 'mcp.corp.example': ['10.0.0.4', 'fd00::4'] })).toBe(
      'any',
    );
  });
  test('a public server only to public addresses', async () => {
    expect(await reach('https://8.8.8.8/')).toBe('public');
    expect(await reach('https://mcp.example/', { 'mcp.example': ['8.8.8.8'] })).toBe('public');
  });
  test('a name that can’t be looked up counts as public', async () => {
    expect(await reach('https://mcp.example/')).toBe('public');
  });
  test('a public server with one private address among others stays public', async () => {
    expect(await reach('https://mcp.example/', { 'mcp.example': ['8.8.8.8', '127.0.0.1'] })).toBe('public');
  });
});

describe('a public server must not lead into one’s own network', () => {
  const table = { 'mcp.example': ['8.8.8.8'], 'as.example': ['8.8.4.4'], 'inside.example': ['192.168.1.1'] };
  const attempt = async (named: string, issuers?: string[]) => {
    const on = wellBehaved(await stage({ resolveHost: names(table) }), {
      resource: issuers ? { authorization_servers: issuers } : {},
    });
    const code = await problemOfCall(
      discover(on.ctx, { serverUrl: SERVER, challenge: { ...challenge, resourceMetadata: named }, settings }),
    );
    return { code, asked: on.asked() };
  };

  test.each([
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.1.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://localhost/',
    'http://localhost:3000/',
    'https://router.lan/',
    'https://inside.example/',
  ])('by resource_metadata at %s', async (named) => {
    expect(await attempt(named)).toEqual({ code: 'private-address-refused', asked: [] });
  });

  test('by resource_metadata with another scheme', async () => {
    for (const named of ['file:///etc/passwd', 'http://169.254.169.254/', 'javascript:x']) {
      expect(await attempt(named)).toEqual({ code: 'resource-metadata-unusable', asked: [] });
    }
  });

  test.each(['https://10.0.0.1', 'http://localhost:9000', 'https://inside.example'])(
    'by an issuer at %s',
    async (issuer) => {
      const { code, asked } = await attempt(challenge.resourceMetadata ?? '', [issuer]);
      expect(code).toBe('private-address-refused');
      expect(asked.length).toBe(1);
    },
  );

  test.each([
    ['authorization_endpoint', 'https://192.168.1.1/admin'],
    ['token_endpoint', 'https://169.254.169.254/token'],
    ['registration_endpoint', 'https://localhost/register'],
    ['revocation_endpoint', 'https://10.1.1.1/'],
    ['jwks_uri', 'https://[fd00::1]/keys'],
    ['userinfo_endpoint', 'http://127.0.0.1/'],
    ['introspection_endpoint', 'https://nas.local/'],
    ['pushed_authorization_request_endpoint', 'https://intranet/'],
  ])('by its issuer’s %s', async (member, address) => {
    const on = wellBehaved(await stage(), { issuer: { [member]: address } });
    const call = discover(on.ctx, { serverUrl: SERVER, challenge, settings });
    expect(await problemOfCall(call)).toBe('private-address-refused');
  });

  test('unless the host is allowed by name', async () => {
    const on = await stage({ reach: 'public', allowedPrivateHosts: ['idp.lan'] });
    await expect(checkReach(on.ctx, new URL('https://idp.lan/x'))).resolves.toBeUndefined();
    expect(await problemOfCall(checkReach(on.ctx, new URL('https://nas.lan/x')))).toBe(
      'private-address-refused',
    );
  });
});

test('the injected fetch is told the reach, so that it can hold it at connect time', async () => {
  const on = wellBehaved(await stage());
  await discover(on.ctx, { serverUrl: SERVER, challenge, settings });
  expect(on.inits.map(({ reach }) => reach)).toEqual(['public', 'public']);
});

test('where the reach is any, nothing is refused, nor looked up', async () => {
  const resolveHost = () => Promise.reject(failure('private-address-refused', { host: 'looked up' }));
  for (const reach of ['any', undefined] as const) {
    const on = await stage({ resolveHost, ...(reach && { reach }) });
    for (const address of ['https://10.0.0.1/', 'https://nas.lan/', 'https://as.example/']) {
      await expect(checkReach(on.ctx, new URL(address))).resolves.toBeUndefined();
      expect(() => checkSpelling(on.ctx, new URL(address))).not.toThrow();
    }
  }
});

test('an address that says itself where it leads is not looked up', async () => {
  const asked: string[] = [];
  const resolveHost = async (host: string) => {
    asked.push(host);
    return ['10.0.0.1'];
  };
  const on = await stage({ reach: 'public', resolveHost });
  await expect(checkReach(on.ctx, new URL('https://8.8.8.8/'))).resolves.toBeUndefined();
  expect(await problemOfCall(checkReach(on.ctx, new URL('https://as.example/')))).toBe(
    'private-address-refused',
  );
  expect(asked).toEqual(['as.example']);
});

test('public addresses are within every reach, written as they may be', async () => {
  const on = await stage({ reach: 'public' });
  for (const address of ['https://8.8.8.8/x', 'https://[2606:4700::1111]/x', 'https://as.example/x']) {
    await expect(checkReach(on.ctx, new URL(address))).resolves.toBeUndefined();
  }
});

test('a look-up that refuses in our own words is believed', async () => {
  const refused = failure('private-address-refused', { host: 'as.example' });
  const on = await stage({ reach: 'public', resolveHost: () => Promise.reject(refused) });
  expect(await problemOfCall(checkReach(on.ctx, new URL('https://as.example/')))).toBe(
    'private-address-refused',
  );
});

test('a connection is held to the reach by the address it is made to', () => {
  expect(mayConnect('public', '8.8.8.8')).toBe(true);
  expect(mayConnect('public', '127.0.0.1')).toBe(false);
  expect(mayConnect('public', '::ffff:10.0.0.1')).toBe(false);
  expect(mayConnect('any', '127.0.0.1')).toBe(true);
});

test('a discovery tells its reach to the steps that follow', async () => {
  const on = wellBehaved(await stage());
  expect((await discover(on.ctx, { serverUrl: SERVER, challenge, settings })).reach).toBe('public');
});

test('a name that moves into the private network between two requests gets nowhere', async () => {
  let answers = 0;
  const resolveHost = async (host: string) => {
    if (host !== 'as.example') return ['8.8.8.8'];
    answers += 1;
    return answers > 1 ? ['127.0.0.1'] : ['8.8.4.4'];
  };
  const on = wellBehaved(await stage({ resolveHost }), {
    resource: { authorization_servers: ['https://as.example'] },
  });
  on.on('GET https://as.example/.well-known/oauth-authorization-server', { status: 404 });
  const call = discover(on.ctx, { serverUrl: SERVER, challenge, settings });
  expect(await problemOfCall(call)).toBe('private-address-refused');
});
