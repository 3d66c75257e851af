import type { Answer, PlainEndpoint, PlainIssuerConfig } from '../plain-issuer.ts';
import {
  type PlainProfile,
  type PlainSandbox,
  type ProfileOptions,
  resourceDocument,
  startPlainProfile,
} from './profile.ts';

type TokenMembers = Record<string, unknown>;

/** One bad habit: what it does to the issuer's answers, to its configuration, or to the server. */
interface Quirk {
  /** What `all` picks one of; members of a group exclude each other. */
  group: string;
  token?: (members: TokenMembers) => TokenMembers;
  registration?: (members: Record<string, unknown>) => Record<string, unknown>;
  metadata?: (members: Record<string, unknown>) => Record<string, unknown>;
  answer?: (endpoint: PlainEndpoint, answer: Answer, path: string) => Answer;
  config?: Partial<PlainIssuerConfig>;
  profile?: Partial<PlainProfile>;
  challenge?: 'bare';
  trailingSlash?: boolean;
}

const oidcPath = '/.well-known/openid-configuration';
const oauthPath = '/.well-known/oauth-authorization-server';

const status =
  (endpoint: PlainEndpoint, from: number, to: number) =>
  (where: PlainEndpoint, answer: Answer): Answer =>
    where === endpoint && answer.status === from ? { ...answer, status: to } : answer;

const tokenError = (change: (answer: Answer) => Answer) => (endpoint: PlainEndpoint, answer: Answer) =>
  endpoint === 'token' && answer.status >= 400 ? change(answer) : answer;

const atOAuthMetadata = (replacement: Answer) => (endpoint: PlainEndpoint, answer: Answer, path: string) =>
  endpoint === 'metadata' && path === oauthPath ? replacement : answer;

