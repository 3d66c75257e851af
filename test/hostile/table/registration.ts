import { at, instead, issuerSays, members, sendBeginning, sendBomb, sendDeep, sendHuge } from '../answers.ts';
import type { DrivenRow, Guard } from '../row.ts';

const REGISTER = '/register';
const size: Guard = { file: 'main/oauth/http.ts', name: 'BODY_LIMIT_BYTES' };
const reading: Guard = { file: 'main/oauth/dynamic-registration.ts', name: 'answer.safeParse' };

/** What an issuer answers when Gatehouse registers. */
export const registration: readonly DrivenRow[] = [
  {
    kind: 'driven',
    name: 'huge-registration',
    who: 'issuer',
    does: 'Answers the registration with 1 GiB.',
    must: 'Cut at 1 MiB, and said so; nothing is kept.',
    guard: size,
    attack: at(REGISTER, (res) => sendHuge(res, 1024, 'application/json', 201)),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'bomb-registration',
    who: 'issuer',
    does: 'Answers the registration with 64 MiB in a few KiB of gzip.',
    must: 'Counted as it unpacks, cut at 1 MiB, and said so.',
    guard: size,
    attack: at(REGISTER, (res) => sendBomb(res, 64)),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'deep-registration',
    who: 'issuer',
    does: 'Answers the registration with 400,000 arrays in one another.',
    must: 'No answer: nested deeper than 32.',
    guard: { file: 'main/oauth/json.ts', name: 'exceedsDepth' },
    attack: at(REGISTER, (res) => sendDeep(res)),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'endless-registration',
    who: 'issuer',
    does: 'Begins to answer the registration and never ends.',
    must: 'Given up when the time for one request is over.',
    guard: {
      file: 'main/oauth/http.ts',
      name: 'settledBy',
    },
    attack: at(REGISTER, (res) => sendBeginning(res)),
    ends: { problems: ['answer-timeout'] },
    limitMs: 250,
  },
  {
    kind: 'driven',
    name: 'redirected-registration',
    who: 'issuer',
    does: 'Redirects the registration to another host.',
    must: 'Not followed.',
    guard: { file: 'main/oauth/http.ts', name: 'redirectTarget' },
    attack: at(REGISTER, (res, { elsewhere }) =>
      res.writeHead(307, { location: `${elsewhere.origin}/register` }).end(),
    ),
    ends: { problems: ['redirect-refused'] },
  },
  {
    kind: 'driven',
    name: 'registration-by-get',
    who: 'issuer',
    does: 'Answers the registration with a redirect that would make it a GET.',
    must: 'Not followed, though it stays on its host.',
    guard: {
      file: 'main/oauth/http.ts',
      name: 'redirectTarget',
      removed: { text: "if (method !== 'GET' && answer.status < 307) throw refuse();", by: '' },
    },
    attack: at(REGISTER, (res) => res.writeHead(302, { location: '/registered' }).end()),
    ends: { problems: ['redirect-refused'] },
  },
  {
    kind: 'driven',
    name: 'client-of-somebody-else',
    who: 'issuer',
    does: 'Registers Gatehouse as the client of somebody else.',
    must: 'The client is used at this issuer only, where the browser shows who asks; no token comes of it.',
    guard: { file: 'main/oauth/client-authentication.ts', name: 'checkBinding' },
    attack: members('registration', { client_id: 'sandbox-mcp-server' }),
    ends: { problems: [], code: 2 },
    poisoned: true,
  },
  {
    kind: 'driven',
    name: 'registration-of-nobody',
    who: 'issuer',
    does: 'Answers the registration with everything but a client ID.',
    must: 'Said so; nothing is kept.',
    guard: reading,
    attack: instead('registration', ({ client_id: _, ...body }) => ({ body })),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'registration-of-wrong-types',
    who: 'issuer',
    does: 'Answers the registration with a list as client ID.',
    must: 'No client ID; nothing is kept.',
    guard: {
      ...reading,
      name: 'client_id: boundedText',
      removed: { text: 'client_id: boundedText,', by: 'client_id: z.any(),' },
    },
    attack: members('registration', { client_id: ['x'], client_secret_expires_at: 'never' }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'endless-client-id',
    who: 'issuer',
    does: 'Gives out a client ID of 500 KB, to be sent and stored from now on.',
    must: 'Not believed; nothing is kept.',
    guard: { file: 'main/oauth/metadata-members.ts', name: 'boundedText' },
    attack: members('registration', { client_id: 'x'.repeat(500_000) }),
    ends: { problems: ['answer-malformed'] },
  },
  {
    kind: 'driven',
    name: 'registration-for-other-redirects',
    who: 'issuer',
    does: 'Registers a redirect URI of its own in place of ours.',
    must: 'Never used: the browser is only ever sent back to an address that was offered.',
    guard: {
      file: 'main/oauth/dynamic-registration.ts',
      name: 'usableRedirectUris',
      removed: {
        text: 'const usable = offered.filter((uri) => names.has(href(uri)));',
        by: 'const usable = [...(kept ?? [])];',
      },
    },
    attack: members('registration', { redirect_uris: ['https://evil.example/take'] }),
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'management-elsewhere',
    who: 'issuer',
    does: 'Wants the registration managed, with its token, at another host.',
    must: 'Not kept; the sign-out asks nobody else.',
    guard: {
      file: 'main/oauth/dynamic-registration.ts',
      name: 'managementOf',
      removed: { text: 'if (own) return {', by: 'if (own || true) return {' },
    },
    attack: {
      answer: (endpoint, answer, { elsewhere }) =>
        endpoint === 'registration'
          ? {
              ...answer,
              body: {
                ...(answer.body as object),
                registration_client_uri: `${elsewhere.origin}/clients/1`,
                registration_access_token: 'a-token-to-manage-the-client-with',
              },
            }
          : answer,
    },
    argv: ['--sign-out'],
    ends: { problems: [], note: 'registration_client_uri leads to another origin', accounts: 0 },
  },
  {
    kind: 'driven',
    name: 'unknown-ways-to-prove-oneself',
    who: 'issuer',
    does: 'Takes only clients that prove themselves by a certificate or a password of the person.',
    must: 'Said so; nothing else is tried.',
    guard: { file: 'main/oauth/dynamic-registration.ts', name: 'methodsFor' },
    attack: issuerSays({ token_endpoint_auth_methods_supported: ['tls_client_auth', 'password'] }),
    ends: { problems: ['client-authentication-unsupported'] },
  },
  {
    kind: 'driven',
    name: 'registration-that-never-fits',
    who: 'issuer',
    does: 'Refuses every registration with another reason.',
    must: 'Six requests at most, then a client ID is asked for.',
    guard: {
      file: 'main/oauth/dynamic-registration.ts',
      name: 'ATTEMPT_LIMIT',
    },
    attack: {
      answer: (endpoint, answer) =>
        endpoint === 'registration'
          ? {
              ...answer,
              status: 400,
              body: { error: 'invalid_redirect_uri', error_description: 'token_endpoint_auth_method scope' },
            }
          : answer,
    },
    ends: { problems: ['redirect-uri-refused'] },
  },
];
