import assert from 'node:assert/strict';
import { type AttackName, attackOf } from '../../sandbox/profiles/hostile.ts';
import { quietly } from '../../support/time.ts';
import { deliver, expectNothingObtained, linkFrom, problemOf, waiting } from '../play.ts';
import type { DrivenRow, Ending, Guard, HostileRow, StagedRow } from '../row.ts';

const response: Guard = { file: 'main/oauth/authorization-response.ts', name: 'readAuthorizationResponse' };
const iss: Guard = { ...response, name: 'checkIssuer' };
const state: Guard = { file: 'main/sign-in/sign-in-desk.ts', name: 'this.#byState' };

const driven = (
  name: AttackName,
  does: string,
  must: string,
  guard: Guard,
  problem: Ending['problems'][number],
): DrivenRow => ({
  kind: 'driven',
  name,
  who: 'issuer',
  does,
  must,
  guard,
  attack: attackOf(name),
  ends: { problems: [problem] },
});

const mixUp: StagedRow = {
  kind: 'staged',
  name: 'mix-up',
  who: 'issuer',
  does: 'A hostile issuer sends the browser on to an honest one, where the person consents; the honest code comes back to the sign-in of the hostile one.',
  must: 'The answer names another issuer than the one asked: no token request, neither code nor verifier leaves.',
  guard: {
    ...iss,
    removed: {
      text: "if (iss !== null && iss !== expected) throw failure('response-issuer-mismatch', { expected });",
      by: '',
    },
  },
  async play(stage) {
    const [hostile, honest] = [await stage.sandbox(), await stage.sandbox()];
    const other = await waiting(stage, honest);
    const asked = await waiting(stage, hostile, {}, other.app);
    // What the hostile issuer makes of the request: the honest issuer’s client, everything else as it came.
    const crossed = new URL(other.address);
    for (const name of ['state', 'code_challenge']) {
      crossed.searchParams.set(name, asked.address.searchParams.get(name) ?? '');
    }
    assert.equal(deliver(asked.app, await linkFrom(crossed)), true);
    assert.equal(await problemOf(asked), 'response-issuer-mismatch');
    expectNothingObtained(asked.app);
    // The honest sign-in is untouched.
    deliver(other.app, await linkFrom(other.address));
    assert.equal((await other.ended())?.kind, 'succeeded');
  },
};

const crossedAnswers: StagedRow = {
  kind: 'staged',
  name: 'answers-crossed',
  who: 'issuer',
  does: 'Two sign-ins are open at two issuers; each answer arrives with the `state` of the other.',
  must: 'Each answer names the wrong issuer for its state; both end, no code leaves.',
  guard: iss,
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    const two = await waiting(stage, await stage.sandbox(), {}, one.app);
    const links = [await linkFrom(one.address), await linkFrom(two.address)];
    const states = links.map(({ searchParams }) => searchParams.get('state') ?? '');
    links[0]?.searchParams.set('state', states[1] ?? '');
    links[1]?.searchParams.set('state', states[0] ?? '');
    for (const link of links) deliver(one.app, link);
    assert.equal(await problemOf(one), 'response-issuer-mismatch');
    assert.equal(await problemOf(two), 'response-issuer-mismatch');
    expectNothingObtained(one.app);
  },
};

const codeInjection: StagedRow = {
  kind: 'staged',
  name: 'code-injection',
  who: 'web page',
  does: 'Somebody who knows the `state` hands in the code of a sign-in of his own at the same issuer.',
  must: 'The code does not fit the verifier: the issuer refuses it, no account comes of it.',
  guard: {
    file: 'main/oauth/authorization-request.ts',
    name: 'code_challenge',
  },
  async play(stage) {
    const sandbox = await stage.sandbox();
    const victim = await waiting(stage, sandbox);
    const attacker = await waiting(stage, sandbox);
    const injected = await linkFrom(attacker.address);
    injected.searchParams.set('state', victim.address.searchParams.get('state') ?? '');
    deliver(victim.app, injected);
    assert.equal(await problemOf(victim), 'token-refused');
    assert.deepEqual(victim.app.core.accounts.all(), []);
    attacker.app.core.desk.cancel(attacker.begun.id);
    await attacker.ended();
  },
};

