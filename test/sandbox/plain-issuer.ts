import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { readBody } from './loopback-host.ts';
import { sendConsentPage, sendLoginPage, sendMessagePage } from './pages.ts';
import type { LoggedRequest } from './request-log.ts';
import { findUser, users } from './users.ts';

/** An answer before it is sent; a string body goes out as it is, anything else as JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** What can be asked of an issuer. */
export type PlainEndpoint =
  | 'metadata'
  | 'authorization'
  | 'token'
  | 'registration'
  | 'revocation'
  | 'introspection'
  | 'jwks';

/** A client the issuer knows. */
export interface PlainClient {
  client_id: string;
  client_secret?: string | undefined;
  client_name?: string | undefined;
  redirect_uris: string[];
  token_endpoint_auth_method: string;
  jwks?: JSONWebKeySet | undefined;
  registration_access_token?: string | undefined;
  [member: string]: unknown;
}

/** A valid authorization request, waiting for somebody's answer. */
export interface AuthorizationRequest {
  client: PlainClient;
  redirectUri: string;
  state: string | undefined;
  scope: string;
  challenge: string;
  loginHint: string | undefined;
}

/** One issuer's habits. */
export interface PlainIssuerConfig {
  /** Issuer identifier, character by character. */
  issuer: string;
  /** Where the endpoints live, below the host's origin; `undefined` ones are not offered. */
  paths: Partial<Record<Exclude<PlainEndpoint, 'metadata'>, string>>;
  metadataPaths: readonly string[];
  origin: string;
  /** Audience of every token. */
  audience: string;
  /** What becomes of `resource`: must it be there, must it fit, is it ignored, is it an error? */
  resource?: 'required' | 'checked' | 'ignored' | 'refused';
  scopesSupported: readonly string[];
  defaultScope: string;
  authMethods: readonly string[];
  /**
   * Each token request names its client in the body, the secret comes in the way that was registered, and a client
   * asks for no scope it was not registered for. Default false.
   */
  strictClients?: boolean;
  /** A registration of a method not listed in `authMethods` is taken nevertheless. */
  clients?: readonly PlainClient[];
  consent?: 'click' | 'auto' | undefined;
  /** Seconds; `null`: tokens end without saying when. Default 3600. */
  accessTokenTtl?: number | null | undefined;
  refreshTokens?: boolean;
  tokenFormat?: 'jwt' | 'opaque';
  /** JWS algorithm of access tokens. Default RS256. */
  algorithm?: string;
  scopeClaim?: 'scope' | 'scp';
  /** Credentials of the resource server for introspection. */
  resourceServer?: { id: string; secret: string };
  registrationManagement?: boolean;
  /** Basic credentials are compared as sent, without the decoding RFC 6749 §2.3.1 asks for. */
  rawBasic?: boolean;
  newSecret?: () => string;
  /** Takes over from the built-in pages; ends with `complete` or `deny`. */
  authorize?: (request: AuthorizationRequest, req: IncomingMessage, res: ServerResponse) => void;
  /** The last word on the metadata document. */
  metadata?: (document: Record<string, unknown>) => unknown;
  /** The last word on every answer that is not a page or a redirect. */
  answer?: (endpoint: PlainEndpoint, answer: Answer, path: string) => Answer;
  /** The last word on the URL somebody returns to. */
  redirect?: (url: URL) => URL;
}

interface Grant {
  clientId: string;
  userId: string;
  scope: string;
}

class OAuthFailure extends Error {
  readonly error: string;
  readonly status: number;
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

/**
 * A small issuer for profiles: where `oidc-provider` is too correct, this one does as it is told. PKCE S256 and
 * exact redirect URIs (any port on loopback) are the only things it insists on.
 */
export class PlainIssuer {
  readonly config: PlainIssuerConfig;
  readonly #clients = new Map<string, PlainClient>();
  readonly #grants = new Map<string, Grant>();
  readonly #codes = new Map<string, { grantId: string; request: AuthorizationRequest; spent: boolean }>();
  readonly #refreshTokens = new Map<string, { grantId: string; spent: boolean }>();
  readonly #accessTokens = new Map<string, Grant & { grantId: string; expiresAt: number }>();
  readonly #key;
  readonly #kid = crypto.randomUUID();

  constructor(config: PlainIssuerConfig) {
    this.config = config;
    for (const client of config.clients ?? []) this.#clients.set(client.client_id, client);
    this.#key = generateKeyPair(config.algorithm ?? 'RS256', { extractable: true });
  }

