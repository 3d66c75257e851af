import { expect, test } from 'vitest';
import { traceAsMarkdown } from '../../../src/main/trace/markdown.ts';
import type { Trace } from '../../../src/shared/domain/trace.ts';
import { makeProblem } from '../../../src/shared/problems.ts';

const trace: Trace = {
  id: 'trace-1',
  kind: 'sign-in',
  title: 'Sign in to Example',
  serverId: null,
  accountId: null,
  startedAt: 0,
  endedAt: 1,
  outcome: 'failed',
  problem: makeProblem('s256-missing', { host: 'as.example' }, 'code_challenge_methods_supported'),
  steps: [
    {
      at: 0,
      durationMs: 12.4,
      from: 'gatehouse',
      to: 'issuer',
      title: 'Issuer metadata',
      rule: { text: 'The issuer must match', reference: 'RFC 8414 §3.3' },
      request: {
        method: 'GET',
        url: 'https://as.example/x',
        headers: { accept: 'application/json' },
        body: null,
      },
      response: { status: 200, headers: {}, body: '```\n# not a heading\n````' },
      notes: ['Dropped null: a.'],
      tokens: [
        {
          side: 'response',
          place: 'access_token',
          kind: 'signed',
          header: { alg: 'ES256' },
          claims: { sub: '`````' },
          withheld: ['email'],
        },
      ],
      problem: null,
    },
  ],
};

test('a trace becomes one text with rule, note, request, answer and problem', () => {
  const text = traceAsMarkdown(trace);
  for (const part of [
    '# Sign in to Example',
    '- Started: 1970-01-01T00:00:00.000Z',
    '- Problem: `s256-missing` The authorization server as.example does not say',
    '- Detail: code_challenge_methods_supported',
    '## 1. gatehouse → issuer: Issuer metadata (12 ms)',
    'Rule: The issuer must match (RFC 8414 §3.3)',
    'Note: Dropped null: a.',
    'GET https://as.example/x\naccept: application/json',
    'HTTP 200',
    'Token in the answer, access_token (signed, signature not kept, not checked):',
    '"alg": "ES256"',
    '"email"',
  ]) {
    expect(text).toContain(part);
  }
});

test('nothing in a body can close the fence around it', () => {
  const text = traceAsMarkdown(trace);
  expect(text).toContain('`````http\nHTTP 200');
  expect(text.match(/^`{5}$/gm)).toHaveLength(1);
  expect(text).toContain('``````json');
  expect(text.match(/^`{6}$/gm)).toHaveLength(1);
});
