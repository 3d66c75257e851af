import { randomBytes } from 'node:crypto';
import { readForm } from '../loopback-host.ts';
import { sendLoginPage } from '../pages.ts';
import type { AuthorizationRequest } from '../plain-issuer.ts';
import { findUser, users } from '../users.ts';
import {
  type PlainSandbox,
  type ProfileOptions,
  resourceDocument,
  startPlainProfile,
  variantWords,
} from './profile.ts';
import { withoutIss } from './xp.ts';

/** Variants of this profile: a gateway from before RFC 9728. */
export const gatewayVariants = ['no-resource-metadata'] as const;

/**
 * A facade that is issuer and server in one and leaves the sign-in to somebody else: a second chain of redirects,
 * held together by a session cookie. It says as little as possible, in success as in failure.
 */
export function startGateway(options: ProfileOptions): Promise<PlainSandbox> {
  const describesItself = !variantWords(options.variant, gatewayVariants).includes('no-resource-metadata');
  const waiting = new Map<string, AuthorizationRequest>();
  const cookieName = `gateway_${randomBytes(4).toString('hex')}`;
  const signInPath = '/login/oauth/authorize';
  const callbackPath = '/oauth/callback';

  return startPlainProfile({
    name: 'gateway',
    options,
    combined: true,
    era: 'legacy',
    issuer: ({ serverOrigin, mcpUrl, elsewhere }) => ({
      issuer: serverOrigin,
      origin: serverOrigin,
      audience: mcpUrl,
      resource: 'ignored',
      paths: { authorization: '/oauth/authorize', token: '/oauth/token', registration: '/oauth/register' },
      metadataPaths: ['/.well-known/oauth-authorization-server'],
      scopesSupported: [],
      defaultScope: 'mcp:tools mcp:admin',
      authMethods: ['none', 'client_secret_basic', 'client_secret_post'],
      tokenFormat: 'opaque',
      accessTokenTtl: null,
      refreshTokens: false,
      metadata: ({ scopes_supported, jwks_uri, authorization_response_iss_parameter_supported, ...rest }) =>
        rest,
      redirect: withoutIss,
      authorize(request, _req, res) {
        const session = randomBytes(16).toString('base64url');
        waiting.set(session, request);
        const url = new URL(signInPath, elsewhere.origin);
        url.searchParams.set('client_id', 'the-gateway');
        url.searchParams.set('redirect_uri', serverOrigin + callbackPath);
        url.searchParams.set('state', session.slice(0, 8));
        const cookie = `${cookieName}=${session}; Path=${callbackPath}; HttpOnly; SameSite=Lax`;
        res.writeHead(302, { location: url.href, 'set-cookie': cookie }).end();
      },
      answer(endpoint, answer) {
        if (endpoint === 'registration' && answer.status === 201) return { ...answer, status: 200 };
        if (endpoint !== 'token') return answer;
        // One deliberately vague failure for everything.
        if (answer.status !== 200) return { status: 400, headers: {}, body: { error: 'invalid_grant' } };
        const { access_token } = answer.body as { access_token: string };
        return { ...answer, body: { token_type: 'Bearer', access_token } };
      },
    }),
    server: ({ mcpUrl }, issuer) => ({
      requiredScope: undefined,
      ...(describesItself
        ? {
            resourceMetadata: {
              document: resourceDocument(mcpUrl, issuer, []),
              paths: ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
            },
          }
        : { resourceMetadata: undefined, challenge: 'bare' }),
    }),
    async intercept(req, res, entry, { elsewhere, serverOrigin }, issuer) {
      const { searchParams } = new URL(req.url ?? '/', serverOrigin);
      if (entry.host === 'elsewhere' && entry.path === signInPath) {
        const user =
          options.consent === 'auto'
            ? 'alice'
            : req.method === 'POST'
              ? (await readForm(req)).get('user')
              : null;
        if (!user) {
          const action = `${signInPath}?${searchParams}`;
          sendLoginPage(res, { action, clientName: 'the gateway', users });
          return true;
        }
        const back = new URL(searchParams.get('redirect_uri') ?? serverOrigin);
        back.searchParams.set('code', `${user}-${randomBytes(8).toString('hex')}`);
        back.searchParams.set('state', searchParams.get('state') ?? '');
        res.writeHead(302, { location: back.href }).end();
        return true;
      }
      if (entry.host === elsewhere.name || entry.path !== callbackPath) return false;
      entry.host = 'issuer';
      const [, session = ''] = new RegExp(`${cookieName}=([^;]+)`).exec(req.headers.cookie ?? '') ?? [];
      const request = waiting.get(session);
      const user = findUser(searchParams.get('code')?.split('-')[0]);
      if (!request || !user || searchParams.get('state') !== session.slice(0, 8)) {
        res.writeHead(400, { 'content-type': 'text/plain' }).end('This sign-in cannot be continued.');
        return true;
      }
      waiting.delete(session);
      issuer.complete(res, request, user.id);
      return true;
    },
  });
}
