import type { EventEmitter } from 'node:events';
import { debuglog } from 'node:util';
import { exportJWK, generateKeyPair } from 'jose';
import {
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import { Interactions } from './interactions.ts';
import { type HostControl, LoopbackHost } from './loopback-host.ts';
import { MemoryStore } from './memory-adapter.ts';
import { escapeHtml, renderPage } from './pages.ts';
import type { RequestLog } from './request-log.ts';
import { findUser, users } from './users.ts';

/** How the issuer behaves; every member has a default. */
export interface IssuerOptions {
  /** 0 or absent: any free port. */
  port?: number | undefined;
  /** Seconds. Default 3600. */
  accessTokenTtl?: number | undefined;
  /** Seconds. Default 14 days. */
  refreshTokenTtl?: number | undefined;
  /** `click` shows pages; `auto` signs in and consents by a single redirect, without cookies. */
  consent?: 'click' | 'auto' | undefined;
  tokenFormat?: 'jwt' | 'opaque' | undefined;
  /** Issuer and server demand nonces (RFC 9449 §8, §9) of clients that use DPoP. */
  dpopNonce?: boolean | undefined;
  /**
   * Accept client ID metadata documents: `true` fetches them, a record is read instead of the network, and `trust`
   * makes up a fitting document from the request, for closed networks where no document can be fetched.
   */
  clientIdMetadataDocuments?: boolean | 'trust' | Record<string, object> | undefined;
  /** Clients known from the start, for example confidential ones; RFC 7591 metadata with `client_id`. */
  clients?: readonly Record<string, unknown>[] | undefined;
}

/** What is known of a token; `active: false` when it is worth nothing. */
export type Introspection = { active: boolean } & Record<string, unknown>;

/** The issuer as a test may handle it. */
export interface IssuerControl extends HostControl {
  readonly url: string;
  /** Ends every sign-in: refresh tokens answer `invalid_grant`, access tokens `401`. */
  revokeAllGrants(): void;
  /** What the issuer knows of an access or refresh token, whatever its format. Leaves no trace in the log. */
  introspect(token: string): Promise<Introspection>;
  clientExists(clientId: string): boolean;
  /** Metadata of the clients registered, without secrets. */
  clients(): Record<string, unknown>[];
  /** Forgets a registration; true when there was one. */
  dropClient(clientId: string): boolean;
  /** Seconds; holds for tokens issued from now on. */
  setAccessTokenTtl(seconds: number): void;
  /** Whether grants come with a refresh token, from now on. */
  setRefreshTokens(issued: boolean): void;
  /** Scopes that are not granted from now on although they are asked for and allowed. */
  withholdScopes(scopes: readonly string[]): void;
}

const endpoints = {
  authorization: '/authorize',
  token: '/token',
  registration: '/register',
  revocation: '/revoke',
  introspection: '/introspect',
  userinfo: '/userinfo',
  par: '/par',
  jwks: '/jwks',
  metadata: '/.well-known/*',
};

/** Credentials by which the sandbox's MCP server asks about opaque tokens. */
export const resourceServerClient = { id: 'sandbox-mcp-server', secret: 'sandbox-mcp-server-secret' };

/** Scopes the MCP server knows. */
export const resourceScopes = ['mcp:tools', 'mcp:admin'] as const;

const debug = debuglog('sandbox');
const day = 24 * 60 * 60;

/** A real authorization server: `oidc-provider` with pages, storage and switches for tests. */
export class SandboxIssuer implements IssuerControl {
  readonly host: LoopbackHost;
  readonly #store = new MemoryStore();
  readonly #options: IssuerOptions;
  /** Grant of each JWT access token by `jti`: `oidc-provider` keeps no record of them. */
  readonly #grantOfJwt = new Map<string, string>();
  /** Redirect URIs of clients known only by the URL of their metadata document. */
  readonly #redirectsSeen = new Map<string, Set<string>>();
  #accessTokenTtl: number;
  #refreshTokens = true;
  #withheldScopes: readonly string[] = [];
  #provider: Provider | undefined;

  constructor(log: RequestLog, options: IssuerOptions) {
    this.host = new LoopbackHost('issuer', log, options.port);
    this.host.endpoints = endpoints;
    this.#options = options;
    this.#accessTokenTtl = options.accessTokenTtl ?? 3600;
  }

  get url(): string {
    return this.host.origin;
  }

  get origin(): string {
    return this.host.origin;
  }

  /**
   * Puts the issuer in place, once both hosts have their ports.
   * @param resource the MCP server's URL, the only audience tokens are issued for
   */
  async open(resource: string): Promise<void> {
    const provider = new Provider(this.url, await this.#configuration(resource));
    this.#provider = provider;
    // Koa writes failures to stderr unless someone listens; the answer says what is wrong.
    (provider as EventEmitter).on('error', (error) => debug('%o', error));
    const callback = provider.callback();
    const interactions = new Interactions(provider, (scope) => this.#withheldScopes.includes(scope));

    const entries = new WeakMap<object, { grantType?: string }>();
    const noteGrantType = (ctx: KoaContextWithOIDC) => {
      const entry = entries.get(ctx.req);
      const grantType = ctx.oidc?.params?.grant_type;
      if (entry && typeof grantType === 'string') entry.grantType = grantType;
    };
    // The answer is sent after these events, so a client that has it finds the entry complete.
    provider.on('grant.success', noteGrantType);
    provider.on('grant.error', noteGrantType);

    let tokenQueue: Promise<unknown> = Promise.resolve();
    this.host.handler = async (req, res, entry) => {
      if (await interactions.handle(req, res)) return;
      if (entry.path === endpoints.authorization) {
        this.#noteRedirect(req.url ?? '');
        req.url = withDefaultScope(req.url ?? '');
      }
      if (entry.path !== endpoints.token || req.method !== 'POST') return callback(req, res);
      entries.set(req, entry);
      // One at a time: reading and spending a refresh token are two steps in oidc-provider, and of two
      // simultaneous uses both would succeed. A database would see the second one; so does this.
      const turn = tokenQueue.then(() => callback(req, res));
      tokenQueue = turn.catch(() => {});
      await turn;
    };
  }

  failNext: HostControl['failNext'] = (failure) => this.host.failNext(failure);
  start = (): Promise<void> => this.host.start();
  stop = (): Promise<void> => this.host.stop();

  revokeAllGrants(): void {
    this.#store.revokeAllGrants();
    this.#grantOfJwt.clear();
  }

  /** Whether the sign-in a JWT access token came from still stands; true for tokens of no sign-in. */
  isTokenStanding(jti: string | undefined, subjectIsClient: boolean): boolean {
    if (subjectIsClient) return true;
    const grantId = jti && this.#grantOfJwt.get(jti);
    return grantId !== undefined && this.#store.hasGrant(grantId);
  }

  async introspect(token: string): Promise<Introspection> {
    const provider = this.#provider;
    if (!provider) return { active: false };
    if (token.split('.').length === 3) return this.#introspectJwt(token);
    const found =
      (await provider.AccessToken.find(token)) ??
      (await provider.ClientCredentials.find(token)) ??
      (await provider.RefreshToken.find(token));
    if (!found?.isValid || ('consumed' in found && found.consumed)) return { active: false };
    const grantId = 'grantId' in found ? found.grantId : undefined;
    if (grantId && !this.#store.hasGrant(grantId)) return { active: false };
    return {
      active: true,
      kind: found.kind,
      sub: 'accountId' in found ? found.accountId : undefined,
      client_id: found.clientId,
      scope: found.scope,
      exp: found.exp,
      aud: 'aud' in found ? found.aud : undefined,
    };
  }

  clientExists(clientId: string): boolean {
    return this.#store.client(clientId) !== undefined;
  }

  clients(): Record<string, unknown>[] {
    return this.#store.clients().map(({ client_secret: _secret, ...metadata }) => ({ ...metadata }));
  }

  dropClient(clientId: string): boolean {
    return this.#store.dropClient(clientId);
  }

  setAccessTokenTtl(seconds: number): void {
    this.#accessTokenTtl = seconds;
  }

  setRefreshTokens(issued: boolean): void {
    this.#refreshTokens = issued;
  }

  withholdScopes(scopes: readonly string[]): void {
    this.#withheldScopes = scopes;
  }

  #introspectJwt(token: string): Introspection {
    try {
      const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      const standing = this.isTokenStanding(payload.jti, payload.sub === payload.client_id);
      const active = standing && payload.exp * 1000 > Date.now();
      return active ? { active, ...payload } : { active };
    } catch {
      return { active: false };
    }
  }

  #noteRedirect(url: string): void {
    const { searchParams } = new URL(url, this.url);
    const clientId = searchParams.get('client_id');
    const redirectUri = searchParams.get('redirect_uri');
    if (
      this.#options.clientIdMetadataDocuments !== 'trust' ||
      !clientId?.startsWith('https:') ||
      !redirectUri
    )
      return;
    this.#redirectsSeen.set(clientId, (this.#redirectsSeen.get(clientId) ?? new Set()).add(redirectUri));
  }

  #trustedDocument(clientId: string): object {
    return {
      client_id: clientId,
      client_name: new URL(clientId).host,
      application_type: 'native',
      redirect_uris: [...(this.#redirectsSeen.get(clientId) ?? [])],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    };
  }

  async #configuration(resource: string): Promise<Configuration> {
    const { consent = 'click', tokenFormat = 'jwt', clientIdMetadataDocuments: documents } = this.#options;
    const auto = consent === 'auto';
    const accessTokenTtl = () => this.#accessTokenTtl;
    // Browsers send cookies to every port of a host: without its own names, two sandboxes would sign each other out.
    const suffix = new URL(this.url).port;

    return {
      adapter: this.#store.adapter,
      jwks: { keys: [await signingKey('RS256'), await signingKey('ES256')] },
      clients: [
        {
          client_id: resourceServerClient.id,
          client_secret: resourceServerClient.secret,
          redirect_uris: [],
          response_types: [],
          grant_types: [],
        },
        ...((this.#options.clients ?? []) as never[]),
      ],
      clientDefaults: { application_type: 'native', id_token_signed_response_alg: 'RS256' },
      clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      clientBasedCORS: () => true,
      extraClientMetadata: { properties: ['software_id', 'software_version'], validator() {} },
      scopes: ['openid', 'offline_access', 'profile', 'email', ...resourceScopes],
      claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
      // A host has no use for userinfo with a token meant for a server, so the ID token carries the name.
      conformIdTokenClaims: false,
      findAccount(_ctx, id) {
        const user = findUser(id);
        if (!user) return undefined;
        return {
          accountId: user.id,
          claims: () => ({ sub: user.id, name: user.name, email: user.email, email_verified: true }),
        };
      },
      extraTokenClaims(_ctx, token) {
        const user = 'accountId' in token ? findUser(token.accountId) : undefined;
        return user ? { name: user.name } : undefined;
      },
      formats: {
        customizers: {
          jwt: (_ctx, token, { payload }) => {
            if ('grantId' in token && token.grantId && typeof payload.jti === 'string') {
              this.#grantOfJwt.set(payload.jti, token.grantId);
            }
          },
        },
      },
      responseTypes: ['code'],
      pkce: { required: () => true },
      issueRefreshToken: async (_ctx, client) =>
        this.#refreshTokens && client.grantTypeAllowed('refresh_token'),
      rotateRefreshToken: () => true,
      expiresWithSession: async () => false,
      extraParams: auto ? { sandbox_user: signInSilently } : {},
      // A sign-in never builds on an earlier one: each has its own family of tokens to revoke.
      loadExistingGrant: (ctx) => (auto ? grantEverything(ctx) : grantOfConsent(ctx)),
      interactions: { policy: promptPolicy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
      cookies: {
        names: {
          session: `sandbox_session_${suffix}`,
          interaction: `sandbox_interaction_${suffix}`,
          resume: `sandbox_resume_${suffix}`,
        },
      },
      renderError(ctx, out) {
        const { html, headers } = renderPage(
          'Sign-in failed',
          `<h1>Sign-in failed</h1><p id="error">${escapeHtml(`${out.error}: ${out.error_description ?? ''}`)}</p>`,
        );
        ctx.set(headers);
        ctx.body = html;
      },
      routes: {
        authorization: endpoints.authorization,
        token: endpoints.token,
        registration: endpoints.registration,
        revocation: endpoints.revocation,
        introspection: endpoints.introspection,
        userinfo: endpoints.userinfo,
        pushed_authorization_request: endpoints.par,
        jwks: endpoints.jwks,
        end_session: '/logout',
      },
      ttl: {
        AccessToken: accessTokenTtl,
        ClientCredentials: accessTokenTtl,
        AuthorizationCode: 60,
        RefreshToken: this.#options.refreshTokenTtl ?? 14 * day,
        IdToken: 3600,
        Interaction: 3600,
        Session: 14 * day,
        Grant: 14 * day,
      },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        clientCredentials: { enabled: true },
        registration: { enabled: true },
        registrationManagement: { enabled: true },
        revocation: {
          enabled: true,
          allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
        },
        introspection: {
          enabled: true,
          allowedPolicy: (_ctx, client, token) =>
            client.clientId === resourceServerClient.id || client.clientId === token.clientId,
        },
        pushedAuthorizationRequests: { enabled: true },
        dPoP: this.#options.dpopNonce
          ? {
              enabled: true,
              nonceSecret: Buffer.from(crypto.getRandomValues(new Uint8Array(32))),
              requireNonce: () => true,
            }
          : { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: async (_ctx, _client, oneOf) => oneOf ?? resource,
          useGrantedResource: async () => true,
          getResourceServerInfo(_ctx, indicator) {
            if (indicator !== resource) throw new errors.InvalidTarget();
            return {
              scope: resourceScopes.join(' '),
              audience: resource,
              accessTokenFormat: tokenFormat,
              jwt: { sign: { alg: 'ES256' } },
            };
          },
        },
        ...(documents
          ? {
              clientIdMetadataDocument: {
                enabled: true,
                ack: 'draft-02',
                cacheDuration: { min: 1, max: 1 },
              },
            }
          : {}),
      },
      ...(typeof documents === 'object' ? { fetch: documentFetch((id) => documents[id]) } : {}),
      ...(documents === 'trust' ? { fetch: documentFetch((id) => this.#trustedDocument(id)) } : {}),
    };
  }
}

/** RFC 6749 §3.3: an authorization request without `scope` gets the default one. */
function withDefaultScope(url: string): string {
  const parsed = new URL(url, 'http://sandbox.invalid');
  const { searchParams } = parsed;
  if (searchParams.has('scope') || searchParams.has('request_uri')) return url;
  searchParams.set('scope', 'mcp:tools');
  return `${parsed.pathname}${parsed.search}`;
}

async function signingKey(alg: 'RS256' | 'ES256') {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${crypto.randomUUID()}` };
}

function promptPolicy() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

/** Consent `auto`: signs in whom `sandbox_user` or `login_hint` names, else Alice, in the first request. */
async function signInSilently(ctx: KoaContextWithOIDC, chosen: string | undefined): Promise<void> {
  const { params, session } = ctx.oidc;
  const hint = chosen ?? (params?.login_hint as string | undefined);
  const user = findUser(hint) ?? users[0];
  if (!user || !params || !session) return;
  session.loginAccount({ accountId: user.id });
  delete params.prompt;
  // Native clients need a fresh consent each time; this says it was given.
  (ctx.oidc as { result?: object }).result = { login: { accountId: user.id }, consent: {} };
}

async function grantEverything(ctx: KoaContextWithOIDC) {
  const { provider, client, session, resourceServers = {}, requestParamScopes } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  const scopes = [...requestParamScopes].join(' ');
  grant.addOIDCScope(scopes);
  for (const indicator of Object.keys(resourceServers)) grant.addResourceScope(indicator, scopes);
  await grant.save();
  return grant;
}

async function grantOfConsent(ctx: KoaContextWithOIDC) {
  const grantId = ctx.oidc.result?.consent?.grantId;
  return grantId ? ctx.oidc.provider.Grant.find(grantId) : undefined;
}

function documentFetch(find: (clientId: string) => object | undefined) {
  return async (input: string | URL | Request) => {
    const document = find(input instanceof Request ? input.url : String(input));
    return document ? Response.json(document) : new Response('not found', { status: 404 });
  };
}