const replay: StagedRow = {
  kind: 'staged',
  name: 'replayed-callback',
  who: 'web page',
  does: 'Hands in an answer a second and a third time, while the first is under way and after it.',
  must: 'A state is good for one answer: one token request, one account, the rest is dropped and counted.',
  guard: {
    ...state,
    removed: {
      text: "if (attempt) this.#byState.delete(states[0] ?? '');\n    if (attempt?.receive(parameters)) return true;",
      by: 'if (attempt) {\n      attempt.receive(parameters);\n      return true;\n    }',
    },
  },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    const link = await linkFrom(one.address);
    assert.equal(deliver(one.app, link), true);
    assert.equal(deliver(one.app, link), false);
    assert.equal((await one.ended())?.kind, 'succeeded');
    assert.equal(deliver(one.app, link), false);
    assert.equal(one.app.core.desk.strayCallbacks, 2);
    assert.equal(one.app.wire.tokenRequests().length, 1);
    assert.equal(one.app.core.accounts.all().length, 1);
  },
};

const linkFlood: StagedRow = {
  kind: 'staged',
  name: 'callback-flood-by-links',
  who: 'web page',
  does: 'Opens our scheme five thousand times with made-up answers while a sign-in waits.',
  must: 'Each is dropped; the person hears of it once in ten seconds, one trace; the sign-in still works.',
  guard: {
    file: 'main/sign-in/sign-in-desk.ts',
    name: 'STRAY_NOTICE_MS',
    removed: { text: 'if (clock.now() - this.#strayNoticeAt < STRAY_NOTICE_MS) return;', by: '' },
  },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    for (let index = 0; index < 5_000; index += 1) {
      const link = `app.gatehouse.desktop:/oauth/callback?state=guess-${index}&code=c&error=%3Cb%3E`;
      assert.equal(one.app.open(link), false);
    }
    assert.equal(one.app.core.desk.strayCallbacks, 5_000);
    assert.equal(one.app.payloads('notice').length, 1);
    assert.equal(one.app.core.traces.list(null).filter(({ title }) => title.startsWith('Stray')).length, 1);
    deliver(one.app, await linkFrom(one.address));
    assert.equal((await one.ended())?.kind, 'succeeded');
  },
};

/** Answers by what is done to an honest one, each of which ends the sign-in it is for. */
const spoiled: readonly (readonly [
  name: string,
  does: string,
  must: string,
  spoil: (link: URL) => void,
  problem: string,
  guard: Guard,
])[] = [
  [
    'answer-twice-the-issuer',
    'Names the issuer twice, the right one and another.',
    'No parameter counts when it comes twice.',
    (link) => link.searchParams.append('iss', 'https://accounts.bank.example'),
    'callback-invalid',
    response,
  ],
  [
    'answer-twice-the-error',
    'Brings a code and two errors.',
    'No parameter counts when it comes twice.',
    (link) => {
      link.searchParams.append('error', 'access_denied');
      link.searchParams.append('error', 'server_error');
    },
    'callback-invalid',
    {
      ...response,
      removed: {
        text: 'if (parameters.getAll(name).length > 1)',
        by: 'if (parameters.getAll(name).length > 2)',
      },
    },
  ],
  [
    'answer-without-code',
    'Brings the right state and issuer and no code.',
    'No answer.',
    (link) => link.searchParams.delete('code'),
    'callback-invalid',
    response,
  ],
  [
    'answer-with-tokens',
    'Brings tokens in place of a code, as a sign-in without one would.',
    'Never read: tokens come from the token endpoint alone.',
    (link) => {
      link.searchParams.delete('code');
      link.searchParams.set('access_token', 'a-token-from-the-address-bar');
      link.searchParams.set('token_type', 'Bearer');
    },
    'callback-invalid',
    response,
  ],
  [
    'answer-as-a-signed-response',
    'Brings a signed response (JARM) that nobody asked for beside the code.',
    'No answer to a code request.',
    (link) => link.searchParams.set('response', 'eyJhbGciOiJub25lIn0.e30.'),
    'callback-invalid',
    {
      ...response,
      name: 'validateAuthResponse',
    },
  ],
];

const spoiledRows = spoiled.map(
  ([name, does, must, spoil, problem, guard]): StagedRow => ({
    kind: 'staged',
    name,
    who: 'issuer',
    does,
    must,
    guard,
    async play(stage) {
      const one = await waiting(stage, await stage.sandbox());
      const link = await linkFrom(one.address);
      spoil(link);
      deliver(one.app, link);
      assert.equal(await problemOf(one), problem);
      expectNothingObtained(one.app);
    },
  }),
);

