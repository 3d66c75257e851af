import { describe, expect, test } from 'vitest';
import { chooseDpop } from '../../../src/main/sign-in/dpop-choice.ts';
import { problemCodeOf } from '../../support/core.ts';

/** What server and issuer say about DPoP. */
interface Said {
  challenge?: 'Bearer' | 'DPoP';
  /** `algs` of the challenge. */
  algs?: string[];
  orBearer?: true;
  required?: boolean;
  server?: string[];
  issuer?: string[];
}

function choose(said: Said, notes: string[] = []) {
  const { challenge, algs, orBearer, required = false, server, issuer } = said;
  const name = 'https://as.example';
  const members = issuer && { dpop_signing_alg_values_supported: issuer };
  const challenged = challenge && {
    scheme: challenge,
    ...(algs && { dpopAlgorithms: algs }),
    ...(orBearer && { orBearer }),
  };
  const observer = { exchange: () => {}, note: (text: string) => notes.push(text) };
  return chooseDpop({ observer }, challenged, {
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
    [
      'with an algorithm of the challenge (RFC 9449 §7.1)',
      { challenge: 'DPoP', algs: ['RS256', 'EdDSA'], issuer: ['ES256', 'RS256', 'EdDSA'] },
      'EdDSA',
    ],
    [
      'with an algorithm challenge, metadata and issuer know',
      {
        challenge: 'DPoP',
        algs: ['ES256', 'RS256'],
        server: ['RS256', 'EdDSA'],
        issuer: ['EdDSA', 'ES256', 'RS256'],
      },
      'RS256',
    ],
    [
      'with an algorithm of a DPoP challenge beside a Bearer one, when the metadata requires it',
      { challenge: 'Bearer', algs: ['EdDSA'], required: true },
      'EdDSA',
    ],
    [
      'when the server takes Bearer tokens too, but DPoP fits',
      { challenge: 'DPoP', orBearer: true, algs: ['ES256'], issuer: ['ES256'] },
      'ES256',
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
    const notes: string[] = [];
    expect(await choose(said, notes)).toBeNull();
    expect(notes).toEqual([]);
  });

  const without: [string, Said, string][] = [
    ['the server', { challenge: 'DPoP', orBearer: true, algs: ['PS256'], issuer: ['ES256'] }, 'PS256, ES256'],
    ['the issuer', { challenge: 'DPoP', orBearer: true, issuer: ['PS256'] }, 'PS256'],
  ];
  test.each(without)(
    'when DPoP is not insisted on and %s has no fitting algorithm, with a note',
    async (...row) => {
      const [, said, algorithms] = row;
      const notes: string[] = [];
      expect(await choose(said, notes)).toBeNull();
      expect(notes).toEqual([
        `No DPoP algorithm fits server, issuer and Gatehouse (${algorithms}); Bearer tokens it is.`,
      ]);
    },
  );
});

describe('it is a problem', () => {
  const table: [string, Said][] = [
    ['when the issuer knows none of our algorithms', { challenge: 'DPoP', issuer: ['PS256'] }],
    ['when the server knows none of them', { required: true, server: ['HS256'], issuer: ['ES256'] }],
    ['when server and issuer share none', { required: true, server: ['ES256'], issuer: ['RS256'] }],
    ['when the challenge wants another one', { challenge: 'DPoP', algs: ['PS256'], issuer: ['ES256'] }],
    [
      'when the metadata insists, whatever else the challenge offers',
      { challenge: 'DPoP', orBearer: true, required: true, algs: ['PS256'], issuer: ['ES256'] },
    ],
  ];
  test.each(table)('%s', async (_when, said) => {
    expect(await problemCodeOf(choose(said))).toBe('dpop-unsupported');
  });
});
