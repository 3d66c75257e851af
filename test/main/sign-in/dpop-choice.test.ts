import { describe, expect, test } from 'vitest';
import { chooseDpop } from '../../../src/main/sign-in/dpop-choice.ts';
import { problemCodeOf } from '../../support/core.ts';

/** What server and issuer say about DPoP. */
interface Said {
  challenge?: 'Bearer' | 'DPoP';
  required?: boolean;
  server?: string[];
  issuer?: string[];
}

function choose({ challenge, required = false, server, issuer }: Said) {
  const name = 'https://as.example';
  const members = issuer && { dpop_signing_alg_values_supported: issuer };
  return chooseDpop(challenge && { scheme: challenge }, {
    issuer: { issuer: name, server: { issuer: name, ...members }, source: '', freshUntil: 0 },
    protectedResource: {
      resource: 'https://mcp.example/mcp',
      authorizationServers: [name],
      scopesSupported: null,
      name: null,
      dpopRequired: required,
      dpopAlgorithms: server ?? null,
      source: '',
      freshUntil: 0,
    },
  });
}

describe('tokens are bound to a key', () => {
  const table: [string, Said, string][] = [
    ['when challenge and issuer speak of DPoP', { challenge: 'DPoP', issuer: ['ES256'] }, 'ES256'],
    ['when the metadata requires it', { challenge: 'Bearer', required: true, issuer: ['EdDSA'] }, 'EdDSA'],
    ['when it is required and the issuer is silent', { required: true }, 'ES256'],
    ['with an algorithm of the server, then', { required: true, server: ['RS256'] }, 'RS256'],
    [
      'with an algorithm both know',
      { required: true, server: ['PS256', 'RS256', 'EdDSA'], issuer: ['ES256', 'RS256'] },
      'RS256',
    ],
  ];
  test.each(table)('%s', async (_when, said, alg) => {
    expect(await choose(said)).toMatchObject({ alg });
  });
});

describe('tokens are Bearer tokens', () => {
  const table: [string, Said][] = [
    ['when nobody speaks of DPoP', {}],
    ['when only the issuer does', { challenge: 'Bearer', issuer: ['ES256'] }],
    ['when only the challenge does', { challenge: 'DPoP' }],
    ['when the server only could', { challenge: 'Bearer', server: ['ES256'], issuer: ['ES256'] }],
  ];
  test.each(table)('%s', async (_when, said) => {
    expect(await choose(said)).toBeNull();
  });
});

describe('it is a problem', () => {
  const table: [string, Said][] = [
    ['when the issuer knows none of our algorithms', { challenge: 'DPoP', issuer: ['PS256'] }],
    ['when the server knows none of them', { required: true, server: ['HS256'], issuer: ['ES256'] }],
    ['when server and issuer share none', { required: true, server: ['ES256'], issuer: ['RS256'] }],
  ];
  test.each(table)('%s', async (_when, said) => {
    expect(await problemCodeOf(choose(said))).toBe('dpop-unsupported');
  });
});