  /** Answers requests for the issuer; false for all others. */
  async handle(req: IncomingMessage, res: ServerResponse, entry: LoggedRequest): Promise<boolean> {
    const endpoint = this.#endpointOf(entry.path);
    if (!endpoint) return false;
    if (entry.host === 'server') entry.host = 'issuer';
    if (req.method === 'OPTIONS') {
      res.writeHead(204, corsHeaders).end();
      return true;
    }
    if (endpoint === 'authorization') {
      await this.#authorize(req, res);
      return true;
    }
    const answer = await this.#answer(endpoint, req, entry);
    this.#send(res, this.config.answer?.(endpoint, answer, entry.path) ?? answer);
    return true;
  }

  /** Sends somebody back to the client with a code. */
  complete(res: ServerResponse, request: AuthorizationRequest, userId: string): void {
    const grantId = crypto.randomUUID();
    this.#grants.set(grantId, { clientId: request.client.client_id, userId, scope: request.scope });
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(code, { grantId, request, spent: false });
    this.#sendBack(res, request, { code });
  }

  /** Sends somebody back to the client with a refusal. */
  deny(res: ServerResponse, request: AuthorizationRequest): void {
    this.#sendBack(res, request, {
      error: 'access_denied',
      error_description: 'The user did not allow this.',
    });
  }

  /** Ends every sign-in. */
  revokeAllGrants(): void {
    this.#grants.clear();
  }

  #endpointOf(path: string): PlainEndpoint | undefined {
    if (this.config.metadataPaths.includes(path)) return 'metadata';
    const { registration } = this.config.paths;
    if (registration && path.startsWith(`${registration}/`)) return 'registration';
    const found = Object.entries(this.config.paths).find(([, wanted]) => wanted === path);
    return found?.[0] as PlainEndpoint | undefined;
  }

  async #answer(endpoint: PlainEndpoint, req: IncomingMessage, entry: LoggedRequest): Promise<Answer> {
    try {
      const body = await readBody(req);
      const grantType = new URLSearchParams(body).get('grant_type');
      if (endpoint === 'token' && grantType) entry.grantType = grantType;
      switch (endpoint) {
        case 'metadata':
          return ok(this.#metadata());
        case 'jwks':
          return ok(await this.#jwks());
        case 'registration':
          return this.#register(req, body, entry.path);
        case 'token':
          return ok(await this.#token(req, new URLSearchParams(body)));
        case 'revocation':
          return await this.#revoke(req, new URLSearchParams(body));
        case 'introspection':
          return ok(this.#introspect(req, new URLSearchParams(body)));
        case 'authorization':
          throw new Error('answered elsewhere');
      }
    } catch (failure) {
      if (!(failure instanceof OAuthFailure)) throw failure;
      const { error, message, status } = failure;
      return { status, headers: {}, body: { error, error_description: message } };
    }
  }

  #metadata(): unknown {
    const { issuer, origin, paths, scopesSupported, authMethods, refreshTokens = true } = this.config;
    const at = (path: string | undefined) => (path === undefined ? undefined : origin + path);
    const document = {
      issuer,
      authorization_endpoint: at(paths.authorization),
      token_endpoint: at(paths.token),
      registration_endpoint: at(paths.registration),
      revocation_endpoint: at(paths.revocation),
      introspection_endpoint: at(paths.introspection),
      jwks_uri: at(paths.jwks),
      scopes_supported: scopesSupported,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', ...(refreshTokens ? ['refresh_token'] : [])],
      token_endpoint_auth_methods_supported: authMethods,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
    return this.config.metadata?.(document) ?? document;
  }

  async #jwks(): Promise<JSONWebKeySet> {
    const { publicKey } = await this.#key;
    const alg = this.config.algorithm ?? 'RS256';
    return { keys: [{ ...(await exportJWK(publicKey)), alg, use: 'sig', kid: this.#kid }] };
  }

  #register(req: IncomingMessage, body: string, path: string): Answer {
    const { paths, origin, registrationManagement, newSecret } = this.config;
    if (path !== paths.registration)
      return this.#manage(req, path.slice((paths.registration ?? '').length + 1));
    let metadata: Record<string, unknown>;
    try {
      metadata = JSON.parse(body);
    } catch {
      throw new OAuthFailure('invalid_client_metadata', 'The body is not JSON.');
    }
    const redirectUris = metadata.redirect_uris;
    if (!Array.isArray(redirectUris) || redirectUris.length === 0) {
      throw new OAuthFailure('invalid_redirect_uri', 'redirect_uris is missing.');
    }
    const method = String(metadata.token_endpoint_auth_method ?? 'client_secret_basic');
    const client_id = crypto.randomUUID();
    const client: PlainClient = {
      ...metadata,
      client_id,
      client_id_issued_at: Math.floor(Date.now() / 1000),
      redirect_uris: redirectUris.map(String),
      token_endpoint_auth_method: method,
      ...(method.startsWith('client_secret')
        ? { client_secret: (newSecret ?? randomSecret)(), client_secret_expires_at: 0 }
        : {}),
      ...(registrationManagement
        ? {
            registration_access_token: randomSecret(),
            registration_client_uri: `${origin}${paths.registration}/${client_id}`,
          }
        : {}),
    };
    this.#clients.set(client_id, client);
    return { status: 201, headers: {}, body: client };
  }

  #manage(req: IncomingMessage, clientId: string): Answer {
    const client = this.#clients.get(clientId);
    const expected = client?.registration_access_token;
    if (!expected || req.headers.authorization !== `Bearer ${expected}`) {
      throw new OAuthFailure('invalid_token', 'No such registration.', 401);
    }
    if (req.method !== 'DELETE') return ok(client);
    this.#clients.delete(clientId);
    return { status: 204, headers: {}, body: '' };
  }

  async #authorize(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { searchParams } = new URL(req.url ?? '/', this.config.origin);
    const client = this.#clients.get(searchParams.get('client_id') ?? '');
    const redirectUri = searchParams.get('redirect_uri') ?? '';
    if (!client?.redirect_uris.some((known) => sameRedirect(known, redirectUri))) {
      return sendMessagePage(res, 400, 'Sign-in failed', 'Unknown client or redirect URI.');
    }
    const request: AuthorizationRequest = {
      client,
      redirectUri,
      state: searchParams.get('state') ?? undefined,
      scope: searchParams.get('scope') || this.config.defaultScope,
      challenge: searchParams.get('code_challenge') ?? '',
      loginHint: searchParams.get('login_hint') ?? undefined,
    };
    const problem = this.#problemOf(searchParams) ?? this.#scopeProblem(searchParams, client);
    if (problem) return this.#sendBack(res, request, { error: problem });
    if (this.config.authorize) return this.config.authorize(request, req, res);
    if (this.config.consent === 'auto') {
      return this.complete(res, request, (findUser(request.loginHint) ?? users[0])?.id ?? '');
    }
    await this.#ask(request, searchParams, req, res);
  }

  #scopeProblem(query: URLSearchParams, { scope }: PlainClient): string | undefined {
    if (!this.config.strictClients) return undefined;
    const registered = typeof scope === 'string' ? scope.split(' ') : [];
    const asked = query.get('scope')?.split(' ') ?? [];
    return asked.every((one) => registered.includes(one)) ? undefined : 'invalid_scope';
  }

  /** Sign-in and consent without a session: who signed in travels in the form's address. */
  async #ask(
    request: AuthorizationRequest,
    query: URLSearchParams,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const form = new URLSearchParams(req.method === 'POST' ? await readBody(req) : '');
    const user = findUser(form.get('user') ?? query.get('sandbox_user') ?? undefined);
    const clientName = request.client.client_name ?? request.client.client_id;
    const address = (extra: Record<string, string>) =>
      `${this.config.paths.authorization}?${new URLSearchParams({ ...Object.fromEntries(query), ...extra })}`;
    const decision = form.get('decision');
    if (!user) {
      const hint = findUser(request.loginHint)?.id;
      sendLoginPage(res, { action: address({}), clientName, users, hint });
    } else if (decision === null) {
      sendConsentPage(res, {
        action: address({ sandbox_user: user.id }),
        clientName,
        user,
        scopes: request.scope.split(' ').map((name) => ({ name, isNew: false })),
        resource: query.get('resource') ?? undefined,
        redirectUri: request.redirectUri,
      });
    } else if (decision === 'allow') {
      this.complete(res, request, user.id);
    } else {
      this.deny(res, request);
    }
  }

  #problemOf(query: URLSearchParams): string | undefined {
    if (query.get('response_type') !== 'code') return 'unsupported_response_type';
    if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge'))
      return 'invalid_request';
    return this.#resourceProblem(query);
  }

  #resourceProblem(parameters: URLSearchParams): string | undefined {
    const given = parameters.getAll('resource');
    switch (this.config.resource ?? 'checked') {
      case 'ignored':
        return undefined;
      case 'refused':
        return given.length > 0 ? 'invalid_target' : undefined;
      case 'required':
        return given.length === 1 && given[0] === this.config.audience ? undefined : 'invalid_target';
      case 'checked':
        return given.every((value) => value === this.config.audience) ? undefined : 'invalid_target';
    }
  }

  #sendBack(res: ServerResponse, request: AuthorizationRequest, parameters: Record<string, string>): void {
    const url = new URL(request.redirectUri);
    const state = request.state === undefined ? {} : { state: request.state };
    const all = { ...parameters, ...state, iss: this.config.issuer };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    const target = this.config.redirect?.(url) ?? url;
    res.writeHead(302, { location: target.href, 'cache-control': 'no-store' }).end();
  }

  async #token(req: IncomingMessage, form: URLSearchParams): Promise<Record<string, unknown>> {
    const client = await this.#authenticate(req, form);
    if (this.#resourceProblem(form)) throw new OAuthFailure('invalid_target', 'This resource is not served.');
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#redeemCode(client, form);
      case 'refresh_token':
        if (this.config.refreshTokens ?? true) return this.#refresh(client, form);
    }
    throw new OAuthFailure('unsupported_grant_type', 'This grant type is not served.');
  }

  async #redeemCode(client: PlainClient, form: URLSearchParams): Promise<Record<string, unknown>> {
    const code = this.#codes.get(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    if (code?.spent) this.#grants.delete(code.grantId);
    const valid =
      code &&
      !code.spent &&
      code.request.client.client_id === client.client_id &&
      code.request.redirectUri === form.get('redirect_uri') &&
      createHash('sha256').update(verifier).digest('base64url') === code.request.challenge;
    // Spent only by success: until then the right client may try again.
    if (!valid) throw new OAuthFailure('invalid_grant', 'The code is not valid.');
    code.spent = true;
    return this.#issue(code.grantId);
  }

  #refresh(client: PlainClient, form: URLSearchParams): Promise<Record<string, unknown>> {
    const found = this.#refreshTokens.get(form.get('refresh_token') ?? '');
    if (found?.spent) this.#grants.delete(found.grantId);
    const grant = found && this.#grants.get(found.grantId);
    if (!found || found.spent || grant?.clientId !== client.client_id) {
      throw new OAuthFailure('invalid_grant', 'The refresh token is not valid.');
    }
    found.spent = true;
    return this.#issue(found.grantId);
  }

  async #issue(grantId: string): Promise<Record<string, unknown>> {
    const grant = this.#grants.get(grantId);
    if (!grant) throw new OAuthFailure('invalid_grant', 'The sign-in has ended.');
    const { accessTokenTtl = 3600, refreshTokens = true, tokenFormat = 'jwt' } = this.config;
    const expiresAt = Math.floor(Date.now() / 1000) + (accessTokenTtl ?? 30 * 24 * 3600);
    const access_token = tokenFormat === 'jwt' ? await this.#sign(grant, expiresAt) : randomSecret();
    this.#accessTokens.set(access_token, { ...grant, grantId, expiresAt });
    const refresh_token = randomSecret();
    if (refreshTokens) this.#refreshTokens.set(refresh_token, { grantId, spent: false });
    return {
      access_token,
      token_type: 'Bearer',
      ...(accessTokenTtl === null ? {} : { expires_in: accessTokenTtl }),
      ...(refreshTokens ? { refresh_token } : {}),
      scope: grant.scope,
    };
  }

  async #sign({ clientId, userId, scope }: Grant, expiresAt: number): Promise<string> {
    const { privateKey } = await this.#key;
    const scopes = this.config.scopeClaim === 'scp' ? { scp: scope } : { scope };
    return new SignJWT({ ...scopes, client_id: clientId, name: findUser(userId)?.name })
      .setProtectedHeader({ alg: this.config.algorithm ?? 'RS256', typ: 'at+jwt', kid: this.#kid })
      .setIssuer(this.config.issuer)
      .setSubject(userId)
      .setAudience(this.config.audience)
      .setIssuedAt()
      .setJti(crypto.randomUUID())
      .setExpirationTime(expiresAt)
      .sign(privateKey);
  }

  async #revoke(req: IncomingMessage, form: URLSearchParams): Promise<Answer> {
    await this.#authenticate(req, form);
    const token = form.get('token') ?? '';
    const refresh = this.#refreshTokens.get(token);
    if (refresh) this.#grants.delete(refresh.grantId);
    this.#accessTokens.delete(token);
    return { status: 200, headers: {}, body: '' };
  }

  #introspect(req: IncomingMessage, form: URLSearchParams): Record<string, unknown> {
    const { resourceServer, issuer, audience } = this.config;
    const [id, secret] = basicCredentials(req, true) ?? [];
    if (!resourceServer || id !== resourceServer.id || secret !== resourceServer.secret) {
      throw new OAuthFailure('invalid_client', 'Only the resource server may ask.', 401);
    }
    const found = this.#accessTokens.get(form.get('token') ?? '');
    if (!found || !this.#grants.has(found.grantId) || found.expiresAt * 1000 <= Date.now())
      return { active: false };
    const { clientId, userId, scope, expiresAt } = found;
    const name = findUser(userId)?.name;
    return {
      active: true,
      iss: issuer,
      sub: userId,
      name,
      client_id: clientId,
      scope,
      exp: expiresAt,
      aud: audience,
    };
  }

  async #authenticate(req: IncomingMessage, form: URLSearchParams): Promise<PlainClient> {
    const { rawBasic = false, authMethods, strictClients = false } = this.config;
    if (strictClients && !form.has('client_id')) {
      throw new OAuthFailure('invalid_client', 'Missing client_id', 401);
    }
    const basic = basicCredentials(req, !rawBasic);
    const assertion = form.get('client_assertion');
    const id = basic?.[0] ?? form.get('client_id') ?? (assertion ? assertionIssuer(assertion) : '');
    const client = this.#clients.get(id);
    let proven = false;
    switch (client?.token_endpoint_auth_method) {
      case 'none':
        proven = true;
        break;
      case 'client_secret_basic':
      case 'client_secret_post': {
        // Either way of sending the secret is taken, as most issuers do, as long as they offer it.
        const way = basic ? 'client_secret_basic' : 'client_secret_post';
        proven =
          authMethods.includes(way) &&
          (!strictClients || way === client.token_endpoint_auth_method) &&
          client.client_secret === (basic?.[1] ?? form.get('client_secret'));
        break;
      }
      case 'private_key_jwt':
        proven = assertion !== null && (await this.#proves(client, assertion));
        break;
    }
    if (!client || !proven) throw new OAuthFailure('invalid_client', 'Client authentication failed.', 401);
    return client;
  }

  async #proves(client: PlainClient, assertion: string): Promise<boolean> {
    const { issuer: id, origin, paths } = this.config;
    const audience = [id, `${origin}${paths.token}`];
    try {
      const keys = createLocalJWKSet(client.jwks ?? { keys: [] });
      await jwtVerify(assertion, keys, { issuer: client.client_id, subject: client.client_id, audience });
      return true;
    } catch {
      return false;
    }
  }

  #send(res: ServerResponse, { status, headers, body }: Answer): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const empty = status === 204 || text === '';
    const type: Record<string, string> = empty ? {} : { 'content-type': 'application/json' };
    res.writeHead(status, { ...type, 'cache-control': 'no-store', ...corsHeaders, ...headers });
    res.end(empty ? undefined : text);
  }
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
};

function ok(body: unknown): Answer {
  return { status: 200, headers: {}, body };
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function basicCredentials(req: IncomingMessage, decode: boolean): [id: string, secret: string] | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  const parts = [text.slice(0, colon), text.slice(colon + 1)] as const;
  const [id, secret] = decode ? parts.map((part) => new URLSearchParams(`v=${part}`).get('v') ?? '') : parts;
  return [id ?? '', secret ?? ''];
}

function assertionIssuer(assertion: string): string {
  try {
    return String(JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()).iss);
  } catch {
    return '';
  }
}

/** Equal strings, or loopback URLs that differ in the port only (RFC 8252 §7.3). */
function sameRedirect(known: string, given: string): boolean {
  if (known === given) return true;
  if (!URL.canParse(known) || !URL.canParse(given)) return false;
  const [a, b] = [new URL(known), new URL(given)];
  if (a.protocol !== 'http:' || !['127.0.0.1', '[::1]', 'localhost'].includes(a.hostname)) return false;
  a.port = b.port;
  return a.href === b.href;
}
