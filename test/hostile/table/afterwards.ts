import assert from 'node:assert/strict';
import { problemOf } from '../../../src/shared/problems.ts';
import type { Attack } from '../../sandbox/profiles/hostile.ts';
import { quietly, until } from '../../support/time.ts';
import { at, issuerSays } from '../answers.ts';
import { signedIn } from '../play.ts';
import type { Guard, HostileRow, StagedRow } from '../row.ts';

const redirect: Guard = { file: 'main/oauth/http.ts', name: 'redirectTarget' };
const HOUR_MS = 3_600_000;

/** An attack that begins when the person is signed in already. */
function later(attack: Attack): Attack & { begin(): void } {
  let begun = false;
  return {
    begin() {
      begun = true;
    },
    metadata: (document, places) => (begun && attack.metadata?.(document, places)) || document,
    resource: (document, places) => (begun && attack.resource?.(document as never, places)) || document,
    answer: (endpoint, answer, places) => (begun && attack.answer?.(endpoint, answer, places)) || answer,
    take: (path, res, places, req) => (begun && attack.take?.(path, res, places, req)) || false,
  };
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => problemOf(error).code,
  );

interface Renewal {
  readonly name: string;
  readonly does: string;
  readonly must: string;
  readonly guard: Guard;
  readonly attack: Attack;
  readonly problem: string;
}

/** Rows about a renewal: whatever is answered, a working account is not thrown away. */
const renewal = ({ name, does, must, guard, attack, problem }: Renewal): StagedRow => ({
  kind: 'staged',
  name,
  who: 'issuer',
  does,
  must,
  guard,
  async play(stage) {
    const changed = later(attack);
    const sandbox = await stage.sandbox(changed);
    const { app, id, account } = await signedIn(stage, sandbox);
    changed.begin();
    assert.equal(await codeOf(app.core.keeper.refreshNow(id)), problem);
    assert.equal(account().state.kind, 'live');
    assert.equal(sandbox.count({ host: 'elsewhere' }), 0);
    // The token that lives is used on, and the next honest answer renews it.
    const connection = app.core.connection(account().serverId, id);
    const call = { callId: 'after', name: 'whoami', arguments: {} };
    assert.equal((await app.core.calls.call(connection, call)).kind, 'result');
    sandbox.behave();
    assert.equal(await codeOf(app.core.keeper.refreshNow(id)), 'done');
  },
});

