import { type Attack, attackOf } from '../../sandbox/profiles/hostile.ts';
import {
  at,
  instead,
  issuerSays,
  members,
  resourceSays,
  sendBeginning,
  sendBomb,
  sendDeep,
  sendHuge,
} from '../answers.ts';
import type { DrivenRow, Guard } from '../row.ts';

const TOKEN = '/token';
const size: Guard = { file: 'main/oauth/http.ts', name: 'BODY_LIMIT_BYTES' };
const reading: Guard = { file: 'main/oauth/token-set.ts', name: 'readTokenSet' };

/** What an issuer answers in place of honest tokens. */
export const tokens: readonly DrivenRow[] = [
  {
    kind: 'driven',
    name: 'token-redirect',
    who: 'issuer',
    does: 'Redirects the code and its verifier to another host.',
    must: 'Not followed.',
    guard: { file: 'main/oauth/http.ts', name: 'redirectTarget' },
    attack: attackOf('token-redirect'),
    ends: { problems: ['redirect-refused'] },
  },
  {
    kind: 'driven',
    name: 'huge-tokens',
    who: 'issuer',
    does: 'Answers the code with 1 GiB.',
    must: 'Cut at 1 MiB, and said so; nothing is stored.',
    guard: size,
    attack: at(TOKEN, (res) => sendHuge(res)),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'bomb-tokens',
    who: 'issuer',
    does: 'Answers the code with 64 MiB in a few KiB of gzip.',
    must: 'Counted as it unpacks, cut at 1 MiB, and said so.',
    guard: size,
    attack: at(TOKEN, (res) => sendBomb(res, 64)),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'deep-tokens',
    who: 'issuer',
    does: 'Answers the code with 400,000 arrays in one another.',
    must: 'No answer: nested deeper than 32.',
    guard: { file: 'main/oauth/json.ts', name: 'exceedsDepth' },
    attack: at(TOKEN, (res) => sendDeep(res)),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'endless-tokens',
    who: 'issuer',
    does: 'Begins to answer the code and never ends.',
    must: 'Given up when the time for one request is over; nothing is stored.',
    guard: { file: 'main/oauth/http.ts', name: 'AbortSignal.timeout(ctx.timeoutMs)' },
    attack: at(TOKEN, (res) => sendBeginning(res)),
    ends: { problems: ['answer-timeout'] },
    limitMs: 250,
  },
  {
    kind: 'driven',
    name: 'token-with-a-header-in-it',
    who: 'issuer',
    does: 'Gives out a token with a line break and another header.',
    must: 'Refused: a token fits into a header and nothing else does.',
    guard: {
      ...reading,
      name: 'headerToken',
      removed: { text: '.regex(/^[\\x21-\\x7e]+$/)', by: '' },
    },
    attack: members('token', { access_token: 'abc\r\nx-evil: 1' }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'endless-token',
    who: 'issuer',
    does: 'Gives out a token of 200 KB, to be sent with every request.',
    must: 'Refused.',
    guard: { ...reading, name: '.max(65_536)' },
    attack: members('token', { access_token: 'x'.repeat(200_000) }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'token-of-wrong-type',
    who: 'issuer',
    does: 'Gives out a list as token.',
    must: 'Refused.',
    guard: reading,
    attack: members('token', { access_token: ['a', 'b'] }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'no-token-at-all',
    who: 'issuer',
    does: 'Answers with a refresh token alone.',
    must: 'Refused; nothing is stored.',
    guard: reading,
    attack: instead('token', ({ access_token: _, ...body }) => ({ body })),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'token-type-of-its-own',
    who: 'issuer',
    does: 'Says the token is of type `mac`, to be sent in another way.',
    must: 'Sent as Bearer, and the deviation is noted.',
    guard: { file: 'main/oauth/answer-repairs.ts', name: 'token-type' },
    attack: members('token', { token_type: 'mac' }),
    ends: { problems: [], note: 'sent as Bearer' },
  },
  {
    kind: 'driven',
    name: 'dpop-token-nobody-asked-for',
    who: 'issuer',
    does: 'Says the token is bound to a key that nobody showed.',
    must: 'Refused: nobody could prove it.',
    guard: {
      ...reading,
      removed: {
        text: "if (bound && !context.dpop)\n    throw failure('token-refused', { host, error: 'a DPoP token nobody asked for' });",
        by: '',
      },
    },
    attack: members('token', { token_type: 'DPoP' }),
    ends: { problems: ['token-refused'] },
  },
  {
    kind: 'driven',
    name: 'dpop-nonce-without-end',
    who: 'issuer',
    does: 'Wants another nonce with every token request.',
    must: 'One more request with the nonce, then it is a refusal.',
    guard: { file: 'main/oauth/issuer-request.ts', name: 'withNonce' },
    attack: {
      ...issuerSays({ dpop_signing_alg_values_supported: ['ES256'] }),
      ...resourceSays({ dpop_bound_access_tokens_required: true }),
      answer: (endpoint, answer) =>
        endpoint === 'token'
          ? {
              status: 400,
              headers: { 'dpop-nonce': crypto.randomUUID() },
              body: { error: 'use_dpop_nonce' },
            }
          : answer,
    },
    ends: { problems: ['token-refused'], tokenRequestsBelow: 3 },
  },
  {
    kind: 'driven',
    name: 'more-scope-than-asked',
    who: 'issuer',
    does: 'Grants scopes nobody asked for, ten thousand of them, some with quotes.',
    must: 'Kept as told as far as they are scopes, two hundred at most, and shown as granted.',
    guard: { file: 'main/oauth/scopes.ts', name: 'SCOPE_LIMIT' },
    attack: members('token', {
      scope: `mcp:tools everything "quoted" ${Array.from({ length: 10_000 }, (_, one) => `s${one}`).join(' ')}`,
    }),
    argv: ['--accounts'],
    ends: {
      problems: [],
      prints: { event: 'account', like: { grant: { grantedScopes: ['mcp:tools', 'everything', 's0'] } } },
    },
  },
  {
    kind: 'driven',
    name: 'scope-of-wrong-type',
    who: 'issuer',
    does: 'Says the granted scope is an object.',
    must: 'Refused; nothing is stored.',
    guard: reading,
    attack: members('token', { scope: { admin: true } }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'token-for-a-million-years',
    who: 'issuer',
    does: 'Says the token lives 1e300 seconds.',
    must: 'Ten years, in numbers a clock can hold.',
    guard: {
      ...reading,
      name: 'LONGEST_LIFE_S',
      removed: { text: 'Math.min(expires_in, LONGEST_LIFE_S)', by: 'expires_in' },
    },
    attack: members('token', { expires_in: 1e300 }),
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'token-that-ended-before',
    who: 'issuer',
    does: 'Says the token lives minus one hour.',
    must: 'Taken as unknown, and noted: no renewal after renewal.',
    guard: { file: 'main/oauth/answer-repairs.ts', name: 'expires-in' },
    attack: members('token', { expires_in: -3600 }),
    argv: ['--call', 'whoami', '--times', '5'],
    ends: { problems: [], note: 'expires_in is -3600; taken as unknown', tokenRequestsBelow: 2 },
  },
  {
    kind: 'driven',
    name: 'life-of-wrong-type',
    who: 'issuer',
    does: 'Says the token lives a list of seconds, the refresh token is a number and the ID token an object.',
    must: 'All three count as not there, and are noted; the token works.',
    guard: { file: 'main/oauth/answer-repairs.ts', name: 'refresh-token' },
    attack: members('token', { expires_in: [1], refresh_token: 7, id_token: { sub: 'mallory' } }),
    ends: { problems: [], note: 'id_token is no string; ignored' },
  },
  {
    kind: 'driven',
    name: 'members-of-the-prototype-in-tokens',
    who: 'issuer',
    does: 'Hides the token in a member named `__proto__`.',
    must: 'No token.',
    guard: reading,
    attack: at(TOKEN, (res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end('{"__proto__":{"access_token":"a-token-from-the-prototype","token_type":"Bearer"}}');
    }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'token-for-somebody-else',
    who: 'issuer',
    does: 'Gives out a token that is good at another server, and renews it into another of that kind.',
    must: 'The server refuses it; one renewal is tried, then the person is told. It is sent to this server alone.',
    guard: { file: 'main/servers/authorized-fetch.ts', name: 'token-not-accepted' },
    attack: members('token', { access_token: 'a-token-for-another-server-altogether' }),
    ends: { problems: ['token-not-accepted'], code: 3, accounts: 1, tokenRequestsBelow: 3 },
  },
  {
    kind: 'driven',
    name: 'name-in-a-forged-id-token',
    who: 'issuer',
    does: 'Adds an ID token of another issuer, unsigned, that names somebody else.',
    must: 'Ignored: it names another issuer.',
    guard: {
      file: 'main/oauth/identity.ts',
      name: 'claimsValid',
      removed: { text: 'return iss === server.issuer && ', by: 'return ' },
    },
    attack: forgedIdToken(),
    argv: ['--accounts'],
    ends: { problems: [], prints: { event: 'account', like: { identity: undefined } } },
  },
  {
    kind: 'driven',
    name: 'client-never-known',
    who: 'issuer',
    does: 'Answers every token request that it does not know the client it just registered.',
    must: 'Said so after one try: a client just registered is not registered again.',
    guard: { file: 'main/sign-in/sign-in-attempt.ts', name: 'client.fresh' },
    attack: {
      answer: (endpoint, answer) =>
        endpoint === 'token' ? { ...answer, status: 401, body: { error: 'invalid_client' } } : answer,
    },
    ends: { problems: ['client-unknown'], tokenRequestsBelow: 2 },
  },
  {
    kind: 'driven',
    name: 'words-of-an-error',
    who: 'issuer',
    does: 'Refuses the code with markup, reversed and invisible characters and 100 KB of text.',
    must: 'The words are bounded and made visible.',
    guard: {
      file: 'shared/problems.ts',
      name: 'visibleText',
    },
    attack: {
      answer: (endpoint, answer) =>
        endpoint === 'token'
          ? {
              ...answer,
              status: 400,
              body: {
                error: 'invalid_request',
                error_description: `<b>Call 555</b>\u202Egnp.exe\u200B\u0007${'x'.repeat(100_000)}`,
              },
            }
          : answer,
    },
    ends: {
      problems: ['token-refused'],
      prints: { event: 'problem', like: { detail: '<b>Call 555</b>\\u{202e}gnp.exe\\u{200b}\\u{7}xxx' } },
    },
  },
];

/** An ID token for the client that was just registered, by nobody. */
function forgedIdToken(): Attack {
  let clientId: unknown;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    answer: (endpoint, answer) => {
      const body = answer.body as Record<string, unknown>;
      if (endpoint === 'registration') clientId = body.client_id;
      if (endpoint !== 'token') return answer;
      const exp = Math.floor(Date.now() / 1000) + 3600;
      const claims = {
        iss: 'https://accounts.bank.example',
        aud: clientId,
        sub: 'root',
        name: 'The Bank',
        exp,
      };
      return { ...answer, body: { ...body, id_token: `${part({ alg: 'none' })}.${part(claims)}.` } };
    },
  };
}
