import { createHash, randomBytes } from 'node:crypto';

/** Issuer metadata, as far as these tests look at it. */
export interface IssuerMetadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  registration_endpoint: string;
  revocation_endpoint: string;
  introspection_endpoint: string;
  userinfo_endpoint: string;
  [member: string]: unknown;
}

/** A registration's answer (RFC 7591, RFC 7592). */
export interface Registration {
  client_id: string;
  client_secret?: string;
  registration_client_uri: string;
  registration_access_token: string;
  [member: string]: unknown;
}

/** A token endpoint's answer. */
export interface TokenAnswer {
  status: number;
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
  id_token?: string;
  error?: string;
}

/** An authorization request on its way. */
export interface Attempt {
  url: URL;
  verifier: string;
  redirectUri: string;
}

export const customSchemeRedirect = 'app.gatehouse.desktop:/oauth/callback';

/** A browser reduced to cookies, redirects and forms; it stops at the callback. */
export class FormBrowser {
  readonly #cookies = new Map<string, { value: string; path: string }>();
  /** How many answers were redirects. */
  redirects = 0;

  /** Opens a URL and follows redirects; ends at a page or at the callback. */
  async open(url: string | URL, form?: Record<string, string>): Promise<{ url: URL; html: string }> {
    let target = new URL(url);
    let body = form;
    for (let hops = 0; hops < 12; hops++) {
      const response = await fetch(target, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: this.#cookieHeader(target.pathname) },
        ...(body ? { body: new URLSearchParams(body) } : {}),
      });
      this.#keepCookies(response);
      const location = response.headers.get('location');
      if (!location) return { url: target, html: await response.text() };
      await response.body?.cancel();
      this.redirects += 1;
      target = new URL(location, target);
      body = undefined;
      if (target.protocol !== 'http:' || target.pathname === '/callback') return { url: target, html: '' };
    }
    throw new Error('redirected too often');
  }

  /** Signs in and answers the consent page; returns the callback URL. */
  async signIn(url: string | URL, user = 'alice', decision = 'allow'): Promise<URL> {
    let page = await this.open(url);
    if (page.html.includes(`id="user-${user}"`)) page = await this.open(page.url, { user });
    if (page.html.includes(`id="${decision}"`)) page = await this.open(page.url, { decision });
    return page.url;
  }

  #cookieHeader(path: string): string {
    return [...this.#cookies]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  #keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/';
      if (value) this.#cookies.set(name, { value, path });
      else this.#cookies.delete(name);
    }
  }
}

/** Reads RFC 8414 metadata of an issuer without a path. */
export async function discover(
  issuerUrl: string,
  path = '/.well-known/oauth-authorization-server',
): Promise<IssuerMetadata> {
  const response = await fetch(new URL(path, issuerUrl));
  return (await response.json()) as IssuerMetadata;
}

/** Registers a native client, by default a public one with both redirect URIs. */
export async function register(
  metadata: IssuerMetadata,
  extra: Record<string, unknown> = {},
): Promise<Registration> {
  const response = await fetch(metadata.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      application_type: 'native',
      client_name: 'Scripted client',
      redirect_uris: [customSchemeRedirect, 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...extra,
    }),
  });
  if (!response.ok) throw new Error(`registration answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Registration;
}

/** Builds an authorization request with PKCE and a resource. */
export function authorizationRequest(
  metadata: IssuerMetadata,
  clientId: string,
  parameters: Record<string, string | undefined>,
): Attempt {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(metadata.authorization_endpoint);
  const redirectUri = parameters.redirect_uri ?? customSchemeRedirect;
  const all: Record<string, string | undefined> = {
    client_id: clientId,
    response_type: 'code',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
    scope: 'mcp:tools',
    ...parameters,
    redirect_uri: redirectUri,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return { url, verifier, redirectUri };
}

/** Posts to the token endpoint. */
export async function requestToken(
  metadata: IssuerMetadata,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await fetch(metadata.token_endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams(parameters),
  });
  return { ...((await response.json()) as TokenAnswer), status: response.status };
}

/** Everything from the authorization request to the first tokens. */
export async function obtainTokens(
  sandbox: { issuerUrl: string; mcpUrl: string },
  options: {
    user?: string;
    scope?: string;
    registration?: Registration;
    redirectUri?: string;
    metadata?: IssuerMetadata;
    /** Client authentication: more members of the token request, or headers. */
    proof?: { members?: Record<string, string>; headers?: Record<string, string> };
    resource?: string | undefined;
  } = {},
): Promise<{ metadata: IssuerMetadata; registration: Registration; tokens: TokenAnswer }> {
  const metadata = options.metadata ?? (await discover(sandbox.issuerUrl));
  const resource = 'resource' in options ? options.resource : sandbox.mcpUrl;
  const registration = options.registration ?? (await register(metadata));
  const attempt = authorizationRequest(metadata, registration.client_id, {
    resource,
    scope: options.scope ?? 'mcp:tools',
    redirect_uri: options.redirectUri,
  });
  const callback = await new FormBrowser().signIn(attempt.url, options.user);
  const tokens = await requestToken(
    metadata,
    {
      grant_type: 'authorization_code',
      client_id: registration.client_id,
      code: callback.searchParams.get('code') ?? '',
      code_verifier: attempt.verifier,
      redirect_uri: attempt.redirectUri,
      ...(resource === undefined ? {} : { resource }),
      ...options.proof?.members,
    },
    options.proof?.headers,
  );
  return { metadata, registration, tokens };
}

/** One stateless MCP request of revision 2026-07-28. */
export function modernCall(
  mcpUrl: string,
  token: string | undefined,
  method: string,
  params: Record<string, unknown> = {},
): Promise<Response> {
  return fetch(mcpUrl, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params.name === 'string' ? { 'mcp-name': params.name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'scripted', version: '1.0.0' },
          'io.modelcontextprotocol/clientCapabilities': {},
          ...(params._meta as object | undefined),
        },
      },
    }),
  });
}

/** Calls a tool in the modern era and returns its result, whether it came as JSON or as a stream. */
export async function callTool(mcpUrl: string, token: string, name: string, args: object = {}) {
  const response = await modernCall(mcpUrl, token, 'tools/call', { name, arguments: args });
  const text = await response.text();
  if (!response.ok) throw new Error(`tools/call answered ${response.status}: ${text}`);
  const json = text.startsWith('{')
    ? text
    : (text.split('\n').findLast((l) => l.startsWith('data:')) ?? '').slice(5);
  return JSON.parse(json).result as {
    structuredContent?: Record<string, unknown>;
    content: { text: string }[];
  };
}
