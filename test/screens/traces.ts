import type { Trace, TraceStep, TraceSummary, TraceToken } from '../../src/shared/domain/trace.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import { HOUR, MINUTE, NOW } from './fixtures.ts';

const START = NOW - 6 * MINUTE;

export function aStep(after: number, over: Partial<TraceStep> & { title: string }): TraceStep {
  return {
    // A step is recorded when it ends.
    at: START + after + (over.durationMs ?? 0),
    durationMs: null,
    from: 'gatehouse',
    to: 'gatehouse',
    rule: null,
    request: null,
    response: null,
    notes: [],
    tokens: [],
    problem: null,
    ...over,
  };
}

export function accessToken(side: TraceToken['side'], place: string): TraceToken {
  return {
    side,
    place,
    kind: 'signed',
    header: { alg: 'ES256', typ: 'at+jwt', kid: 'key-2026' },
    claims: {
      iss: 'https://login.acme-id.example',
      aud: ['https://mcp.acme.example/mcp'],
      sub: 'ada',
      client_id: 'c_5d41',
      scope: 'projects:read',
      iat: Math.floor((START + 19_400) / 1000),
      exp: Math.floor((START + 19_400) / 1000) + 3600,
      jti: 'sha256:9f2c04ab…',
    },
    withheld: ['email', 'realm_access'],
  };
}

const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };

const steps: TraceStep[] = [
  aStep(0, {
    title: 'First request, without a token',
    from: 'gatehouse',
    to: 'server',
    durationMs: 183,
    rule: { text: 'The server’s challenge names its resource metadata.', reference: 'RFC 9728 §5.1' },
    request: {
      method: 'POST',
      url: 'https://mcp.acme.example/mcp',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":0,"method":"server/discover"}',
    },
    response: {
      status: 401,
      headers: {
        'www-authenticate':
          'Bearer resource_metadata="https://mcp.acme.example/.well-known/oauth-protected-resource/mcp", scope="projects:read"',
      },
      body: null,
    },
  }),
  aStep(190, {
    title: 'Read the resource metadata',
    from: 'gatehouse',
    to: 'server',
    durationMs: 71,
    rule: { text: 'The resource covers the address in use.', reference: 'RFC 9728 §3.3' },
    request: {
      method: 'GET',
      url: 'https://mcp.acme.example/.well-known/oauth-protected-resource/mcp',
      headers: { accept: 'application/json' },
      body: null,
    },
    response: {
      status: 200,
      headers: json,
      body: '{"resource":"https://mcp.acme.example/mcp","authorization_servers":["https://login.acme-id.example"],"scopes_supported":["projects:read","projects:write"]}',
    },
  }),
  aStep(270, {
    title: 'Read the issuer metadata',
    from: 'gatehouse',
    to: 'issuer',
    durationMs: 240,
    rule: {
      text: 'The issuer in the document is the one asked for, as a string.',
      reference: 'RFC 8414 §3.3',
    },
    request: {
      method: 'GET',
      url: 'https://login.acme-id.example/.well-known/oauth-authorization-server',
      headers: { accept: 'application/json' },
      body: null,
    },
    response: {
      status: 200,
      headers: json,
      body: '{"issuer":"https://login.acme-id.example","code_challenge_methods_supported":["S256"]}',
    },
  }),
  aStep(520, {
    title: 'Register Gatehouse',
    from: 'gatehouse',
    to: 'issuer',
    durationMs: 390,
    rule: { text: 'Dynamic registration as a native app.', reference: 'RFC 7591 §3' },
    request: {
      method: 'POST',
      url: 'https://login.acme-id.example/register',
      headers: { 'content-type': 'application/json' },
      body: '{"client_name":"Gatehouse","application_type":"native"}',
    },
    response: { status: 400, headers: json, body: '{"error":"invalid_redirect_uri"}' },
    notes: ['The issuer refused the app link. Gatehouse registers again with a loopback address.'],
  }),
  aStep(920, {
    title: 'Register Gatehouse again, loopback only',
    from: 'gatehouse',
    to: 'issuer',
    durationMs: 310,
    rule: { text: 'Loopback redirect with any port.', reference: 'RFC 8252 §7.3' },
    request: {
      method: 'POST',
      url: 'https://login.acme-id.example/register',
      headers: { 'content-type': 'application/json' },
      body: null,
    },
    response: {
      status: 201,
      headers: json,
      body: '{"client_id":"c_5d41","registration_access_token":"•••"}',
    },
  }),
  aStep(1240, { title: 'You agreed to the preview' }),
  aStep(1260, {
    title: 'Open the browser',
    from: 'gatehouse',
    to: 'browser',
    rule: { text: 'PKCE with S256, state and resource are sent.', reference: 'RFC 7636 §4.3, RFC 8707 §2' },
    request: {
      method: 'GET',
      url: 'https://login.acme-id.example/authorize?response_type=code&client_id=c_5d41&code_challenge=•••&code_challenge_method=S256&state=•••&resource=https%3A%2F%2Fmcp.acme.example%2Fmcp',
      headers: {},
      body: null,
    },
  }),
  aStep(19_400, {
    title: 'The browser came back',
    from: 'browser',
    to: 'gatehouse',
    rule: { text: 'State matches; the issuer in the answer is the one asked.', reference: 'RFC 9207 §2.4' },
    request: {
      method: 'GET',
      url: 'http://127.0.0.1:49731/oauth/callback?code=•••&state=•••&iss=https%3A%2F%2Flogin.acme-id.example',
      headers: {},
      body: null,
    },
  }),
];

