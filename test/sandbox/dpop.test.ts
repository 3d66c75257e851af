import { createHash } from 'node:crypto';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose';
import { afterEach, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { authorizationRequest, discover, register } from './scripted-client.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function proof(
  keys: GenerateKeyPairResult,
  url: string,
  { nonce, token }: { nonce?: string | undefined; token?: string },
): Promise<string> {
  const ath = token && createHash('sha256').update(token).digest('base64url');
  return new SignJWT({ htm: 'POST', htu: url, ...(nonce ? { nonce } : {}), ...(ath ? { ath } : {}) })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(keys.publicKey) })
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .sign(keys.privateKey);
}

it.each([false, true])('binds tokens to a key (nonces demanded: %s)', async (dpopNonce) => {
  sandbox = await startSandbox({ consent: 'auto', dpopNonce });
  const metadata = await discover(sandbox.issuerUrl);
  const { client_id } = await register(metadata);
  const attempt = authorizationRequest(metadata, client_id, { resource: sandbox.mcpUrl });
  const callback = await fetch(attempt.url, { redirect: 'manual' });
  const keys = await generateKeyPair('ES256');
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id,
    code: new URL(callback.headers.get('location') ?? '').searchParams.get('code') ?? '',
    code_verifier: attempt.verifier,
    redirect_uri: attempt.redirectUri,
    resource: sandbox.mcpUrl,
  });
  const ask = async (nonce?: string) =>
    fetch(metadata.token_endpoint, {
      method: 'POST',
      headers: { dpop: await proof(keys, metadata.token_endpoint, { nonce }) },
      body,
    });
  let answer = await ask();
  if (dpopNonce) {
    expect(answer.status).toBe(400);
    expect((await answer.json()).error).toBe('use_dpop_nonce');
    answer = await ask(answer.headers.get('dpop-nonce') ?? '');
  }
  const { access_token: token, token_type } = await answer.json();
  expect(token_type).toBe('DPoP');

  const call = async (scheme: string, nonce?: string) =>
    fetch(sandbox.mcpUrl, {
      method: 'POST',
      headers: {
        authorization: `${scheme} ${token}`,
        dpop: await proof(keys, sandbox.mcpUrl, { nonce, token }),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
      }),
    });
  const asBearer = await call('Bearer');
  expect(asBearer.status).toBe(401);
  expect(asBearer.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_dpop_proof"/);
  let called = await call('DPoP');
  if (dpopNonce) {
    expect(called.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/);
    called = await call('DPoP', called.headers.get('dpop-nonce') ?? '');
  }
  expect(called.status).toBe(200);
});
