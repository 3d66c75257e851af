import { attackOf } from '../../sandbox/profiles/hostile.ts';
import { at, issuerSays, resourceSays, sendBomb } from '../answers.ts';
import type { DrivenRow, Guard } from '../row.ts';

const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
const ISSUER = '/.well-known/oauth-authorization-server';

const size: Guard = { file: 'main/oauth/http.ts', name: 'BODY_LIMIT_BYTES' };
const depth: Guard = { file: 'main/oauth/json.ts', name: 'exceedsDepth' };
const patience: Guard = { file: 'main/oauth/http.ts', name: 'AbortSignal.timeout(ctx.timeoutMs)' };
const redirect: Guard = { file: 'main/oauth/http.ts', name: 'redirectTarget' };
const named: Guard = { file: 'main/oauth/protected-resource.ts', name: 'namedAddress' };
const covers: Guard = { file: 'main/oauth/resource.ts', name: 'resourceCovers' };

const GIVEN_UP =
  'The document is of no use; nothing else the server publishes helps; nothing is asked of anybody else.';

/** What a server or issuer says about itself before anybody signs in. */
export const discovery: readonly DrivenRow[] = [
  {
    kind: 'driven',
    name: 'huge-resource-metadata',
    who: 'server',
    does: 'Resource metadata of 1 GiB.',
    must: GIVEN_UP,
    guard: size,
    attack: attackOf('huge-resource-metadata'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'bomb-resource-metadata',
    who: 'server',
    does: 'Resource metadata of 64 MiB in a few KiB of gzip.',
    must: 'Counted as it unpacks, and cut at 1 MiB.',
    guard: size,
    attack: at(RESOURCE, (res) => sendBomb(res, 64)),
    ends: { problems: [], note: 'answer-too-large' },
  },
  {
    kind: 'driven',
    name: 'huge-issuer-metadata',
    who: 'issuer',
    does: 'Issuer metadata of 1 GiB.',
    must: 'Cut at 1 MiB, and said so.',
    guard: size,
    attack: attackOf('huge-issuer-metadata'),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'bomb-issuer-metadata',
    who: 'issuer',
    does: 'Issuer metadata of 64 MiB in a few KiB of gzip.',
    must: 'Counted as it unpacks, cut at 1 MiB, and said so.',
    guard: {
      ...size,
      removed: { text: 'if (size > BODY_LIMIT_BYTES)', by: 'if (size > 128 * BODY_LIMIT_BYTES)' },
    },
    attack: at(ISSUER, (res) => sendBomb(res, 64)),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'deep-json',
    who: 'server',
    does: 'Resource metadata nested a million deep.',
    must: GIVEN_UP,
    guard: depth,
    attack: attackOf('deep-json'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'deep-issuer-json',
    who: 'issuer',
    does: 'Issuer metadata nested a million deep, beyond 1 MiB.',
    must: 'Cut at 1 MiB before anybody parses it.',
    guard: size,
    attack: attackOf('deep-issuer-json'),
    ends: { problems: ['answer-too-large'] },
  },
  {
    kind: 'driven',
    name: 'deep-small-issuer-json',
    who: 'issuer',
    does: 'Issuer metadata of 80 bytes with 40 arrays in one another around what is needed.',
    must: 'No document: nested deeper than 32.',
    guard: { ...depth, removed: { text: 'if (exceedsDepth(text)) return null;', by: '' } },
    attack: issuerSays({ padding: nested(40) }),
    ends: { problems: ['issuer-incomplete'], note: 'This is no authorization server metadata' },
  },
  {
    kind: 'driven',
    name: 'endless-body',
    who: 'server',
    does: 'Resource metadata that goes on for ever, a byte at a time.',
    must: GIVEN_UP,
    guard: patience,
    attack: attackOf('endless-body'),
    ends: { problems: ['resource-metadata-unusable'] },
    limitMs: 250,
  },
  {
    kind: 'driven',
    name: 'endless-issuer-body',
    who: 'issuer',
    does: 'Issuer metadata that goes on for ever, a byte at a time.',
    must: 'Given up when the time for one request is over.',
    guard: patience,
    attack: attackOf('endless-issuer-body'),
    ends: { problems: ['answer-timeout'] },
    limitMs: 250,
  },
  {
    kind: 'driven',
    name: 'silent-server',
    who: 'server',
    does: 'Takes the request for its metadata and never answers.',
    must: GIVEN_UP,
    guard: patience,
    attack: attackOf('silent-server'),
    ends: { problems: ['resource-metadata-unusable'] },
    limitMs: 250,
  },
  {
    kind: 'driven',
    name: 'redirect-loop',
    who: 'server and issuer',
    does: 'Every well-known address redirects to another one of the same host, without end.',
    must: 'Three redirects are followed, not one more.',
    guard: {
      ...redirect,
      removed: { text: 'if (hops >= REDIRECT_LIMIT) throw refuse();', by: 'if (hops >= 30) throw refuse();' },
    },
    attack: attackOf('redirect-loop'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'cross-origin-redirect',
    who: 'server',
    does: 'Redirects the request for its metadata to another host.',
    must: GIVEN_UP,
    guard: redirect,
    attack: attackOf('cross-origin-redirect'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'backslash-redirect',
    who: 'issuer',
    does: 'Redirects to `/\\host/path`, which browsers read as another host.',
    must: 'Read as browsers read it, and refused.',
    guard: redirect,
    attack: at(ISSUER, (res, { elsewhere }) =>
      res.writeHead(302, { location: `/\\${new URL(elsewhere.origin).host}/stolen` }).end(),
    ),
    ends: { problems: ['redirect-refused'] },
  },
  {
    kind: 'driven',
    name: 'issuer-cross-origin-redirect',
    who: 'issuer',
    does: 'Redirects the request for its metadata to another host.',
    must: 'Not followed, and said so.',
    guard: {
      ...redirect,
      removed: {
        text: "if (target.origin !== origin || target.username !== '' || target.password !== '') throw refuse();",
        by: '',
      },
    },
    attack: attackOf('issuer-cross-origin-redirect'),
    ends: { problems: ['redirect-refused'] },
  },
  {
    kind: 'driven',
    name: 'private-resource-metadata',
    who: 'server',
    does: 'The challenge names the metadata service of a cloud.',
    must: 'Not asked, and the well-known addresses neither: whoever names such an address is not asked for another.',
    guard: named,
    attack: attackOf('private-resource-metadata'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'router-resource-metadata',
    who: 'server',
    does: 'The challenge names an address of the person’s router.',
    must: 'Not asked.',
    guard: named,
    attack: attackOf('router-resource-metadata'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'file-resource-metadata',
    who: 'server',
    does: 'The challenge names a file of this computer.',
    must: 'Not opened.',
    guard: named,
    attack: attackOf('file-resource-metadata'),
    ends: { problems: ['resource-metadata-unusable'] },
  },
  {
    kind: 'driven',
    name: 'elsewhere-resource-metadata',
    who: 'server',
    does: 'The challenge names an address of another host.',
    must: 'RFC 9728 §5.1 allows it: asked once, with nothing on board, and its word is checked.',
    guard: covers,
    attack: attackOf('elsewhere-resource-metadata'),
    ends: { problems: [], elsewhere: { method: 'GET', atMost: 1 } },
    argv: ['--call', 'whoami'],
  },
  {
    kind: 'driven',
    name: 'challenge-flood',
    who: 'server',
    does: 'A `WWW-Authenticate` of 12 KiB: a thousand schemes, half-open quotes, parameters by the hundred.',
    must: 'Twenty challenges are read, the rest is nothing; the sign-in goes on by the well-known addresses.',
    guard: { file: 'main/oauth/challenge.ts', name: 'CHALLENGE_LIMIT' },
    attack: {
      challenge: () =>
        `Bearer ${Array.from({ length: 300 }, (_, one) => `p${one}="\\"`).join(',')}, ${'Basic realm="x", '.repeat(400)}`,
    },
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'challenge-of-both-minds',
    who: 'server',
    does: 'Names two resource metadata addresses in one challenge, the second a private one.',
    must: 'The first counts; no parameter is taken twice.',
    guard: {
      file: 'main/oauth/challenge.ts',
      name: 'addParameter',
      removed: { text: 'if (name in parameters || ', by: 'if (' },
    },
    attack: {
      challenge: ({ resource_metadata }) =>
        `Bearer resource_metadata="${resource_metadata}", resource_metadata="http://169.254.169.254/"`,
    },
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'many-authorization-servers',
    who: 'server',
    does: 'Names a thousand issuers at a host that knows of none.',
    must: 'Five are asked, with nothing on board.',
    guard: {
      file: 'main/oauth/discovery.ts',
      name: 'TRIED_LIMIT',
      removed: { text: 'candidates.slice(0, TRIED_LIMIT)', by: 'candidates' },
    },
    attack: attackOf('many-authorization-servers'),
    ends: { problems: ['issuer-incomplete'], elsewhere: { method: 'GET', atMost: 15 } },
  },
  {
    kind: 'driven',
    name: 'dangerous-issuers-first',
    who: 'server',
    does: 'Names `javascript:`, `file:` and plain http issuers before the right one.',
    must: 'None of them is asked; the right one is.',
    guard: { file: 'main/oauth/issuer-metadata.ts', name: "endpointUrl('issuer', issuer)" },
    attack: {
      resource: (document) => ({
        ...document,
        authorization_servers: [
          'javascript:alert(1)',
          'file:///etc/passwd',
          'http://issuer.example',
          'https://user:password@issuer.example',
          ...(document.authorization_servers as string[]),
        ],
      }),
    },
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'issuer-behind-two-slashes',
    who: 'server',
    does: 'Names an issuer whose path begins with two slashes and another host.',
    must: 'The host before the slashes is asked, nobody else.',
    guard: {
      file: 'main/oauth/issuer-metadata.ts',
      name: 'issuerAddresses',
      removed: {
        text: 'const url = new URL(issuer.origin);\n    url.pathname = pathname;\n    return url;',
        by: 'return new URL(pathname, issuer.origin);',
      },
    },
    attack: {
      resource: (document, { issuerOrigin, elsewhere }) => ({
        ...document,
        authorization_servers: [`${issuerOrigin}//${new URL(elsewhere.origin).host}/x`],
      }),
    },
    ends: { problems: ['issuer-incomplete'] },
  },
  {
    kind: 'driven',
    name: 'foreign-resource',
    who: 'server',
    does: 'Says it is a bank, to get a token for the bank.',
    must: 'Refused before any issuer is asked.',
    guard: {
      ...covers,
      removed: { text: 'if (described.origin !== serverUrl.origin) return false;', by: '' },
    },
    attack: resourceSays({ resource: 'https://bank.example/mcp' }),
    ends: { problems: ['resource-mismatch'] },
  },
  {
    kind: 'driven',
    name: 'sibling-resource',
    who: 'server',
    does: 'Says it is the address beside its own, one with the same beginning.',
    must: 'Refused: a path covers what is below it, on borders of segments.',
    guard: {
      ...covers,
      removed: {
        text: 'withSlash(serverUrl.pathname).startsWith(withSlash(described.pathname))',
        by: 'described.pathname.startsWith(serverUrl.pathname)',
      },
    },
    attack: attackOf('sibling-resource'),
    ends: { problems: ['resource-mismatch'] },
  },
  {
    kind: 'driven',
    name: 'resource-with-credentials',
    who: 'server',
    does: 'Says it is `http://bank.example@` its own host.',
    must: 'Refused: an address with a user name is no resource.',
    guard: {
      ...covers,
      removed: {
        text: "if (described.username !== '' || described.password !== '') return false;",
        by: '',
      },
    },
    attack: {
      resource: (document, { mcpUrl }) => ({
        ...document,
        resource: mcpUrl.replace('http://', 'http://bank.example@'),
      }),
    },
    ends: { problems: ['resource-mismatch'] },
  },
  {
    kind: 'driven',
    name: 'issuer-mismatch',
    who: 'issuer',
    does: 'Calls itself by the name of another issuer.',
    must: 'Refused: identical, or not used (RFC 8414 §3.3).',
    guard: {
      file: 'main/oauth/issuer-metadata.ts',
      name: 'checkName',
      removed: { text: 'checkName(found, asked);', by: '' },
    },
    attack: attackOf('issuer-mismatch'),
    ends: { problems: ['issuer-mismatch'] },
  },
  {
    kind: 'driven',
    name: 'missing-s256',
    who: 'issuer',
    does: 'Does not say that it supports PKCE.',
    must: 'Refused: a stolen code could be used by others.',
    guard: {
      file: 'main/oauth/issuer-policy.ts',
      name: 's256-missing',
      removed: { text: "if (!policy.assumeS256) throw failure('s256-missing', { host });", by: '' },
    },
    attack: attackOf('missing-s256'),
    ends: { problems: ['s256-missing'] },
  },
  {
    kind: 'driven',
    name: 'plain-pkce-only',
    who: 'issuer',
    does: 'Offers PKCE without a hash.',
    must: 'Refused: the challenge would be the verifier.',
    guard: { file: 'main/oauth/issuer-policy.ts', name: 's256-missing' },
    attack: attackOf('plain-pkce-only'),
    ends: { problems: ['s256-missing'] },
  },
  {
    kind: 'driven',
    name: 'metadata-of-wrong-types',
    who: 'server and issuer',
    does: 'Every member that is not needed is of another type: objects, numbers, lists of lists.',
    must: 'A member of the wrong type counts as absent; the sign-in works.',
    guard: { file: 'main/oauth/metadata-members.ts', name: 'authorizationServerMetadata' },
    attack: {
      ...issuerSays({
        revocation_endpoint: { toString: 'x' },
        scopes_supported: [['x'], null, 7],
        grant_types_supported: 7,
        jwks_uri: [],
        authorization_response_iss_parameter_supported: 'perhaps',
      }),
      ...resourceSays({ resource_name: { a: 1 }, scopes_supported: [{}, 1, 'mcp:tools'] }),
    },
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'members-of-the-prototype',
    who: 'server and issuer',
    does: 'Documents with members named `__proto__` and `constructor` that hold endpoints.',
    must: 'They are members like any other unknown ones: dropped.',
    guard: { file: 'main/oauth/metadata-members.ts', name: 'authorizationServerMetadata' },
    attack: at(ISSUER, (res, { issuerOrigin, elsewhere }) => {
      const evil = `{"token_endpoint":"${elsewhere.origin}/token","issuer":"${elsewhere.origin}"}`;
      const honest = JSON.stringify({
        issuer: issuerOrigin,
        authorization_endpoint: `${issuerOrigin}/authorize`,
        token_endpoint: `${issuerOrigin}/token`,
        registration_endpoint: `${issuerOrigin}/register`,
        code_challenge_methods_supported: ['S256'],
      });
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(`{"__proto__":${evil},"constructor":{"prototype":${evil}},${honest.slice(1)}`);
    }),
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'scopes-with-parameters',
    who: 'server',
    does: 'Scopes that are pieces of an address: `x&redirect_uri=…`, with quotes, ten thousand more.',
    must: 'What is no scope is not asked for, the rest can add no parameter, and two hundred are enough.',
    guard: {
      file: 'main/oauth/scopes.ts',
      name: 'isScope',
    },
    attack: {
      challenge: ({ resource_metadata }) => `Bearer resource_metadata="${resource_metadata}"`,
      ...resourceSays({
        scopes_supported: [
          'mcp:tools',
          'x&redirect_uri=https://evil.example/',
          'x y',
          '"quoted"',
          'x\u0000y',
          ...Array.from({ length: 10_000 }, (_, one) => `scope-${one}`),
        ],
      }),
    },
    ends: { problems: [] },
  },
];

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}