const renewals = [
  renewal({
    name: 'token-endpoint-changed-to-http',
    does: 'Names a plain http token endpoint on another computer, now that a refresh token waits to be sent.',
    must: 'The refresh token is not sent there; the account is kept, and renewed when the issuer is honest again.',
    guard: {
      file: 'main/oauth/issuer-request.ts',
      name: 'endpointUrl(name, address)',
      removed: { text: 'const url = endpointUrl(name, address);', by: 'const url = new URL(address);' },
    },
    attack: issuerSays({ token_endpoint: 'http://issuer.example/token' }),
    problem: 'refresh-delayed',
  }),
  renewal({
    name: 'issuer-changed-its-name',
    does: 'Calls itself by the name of another issuer, and has that one’s token endpoint.',
    must: 'The document is not used; what was known before is, and the renewal succeeds with it.',
    guard: { file: 'main/oauth/issuer-metadata.ts', name: 'checkName' },
    attack: {
      metadata: (document, { elsewhere }) => ({
        ...document,
        issuer: elsewhere.origin,
        token_endpoint: `${elsewhere.origin}/token`,
      }),
    },
    problem: 'done',
  }),
  renewal({
    name: 'redirected-renewal',
    does: 'Redirects the refresh token to another host.',
    must: 'Not followed; the account is kept.',
    guard: redirect,
    attack: at('/token', (res, { elsewhere }) =>
      res.writeHead(308, { location: `${elsewhere.origin}/token` }).end(),
    ),
    problem: 'redirect-refused',
  }),
  renewal({
    name: 'renewal-of-nothing',
    does: 'Answers the renewal with 200 and an empty object.',
    must: 'No tokens; the account is kept.',
    guard: { file: 'main/oauth/token-set.ts', name: 'readTokenSet' },
    attack: at('/token', (res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{}')),
    problem: 'answer-malformed',
  }),
  renewal({
    name: 'renewal-never-again',
    does: 'Answers 503 and asks for a pause of thirty years.',
    must: 'A day at most, and none for the person who asks again.',
    guard: {
      file: 'main/accounts/token-keeper.ts',
      name: 'refreshNow',
      removed: {
        text: 'this.#pauses.end(accountId);\n    await this.refreshAhead(accountId);',
        by: 'await this.refreshAhead(accountId);',
      },
    },
    attack: at('/token', (res) => res.writeHead(503, { 'retry-after': '946080000' }).end()),
    problem: 'refresh-delayed',
  }),
];

const revoked: StagedRow = {
  kind: 'staged',
  name: 'redirected-revocation',
  who: 'issuer',
  does: 'Redirects the tokens of a sign-out to another host.',
  must: 'Not followed; the account is gone here all the same, and the report is honest.',
  guard: redirect,
  async play(stage) {
    const sandbox = await stage.sandbox({
      answer: (endpoint, answer, { elsewhere }) =>
        endpoint === 'revocation'
          ? { status: 307, headers: { location: `${elsewhere.origin}/revoke` }, body: '' }
          : answer,
    });
    const { app, id } = await signedIn(stage, sandbox);
    const report = await app.core.leaving.signOut(id, { forgetRegistration: true });
    assert.ok(report.revocation !== 'confirmed', report.revocation);
    assert.deepEqual(app.core.accounts.all(), []);
    assert.equal(sandbox.count({ host: 'elsewhere' }), 0);
    await app.core.revocations.clear();
  },
};

const moved: StagedRow = {
  kind: 'staged',
  name: 'server-moves-to-another-issuer',
  who: 'server',
  does: 'Refuses every token and names another issuer, to be sent the tokens of the old one.',
  must: 'The account is parked; nothing of the old issuer is sent to the new one.',
  guard: {
    file: 'main/accounts/issuer-move.ts',
    name: 'noteIssuer',
  },
  async play(stage) {
    const other = await stage.sandbox();
    const moving = later({
      resource: (document) => ({ ...document, authorization_servers: [other.issuerUrl] }),
      take: (path, res) => {
        if (path !== '/mcp') return false;
        res.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
        return true;
      },
    });
    const { app, server, id, account } = await signedIn(stage, await stage.sandbox(moving));
    moving.begin();
    const call = { callId: 'moved', name: 'whoami', arguments: {} };
    await app.core.calls.call(app.core.connection(server.id, id), call);
    await until(() => account().state.kind === 'issuer-moved');
    assert.equal(other.count({ path: '/token' }), 0);
    assert.equal(await codeOf(app.core.keeper.authorization(id)), 'issuer-moved');
  },
};

const refusing: StagedRow = {
  kind: 'staged',
  name: 'refuses-every-token',
  who: 'server',
  does: 'Answers 401 to every token, however fresh, call after call.',
  must: 'One renewal per call and no more; then the person is asked, and nothing goes on by itself.',
  guard: { file: 'main/servers/authorized-fetch.ts', name: 'token-not-accepted' },
  async play(stage) {
    const refusal = later({
      take: (path, res) => {
        if (path !== '/mcp') return false;
        res.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
        return true;
      },
    });
    const sandbox = await stage.sandbox(refusal);
    const { app, server, id } = await signedIn(stage, sandbox);
    refusal.begin();
    sandbox.reset();
    const connection = app.core.connection(server.id, id);
    const outcome = await app.core.calls.call(connection, { callId: '1', name: 'whoami', arguments: {} });
    assert.equal(outcome.kind === 'problem' && outcome.problem.code, 'token-not-accepted');
    assert.equal(sandbox.count({ grantType: 'refresh_token' }), 1);
    await until(() => connection.view.status === 'waiting-for-sign-in');
    app.time.advance(HOUR_MS / 2);
    await quietly();
    assert.equal(connection.view.status, 'waiting-for-sign-in');
    assert.ok(sandbox.requests.length < 20, `${sandbox.requests.length} requests`);
  },
};

const wantsMore: StagedRow = {
  kind: 'staged',
  name: 'wants-more-and-more',
  who: 'server',
  does: 'Answers every call that one scope more is needed, another each time.',
  must: 'The person is asked a few times an hour; then it is a problem, and no dialog.',
  guard: {
    file: 'main/accounts/step-up.ts',
    name: 'ASKED_PER_HOUR',
    removed: { text: 'export const ASKED_PER_HOUR = ', by: 'export const ASKED_PER_HOUR = 100 + ' },
  },
  async play(stage) {
    let wanted = 0;
    const greedy = later({
      take: (path, res) => {
        if (path !== '/mcp') return false;
        wanted += 1;
        const challenge = `Bearer error="insufficient_scope", scope="scope-${wanted}"`;
        res.writeHead(403, { 'www-authenticate': challenge }).end();
        return true;
      },
    });
    const { app, server, id } = await signedIn(stage, await stage.sandbox(greedy));
    greedy.begin();
    const kinds: string[] = [];
    for (let call = 0; call < 12; call += 1) {
      const connection = app.core.connection(server.id, id);
      const outcome = await app.core.calls.call(connection, {
        callId: `${call}`,
        name: 'echo',
        arguments: {},
      });
      const offered = await app.core.stepUps.offer(id, 'echo', outcome);
      kinds.push(offered.kind === 'problem' ? offered.problem.code : offered.kind);
    }
    const asked = kinds.filter((kind) => kind === 'more-scope').length;
    assert.ok(asked >= 1 && asked <= 5, kinds.join());
    assert.deepEqual(new Set(kinds.slice(asked)), new Set(['step-up-limit']));
  },
};

/** What an issuer or server does once it has an account. */
export const afterwards: readonly HostileRow[] = [...renewals, revoked, moved, refusing, wantsMore];