export const summary = (over: Partial<TraceSummary> & { id: string; title: string }): TraceSummary => ({
  kind: 'connection',
  serverId: null,
  accountId: null,
  startedAt: NOW - HOUR,
  endedAt: NOW - HOUR + 640,
  outcome: 'succeeded',
  problem: null,
  ...over,
});

export const goodTrace: Trace = {
  ...summary({
    id: 'trace-1',
    kind: 'sign-in',
    title: 'Sign in to Acme Projects',
    startedAt: START,
    endedAt: START + 20_310,
  }),
  steps: [
    ...steps,
    aStep(19_420, {
      title: 'Exchange the code for tokens',
      from: 'gatehouse',
      to: 'issuer',
      durationMs: 410,
      rule: { text: 'The code verifier and the resource are sent again.', reference: 'RFC 7636 §4.5' },
      request: {
        method: 'POST',
        url: 'https://login.acme-id.example/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=authorization_code&code=•••&code_verifier=•••',
      },
      response: {
        status: 200,
        headers: json,
        body: '{"access_token":"•••","token_type":"Bearer","expires_in":3600,"refresh_token":"•••"}',
      },
      tokens: [accessToken('response', 'access_token')],
    }),
    aStep(19_850, {
      title: 'First call with the token',
      from: 'gatehouse',
      to: 'server',
      durationMs: 460,
      request: {
        method: 'POST',
        url: 'https://mcp.acme.example/mcp',
        headers: { authorization: 'Bearer •••' },
        body: null,
      },
      response: { status: 200, headers: json, body: null },
      tokens: [accessToken('request', 'authorization')],
    }),
  ],
};

const refused = makeProblem(
  'token-refused',
  { host: 'auth.stripe.example', error: 'invalid_grant' },
  'invalid_grant: code_verifier does not match',
);

const anHourEarlier = (steps: readonly TraceStep[]) => steps.map((step) => ({ ...step, at: step.at - HOUR }));

export const failedTrace: Trace = {
  ...summary({
    id: 'trace-2',
    kind: 'sign-in',
    title: 'Sign in to Stripe',
    serverId: 'stripe',
    startedAt: START - HOUR,
    endedAt: START - HOUR + 19_900,
    outcome: 'failed',
    problem: refused,
  }),
  steps: anHourEarlier([
    ...steps.slice(0, 2),
    aStep(19_420, {
      title: 'Exchange the code for tokens',
      from: 'gatehouse',
      to: 'issuer',
      durationMs: 410,
      request: {
        method: 'POST',
        url: 'https://auth.stripe.example/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: 'grant_type=authorization_code&code=•••&code_verifier=•••&redirect_uri=http%3A%2F%2F127.0.0.1%3A49731%2Foauth%2Fcallback',
      },
      response: {
        status: 400,
        headers: { ...json, 'x-request-id': 'req_7Yh2' },
        body: '{"error":"invalid_grant","error_description":"code_verifier does not match"}',
      },
      problem: refused,
    }),
  ]),
};

export const withoutSteps = ({ steps: _, ...rest }: Trace): TraceSummary => rest;

export const traceSummaries: TraceSummary[] = [
  summary({
    id: 'trace-0',
    kind: 'refresh',
    title: 'Refresh ada@lovelace.example at Linear',
    serverId: 'linear',
    startedAt: NOW - 20_000,
    endedAt: null,
    outcome: 'running',
  }),
  withoutSteps(goodTrace),
  summary({
    id: 'trace-5',
    kind: 'probe',
    title: 'Look at mcp.acme.example',
    startedAt: START - 30_000,
    endedAt: START - 29_200,
  }),
  summary({
    id: 'trace-4',
    title: 'Connect to Weather',
    serverId: 'weather',
    outcome: 'failed',
    problem: makeProblem('certificate-invalid', {
      host: 'weather.example',
      reason: 'it expired on 2 November 2026',
    }),
  }),
  withoutSteps(failedTrace),
  summary({
    id: 'trace-6',
    kind: 'sign-in',
    title: 'Sign in to Notion',
    serverId: 'notion',
    startedAt: NOW - 26 * HOUR,
    endedAt: NOW - 26 * HOUR + 92_000,
    outcome: 'cancelled',
  }),
  summary({
    id: 'trace-7',
    kind: 'sign-out',
    title: 'Sign out grace@hopper.example',
    startedAt: NOW - 50 * HOUR,
    endedAt: NOW - 50 * HOUR + 800,
  }),
];