const tooLong: StagedRow = {
  kind: 'staged',
  name: 'answer-of-20-kilobytes',
  who: 'issuer',
  does: 'Brings 20 KB of further parameters along.',
  must: 'Too long for a link of ours: dropped at the door, and the sign-in waits on for the real one.',
  guard: { file: 'shared/deep-link.ts', name: 'LINK_LIMIT' },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    const link = await linkFrom(one.address);
    const long = new URL(link);
    long.searchParams.set('padding', 'x'.repeat(20_000));
    assert.equal(deliver(one.app, long), false);
    expectNothingObtained(one.app);
    assert.equal(deliver(one.app, link), true);
    assert.equal((await one.ended())?.kind, 'succeeded');
  },
};

const words: StagedRow = {
  kind: 'staged',
  name: 'error-with-a-story',
  who: 'issuer',
  does: 'Refuses with a text that tells the person to call a number, with markup and reversed characters, and a link.',
  must: 'The refusal has our words; the issuer’s are one click deeper, bounded and made visible, and the link is dropped.',
  guard: {
    file: 'shared/problems.ts',
    name: 'visibleText',
    removed: { text: '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Zl}\\p{Zp}\\u2800]|', by: '' },
  },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    const link = await linkFrom(one.address);
    link.searchParams.delete('code');
    link.searchParams.set('error', 'access_denied');
    link.searchParams.set('error_description', `<b>Call 555</b>\u202E\u0007${'x'.repeat(5_000)}`);
    link.searchParams.set('error_uri', 'https://evil.example/help');
    deliver(one.app, link);
    const status = await one.ended();
    assert.equal(status?.kind === 'failed' && status.problem.code, 'consent-denied');
    const told = JSON.stringify(status);
    assert.match(told, /<b>Call 555<\/b>\\\\u\{202e\}\\\\u\{7\}xxx/);
    assert.ok(told.length < 3_000 && !told.includes('evil.example'), told.slice(0, 200));
    expectNothingObtained(one.app);
  },
};

const silence: StagedRow = {
  kind: 'staged',
  name: 'never-back-from-the-browser',
  who: 'issuer',
  does: 'Never sends the browser back.',
  must: 'Given up after ten minutes; the state is worth nothing afterwards and nothing waits on disk.',
  guard: { file: 'main/sign-in/sign-in-attempt.ts', name: 'BROWSER_DEADLINE_MS' },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox());
    const link = await linkFrom(one.address);
    one.app.time.advance(10 * 60_000);
    assert.equal(await problemOf(one), 'browser-timeout');
    assert.equal(deliver(one.app, link), false);
    await quietly();
    expectNothingObtained(one.app);
  },
};

/** What comes back by the browser. */
export const browserAnswers: readonly HostileRow[] = [
  driven(
    'wrong-iss',
    'Its answer names another issuer.',
    'Dropped: this is how a code is stolen (RFC 9207).',
    iss,
    'response-issuer-mismatch',
  ),
  driven(
    'iss-with-slash',
    'Its answer names it with a slash more.',
    'Compared as strings, so another issuer.',
    iss,
    'response-issuer-mismatch',
  ),
  driven(
    'missing-iss',
    'Promises to name itself, and does not.',
    'Dropped.',
    {
      ...iss,
      removed: {
        text: 'if (iss === null && server.authorization_response_iss_parameter_supported === true) {',
        by: 'if (iss === "never") {',
      },
    },
    'response-issuer-missing',
  ),
  driven(
    'empty-iss',
    'Names itself by an empty text.',
    'An empty name is a name: another issuer.',
    iss,
    'response-issuer-mismatch',
  ),
  driven(
    'wrong-state',
    'Answers with a state nobody sent.',
    'Dropped and counted; it starts nothing.',
    state,
    'callback-unknown',
  ),
  driven(
    'repeated-code',
    'Brings two codes.',
    'No parameter counts when it comes twice.',
    response,
    'callback-invalid',
  ),
  driven(
    'error-with-wrong-iss',
    'Refuses in the name of another issuer, with a text and a link.',
    'Nothing of it is shown, not even that it is a refusal.',
    iss,
    'response-issuer-mismatch',
  ),
  mixUp,
  crossedAnswers,
  codeInjection,
  replay,
  linkFlood,
  ...spoiledRows,
  tooLong,
  words,
  silence,
];