const quirks = {
  'registration-200': { group: 'registration-status', answer: status('registration', 201, 200) },
  'token-201': { group: 'token-status', answer: status('token', 200, 201) },
  'secret-without-expiry': {
    group: 'secret',
    registration: ({ client_secret_expires_at, ...rest }) => rest,
    config: { authMethods: ['client_secret_basic', 'client_secret_post'] },
  },
  'secret-null': { group: 'secret', registration: (members) => ({ ...members, client_secret: null }) },
  'secret-empty': { group: 'secret', registration: (members) => ({ ...members, client_secret: '' }) },
  'nulls-everywhere': {
    group: 'nulls',
    token: (members) => ({ id_token: null, error: null, error_description: null, ...members }),
    registration: (members) => ({
      client_uri: null,
      logo_uri: null,
      scope: null,
      contacts: null,
      ...members,
    }),
    metadata: (members) => ({ service_documentation: null, op_tos_uri: null, jwks_uri: null, ...members }),
  },
  'scope-array': {
    group: 'scope',
    token: (members) => ({ ...members, scope: String(members.scope).split(' ') }),
  },
  'expires-in-string': { group: 'expiry', token: (members) => ({ ...members, expires_in: '3600' }) },
  'expires-in-null': { group: 'expiry', token: (members) => ({ ...members, expires_in: null }) },
  'expires-in-negative': { group: 'expiry', token: (members) => ({ ...members, expires_in: -1 }) },
  'expires-in-zero': { group: 'expiry', token: (members) => ({ ...members, expires_in: 0 }) },
  'no-expires-in': { group: 'expiry', token: ({ expires_in, ...rest }) => rest },
  'refresh-token-empty': { group: 'refresh', token: (members) => ({ ...members, refresh_token: '' }) },
  'no-refresh-token': { group: 'refresh', config: { refreshTokens: false } },
  'token-type-missing': { group: 'token-type', token: ({ token_type, ...rest }) => rest },
  'token-type-upper': { group: 'token-type', token: (members) => ({ ...members, token_type: 'BEARER' }) },
  'token-type-odd': { group: 'token-type', token: (members) => ({ ...members, token_type: 'access_token' }) },
  'token-form-encoded': {
    group: 'token-format',
    answer: (endpoint, answer) =>
      endpoint === 'token' ? { ...answer, ...formEncoded(answer.body as TokenMembers) } : answer,
  },
  'token-error-200': { group: 'token-error', answer: tokenError((answer) => ({ ...answer, status: 200 })) },
  'token-error-wrong-type': {
    group: 'token-error',
    answer: tokenError((answer) => ({ ...answer, headers: { 'content-type': 'text/html' } })),
  },
  'token-error-500': { group: 'token-error', answer: tokenError((answer) => ({ ...answer, status: 500 })) },
  'token-error-challenge': {
    group: 'token-error',
    answer: tokenError((answer) => ({ ...answer, headers: { 'www-authenticate': 'Bearer realm="token"' } })),
  },
  'token-error-empty': { group: 'token-error', answer: tokenError((answer) => ({ ...answer, body: '' })) },
  'odd-id-token': {
    group: 'id-token',
    token: (members) => ({ ...members, id_token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOjQyLCJhdWQiOltdfQ.' }),
  },
  'revocation-204': { group: 'revocation', answer: status('revocation', 200, 204) },
  'basic-raw-secret': {
    group: 'basic',
    config: {
      authMethods: ['client_secret_basic'],
      rawBasic: true,
      newSecret: () => `-se.cr_et~+/=${crypto.randomUUID()}`,
    },
  },
  'basic-refused': {
    group: 'basic',
    // Offers Basic in the metadata and takes only the form.
    config: { authMethods: ['client_secret_post'] },
    metadata: (members) => ({ ...members, token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
  },
  'metadata-without-response-types': {
    group: 'response-types',
    metadata: ({ response_types_supported, ...rest }) => rest,
  },
  'metadata-without-jwks': {
    group: 'jwks',
    metadata: ({ jwks_uri, ...rest }) => rest,
    config: { metadataPaths: [oidcPath] },
  },
  'well-known-redirect': {
    group: 'well-known',
    config: { metadataPaths: [oauthPath, '/metadata/oauth'] },
    answer: atOAuthMetadata({ status: 302, headers: { location: '/metadata/oauth' }, body: '' }),
  },
  'well-known-html': {
    group: 'well-known',
    answer: atOAuthMetadata({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><title>Single-page application</title><div id="app"></div>',
    }),
  },
  'well-known-500': {
    group: 'well-known',
    answer: atOAuthMetadata({ status: 500, headers: {}, body: { error: 'server_error' } }),
  },
  'well-known-broken-json': {
    group: 'well-known',
    answer: atOAuthMetadata({ status: 200, headers: {}, body: '{"issuer": "http' }),
  },
  'well-known-redirect-elsewhere': {
    group: 'well-known',
    answer: atOAuthMetadata({ status: 302, headers: { location: 'https://example.com/' }, body: '' }),
  },
  // The resource metadata names the issuer without the slash its own document has.
  'issuer-slash': { group: 'issuer-slash', trailingSlash: true },
  'session-gone-400': { group: 'session', profile: { sessionGoneStatus: 400, era: 'legacy' } },
  'session-gone-503': { group: 'session', profile: { sessionGoneStatus: 503, era: 'legacy' } },
  'bare-challenge': { group: 'challenge', challenge: 'bare' },
} satisfies Record<string, Quirk>;

/** A habit `sloppy` can have. */
export type QuirkName = keyof typeof quirks;

/** Every habit there is, in the order of the table they come from. */
export const quirkNames = Object.keys(quirks) as QuirkName[];

/** A set of habits that do not contradict each other: the first of each group. */
export function compatibleQuirks(): QuirkName[] {
  const groups = new Set<string>();
  return quirkNames.filter((name) => {
    const { group } = quirks[name];
    if (groups.has(group)) return false;
    groups.add(group);
    return true;
  });
}

/**
 * Starts an issuer and server with bad habits; `all` takes those that go together.
 * @throws RangeError when a habit is not known
 */
export function startSloppy(options: ProfileOptions): Promise<PlainSandbox> {
  const asked = options.quirks?.includes('all') ? compatibleQuirks() : (options.quirks ?? []);
  const unknown = asked.find((name) => !(name in quirks));
  if (unknown) throw new RangeError(`unknown quirk "${unknown}"; there are ${quirkNames.join(', ')}`);
  const chosen = asked.map((name): Quirk => quirks[name as QuirkName]);

  return startPlainProfile({
    name: 'sloppy',
    options,
    ...Object.assign({}, ...chosen.map(({ profile }) => profile)),
    issuer: ({ issuerOrigin, mcpUrl }) => ({
      issuer: chosen.some((quirk) => quirk.trailingSlash) ? `${issuerOrigin}/` : issuerOrigin,
      origin: issuerOrigin,
      audience: mcpUrl,
      paths: {
        authorization: '/authorize',
        token: '/token',
        registration: '/register',
        revocation: '/revoke',
        jwks: '/jwks',
      },
      metadataPaths: [oauthPath, oidcPath],
      scopesSupported: ['mcp:tools', 'mcp:admin'],
      defaultScope: 'mcp:tools',
      authMethods: ['none', 'client_secret_basic', 'client_secret_post'],
      tokenFormat: 'opaque',
      accessTokenTtl: options.accessTokenTtl,
      ...Object.assign({}, ...chosen.map(({ config }) => config)),
      metadata: (document) =>
        chosen.reduce((members, quirk) => quirk.metadata?.(members) ?? members, document),
      answer: (endpoint, answer, path) => spoil(chosen, endpoint, answer, path),
    }),
    server: ({ mcpUrl, issuerOrigin }) => ({
      resourceMetadata: {
        document: resourceDocument(mcpUrl, issuerOrigin, ['mcp:tools']),
        paths: ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
      },
      challenge: chosen.find((quirk) => quirk.challenge)?.challenge,
    }),
    notes: { quirks: asked },
  });
}

function spoil(chosen: readonly Quirk[], endpoint: PlainEndpoint, answer: Answer, path: string): Answer {
  let spoilt = answer;
  const succeeded = answer.status < 300 && typeof answer.body === 'object';
  for (const quirk of chosen) {
    const change =
      endpoint === 'token' ? quirk.token : endpoint === 'registration' ? quirk.registration : undefined;
    if (succeeded && change) spoilt = { ...spoilt, body: change(spoilt.body as Record<string, unknown>) };
  }
  return chosen.reduce((current, quirk) => quirk.answer?.(endpoint, current, path) ?? current, spoilt);
}

function formEncoded(members: TokenMembers): Pick<Answer, 'headers' | 'body'> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== null) form.set(name, String(value));
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
}
