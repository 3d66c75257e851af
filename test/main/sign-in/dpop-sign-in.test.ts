import { expect, test } from 'vitest';
import { sandboxForTest, startCore } from '../../support/core.ts';

const HOUR_MS = 3_600_000;

/** A core in front of a sandbox whose server asks for DPoP, or for Bearer tokens; `more` ends its challenge. */
async function inFrontOf(scheme: 'DPoP' | 'Bearer', more = '') {
  const sandbox = await sandboxForTest({ dpopNonce: true });
  const app = await startCore({ sandbox });
  const metadata = `${new URL(sandbox.mcpUrl).origin}/.well-known/oauth-protected-resource/mcp`;
  const challenge = `${scheme} scope="mcp:tools", resource_metadata="${metadata}"${more}`;
  app.wire.intercept = ({ url, headers }) =>
    url.href === sandbox.mcpUrl && !headers.has('authorization')
      ? new Response(null, { status: 401, headers: { 'www-authenticate': challenge } })
      : undefined;
  return { sandbox, app };
}

test('a server that asks for DPoP gets bound tokens, with the nonces both sides demand', async () => {
  const { app } = await inFrontOf('DPoP');
  const { server, account } = await app.signedIn();
  const authorization = await app.core.keeper.authorization(account.id);
  expect(authorization.tokenType).toBe('DPoP');
  expect(app.visits[0]?.searchParams.get('dpop_jkt')).toBe(authorization.dpop?.thumbprint);
  const calls = ['a', 'b', 'c'].map((text) =>
    app.core.calls.call(app.core.connection(server.id, account.id), {
      callId: text,
      name: 'echo',
      arguments: { text },
    }),
  );
  expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(['result', 'result', 'result']);
  // Nonces cost a repeat, never a renewal or a further consent.
  expect(app.wire.tokenRequests('refresh_token')).toEqual([]);
  expect(app.visits).toHaveLength(1);
});

test('a renewal keeps the key', async () => {
  const { app } = await inFrontOf('DPoP');
  const { account } = await app.signedIn();
  const before = await app.core.keeper.authorization(account.id);
  app.time.sleepThrough(HOUR_MS + 1);
  const after = await app.core.keeper.authorization(account.id);
  expect(after.accessToken).not.toBe(before.accessToken);
  expect(after.dpop?.thumbprint).toBe(before.dpop?.thumbprint);
});

test('a server that asks for Bearer tokens gets them, although its issuer knows DPoP', async () => {
  const { app } = await inFrontOf('Bearer');
  const { account } = await app.signedIn();
  const authorization = await app.core.keeper.authorization(account.id);
  expect(authorization).toMatchObject({ tokenType: 'Bearer', dpop: null });
  expect(app.visits[0]?.searchParams.has('dpop_jkt')).toBe(false);
});

/** The same, with more members in the server's own metadata. */
async function describing(members: Record<string, unknown>, scheme: 'DPoP' | 'Bearer' = 'Bearer', more = '') {
  const { sandbox, app } = await inFrontOf(scheme, more);
  const challenged = app.wire.intercept;
  app.wire.intercept = async (exchange) => {
    if (!exchange.url.pathname.startsWith('/.well-known/oauth-protected-resource'))
      return challenged(exchange);
    const document = (await (await fetch(exchange.url)).json()) as Record<string, unknown>;
    return Response.json({ ...document, ...members });
  };
  return { sandbox, app };
}

test('a server whose metadata wants bound tokens gets them, whatever its challenge is called', async () => {
  const { app } = await describing({ dpop_bound_access_tokens_required: true });
  const { account } = await app.signedIn();
  expect((await app.core.keeper.authorization(account.id)).tokenType).toBe('DPoP');
});

test('without a common algorithm the sign-in ends by name, before the browser opens', async () => {
  const { app } = await describing({
    dpop_bound_access_tokens_required: true,
    dpop_signing_alg_values_supported: ['HS256'],
  });
  const { status } = await app.signIn(await app.addServer());
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'dpop-unsupported' } });
  expect(app.visits).toEqual([]);
});

test('the proofs are signed with an algorithm the challenge names (RFC 9449 §7.1)', async () => {
  const supported = { dpop_signing_alg_values_supported: ['ES256', 'EdDSA'] };
  const { app } = await describing(supported, 'DPoP', ', algs="PS256 EdDSA"');
  const { account } = await app.signedIn();
  const authorization = await app.core.keeper.authorization(account.id);
  expect(authorization).toMatchObject({ tokenType: 'DPoP', dpop: { algorithm: 'EdDSA' } });
});

test('a server that takes either kind gets Bearer tokens when no algorithm fits', async () => {
  const { app } = await inFrontOf('DPoP', ', algs="PS256", Bearer');
  const { account } = await app.signedIn();
  expect((await app.core.keeper.authorization(account.id)).tokenType).toBe('Bearer');
});

test('a server that insists on an algorithm we lack is told so, before the browser opens', async () => {
  const { app } = await inFrontOf('DPoP', ', algs="PS256"');
  const { status } = await app.signIn(await app.addServer());
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'dpop-unsupported' } });
  expect(app.visits).toEqual([]);
});
