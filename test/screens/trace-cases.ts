import type { Trace, TraceStep } from '../../src/shared/domain/trace.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import { HOUR, LONG_NAME, NOW } from './fixtures.ts';
import { accessToken, aStep, failedTrace, summary } from './traces.ts';

/** The sign-in that came after {@link failedTrace} and worked. */
export const mendedTrace: Trace = {
  ...summary({
    id: 'trace-8',
    kind: 'sign-in',
    title: 'Sign in to Stripe',
    serverId: 'stripe',
    startedAt: failedTrace.startedAt + HOUR / 2,
    endedAt: failedTrace.startedAt + HOUR / 2 + 9200,
  }),
  steps: failedTrace.steps.flatMap((earlier): TraceStep[] => {
    const step = { ...earlier, at: earlier.at + HOUR / 2 };
    if (step.problem === null) return [step];
    const { request } = step;
    const mended = {
      ...step,
      durationMs: 366,
      problem: null,
      notes: ['The registration answered 200 instead of 201; accepted.'],
      request: request && {
        ...request,
        body: `${request.body?.replace('49731', '50122')}&resource=https%3A%2F%2Fmcp.stripe.example%2Fmcp`,
      },
      response: {
        status: 200,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-request-id': 'req_9Qw1',
        },
        body: '{"access_token":"•••","token_type":"Bearer","expires_in":3600}',
      },
      tokens: [accessToken('response', 'access_token')],
    };
    const call = aStep(0, {
      at: step.at + 400,
      title: 'First call with the token',
      from: 'gatehouse',
      to: 'server',
      durationMs: 210,
      request: { method: 'POST', url: 'https://mcp.stripe.example/mcp', headers: {}, body: null },
      response: { status: 200, headers: {}, body: null },
    });
    return [mended, call];
  }),
};

/** As many steps as nobody wants to see. */
export const longTrace: Trace = {
  ...summary({
    id: 'trace-long',
    kind: 'connection',
    title: `Connect to ${LONG_NAME}`,
    startedAt: NOW - HOUR,
    endedAt: NOW - HOUR + 60_000,
    outcome: 'cancelled',
  }),
  steps: Array.from({ length: 200 }, (_, index) =>
    aStep(0, {
      at: NOW - HOUR + (index + 1) * 290,
      title: index % 5 === 4 ? `Attempt ${index} failed; the next follows` : `Request ${index + 1}`,
      from: 'gatehouse',
      to: index % 5 === 4 ? 'gatehouse' : index % 3 === 0 ? 'issuer' : 'server',
      durationMs: index % 5 === 4 ? null : 40 + ((index * 37) % 220),
      request:
        index % 5 === 4
          ? null
          : { method: 'GET', url: `https://mcp.example/${index}`, headers: { accept: '*/*' }, body: null },
      response: index % 5 === 4 ? null : { status: index % 7 === 0 ? 503 : 200, headers: {}, body: null },
    }),
  ),
};

const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

/** Everything a server may say to whoever reads its answers. */
export const hostileTrace: Trace = {
  ...summary({
    id: 'trace-hostile',
    kind: 'sign-in',
    title: `Sign in to ${MARKUP} \u202Egnp.exe\u200B`,
    startedAt: NOW - HOUR,
    endedAt: NOW - HOUR + 900,
    outcome: 'failed',
    problem: makeProblem('answer-malformed', { host: 'evil.example', what: MARKUP }, `\u0007${MARKUP}`),
  }),
  steps: [
    aStep(0, {
      at: NOW - HOUR + 400,
      title: `Read ${MARKUP}\u202E\u0000`,
      from: 'gatehouse',
      to: 'issuer',
      durationMs: 400,
      rule: { text: 'javascript:alert(1)', reference: 'javascript:alert(1) RFC 99999 §1' },
      request: {
        method: 'GET',
        url: `https://evil.example/${'long/'.repeat(60)}?next=javascript:alert(1)&next=twice&${MARKUP}=1`,
        headers: { [MARKUP]: 'value', link: '<javascript:alert(1)>; rel=next' },
        body: null,
      },
      response: {
        status: 299,
        headers: { 'x-long': 'x'.repeat(3000), location: 'javascript:alert(1)', 'x-bidi': '\u202Ereversed' },
        body: `${MARKUP}${'A'.repeat(16_000)}`,
      },
      notes: [MARKUP, `[click](javascript:alert(1)) \u2066hidden\u2069`],
      tokens: [
        {
          ...accessToken('response', MARKUP.slice(0, 40)),
          claims: { iss: 'javascript:alert(1)', exp: 9e15, sub: MARKUP, aud: ['\u202Ea', 'b'] },
          withheld: [MARKUP],
        },
      ],
      problem: makeProblem('answer-malformed', { host: 'evil.example', what: MARKUP }, MARKUP),
    }),
  ],
};
