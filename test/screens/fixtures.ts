import type { ConnectionView } from '../../src/shared/domain/connection.ts';
import type { Registration } from '../../src/shared/domain/registration.ts';
import type { RevocationView } from '../../src/shared/domain/revocation.ts';
import { serverSettings } from '../../src/shared/domain/server.ts';
import { settings } from '../../src/shared/domain/settings.ts';
import type { ConsentPreview, SignInView } from '../../src/shared/domain/sign-in.ts';
import type { AccountView, RemoteServerView, Snapshot } from '../../src/shared/domain/snapshot.ts';

/** The moment all recorded states are seen at. */
export const NOW = Date.UTC(2026, 10, 20, 9, 41, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const keyStore = { kind: 'key-store', backend: 'gnome_libsecret' } as const;
export const memoryOnly = { kind: 'memory', reason: 'no key store answered on the session bus' } as const;

export const defaultSettings = serverSettings.parse({});

export function aServer(over: Partial<RemoteServerView> & { id: string }): RemoteServerView {
  return {
    kind: 'remote',
    name: over.id,
    url: `https://mcp.${over.id}.example/mcp`,
    enabled: true,
    addedAt: NOW - 40 * DAY,
    settings: defaultSettings,
    consent: 'granted',
    ...over,
  };
}

export function anAccount(over: Partial<AccountView> & { id: string; serverId: string }): AccountView {
  return {
    issuer: `https://auth.${over.serverId}.example`,
    registrationId: `registration-${over.serverId}`,
    label: 'ada@lovelace.example',
    identity: {
      subject: '8f14e45f-ceea-467a-9b1d-2f5b3c1d9a77',
      name: 'Ada Lovelace',
      email: 'ada@lovelace.example',
      source: 'id-token',
    },
    grant: {
      resource: `https://mcp.${over.serverId}.example/mcp`,
      requestedScopes: ['openid', 'email', 'offline_access', 'issues:read', 'issues:write'],
      grantedScopes: ['openid', 'email', 'offline_access', 'issues:read', 'issues:write'],
      grantedAt: NOW - 12 * DAY,
      accessTokenExpiresAt: NOW + 42 * MINUTE + 20_000,
      accessTokenIssuedAt: NOW - 18 * MINUTE,
      refreshable: true,
    },
    state: { kind: 'live' },
    addedAt: NOW - 12 * DAY,
    lastUsedAt: NOW - 3 * MINUTE,
    lastRefreshedAt: NOW - 18 * MINUTE,
    consent: 'granted',
    storage: keyStore,
    ...over,
  };
}

export function aConnection(
  serverId: string,
  accountId: string | null,
  over: Partial<ConnectionView> = {},
): ConnectionView {
  return {
    serverId,
    accountId,
    status: 'connected',
    problem: null,
    since: NOW - 2 * HOUR,
    nextAttemptAt: null,
    protocolVersion: '2026-07-28',
    serverName: `${serverId}-mcp`,
    serverVersion: '2.3.1',
    ...over,
  };
}

export function aRegistration(over: Partial<Registration> & { id: string; issuer: string }): Registration {
  return {
    kind: 'dynamic',
    clientId: 'c_5d41402abc4b2a76b9719d911017c592',
    clientAuthentication: 'none',
    redirectUris: ['app.gatehouse.desktop:/oauth/callback', 'http://127.0.0.1:49731/oauth/callback'],
    clientSecretExpiresAt: null,
    registeredAt: NOW - 12 * DAY,
    ...over,
  };
}

export function aRevocation(over: Partial<RevocationView> & { id: string }): RevocationView {
  return {
    label: 'ada@lovelace.example',
    issuer: 'https://auth.linear.example',
    queuedAt: NOW - 2 * HOUR,
    deletesRegistration: false,
    attempts: 3,
    nextAttemptAt: NOW + 4 * MINUTE,
    problem: {
      code: 'network-unreachable',
      params: { host: 'auth.linear.example' },
      detail: 'net::ERR_INTERNET_DISCONNECTED',
      traceId: 'trace-5',
    },
    ...over,
  };
}

export function aPreview(over: Partial<ConsentPreview> = {}): ConsentPreview {
  return {
    serverUrl: 'https://mcp.acme.example/mcp',
    serverName: 'Acme Projects',
    issuer: 'https://login.acme-id.example/tenants/7c9e6679',
    issuerHost: 'login.acme-id.example',
    issuers: ['https://login.acme-id.example/tenants/7c9e6679'],
    resource: 'https://mcp.acme.example/mcp',
    scopes: ['openid', 'email', 'offline_access', 'projects:read', 'projects:write'],
    registration: 'dynamic',
    redirect: 'custom-scheme',
    storage: keyStore,
    deviations: [],
    ...over,
  };
}

export function aSignIn(over: Partial<SignInView> & { serverId: string }): SignInView {
  return {
    id: 'sign-in-1',
    accountId: null,
    step: 'discover',
    status: { kind: 'working' },
    preview: aPreview(),
    startedAt: NOW - 14_000,
    traceId: 'trace-1',
    ...over,
  };
}

export function aSnapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    servers: [],
    accounts: [],
    connections: [],
    registrations: [],
    revocations: [],
    signIns: [],
    elicitations: [],
    policy: null,
    update: { kind: 'elsewhere', way: 'development' },
    certificateRequests: [],
    settings: settings.parse({}),
    storage: keyStore,
    notices: [],
    app: {
      version: '0.1.0',
      runtime: 'Electron 45.4.1, Chromium 156',
      platform: 'linux',
      systemLanguage: 'en',
    },
    ...over,
  };
}

export const LONG_NAME =
  'Northern Hemisphere Infrastructure Observability and Incident Response Coordination Platform for the Department of Extraordinarily Long Official Titles, Annex B, Production Cluster Frankfurt am Main 7';

/** A working day: a bit of everything. */
export function aWorkday(over: Partial<Snapshot> = {}): Snapshot {
  const servers = [
    aServer({ id: 'linear', name: 'Linear', url: 'https://mcp.linear.example/mcp' }),
    aServer({ id: 'github-work', name: 'GitHub (work)', url: 'https://api.github.example/mcp' }),
    aServer({
      id: 'github-private',
      name: 'GitHub (private)',
      url: 'https://api.github.example/mcp/x',
      consent: 'partial',
    }),
    aServer({ id: 'sentry', name: 'Sentry', consent: 'expired' }),
    aServer({ id: 'notion', name: 'Notion', consent: 'insufficient' }),
    aServer({
      id: 'docs',
      name: 'Company docs',
      url: 'https://docs.intern.example:8443/mcp',
      consent: 'not-needed',
    }),
    aServer({ id: 'weather', name: 'Weather', url: 'https://weather.example/sse', consent: 'not-needed' }),
    aServer({ id: 'grafana', name: 'Grafana', consent: 'granted' }),
    aServer({ id: 'stripe', name: 'Stripe', consent: 'required' }),
    aServer({ id: 'figma', name: 'Figma', enabled: false }),
    aServer({
      id: 'local',
      name: 'Local prototype',
      url: 'http://127.0.0.1:3000/mcp',
      consent: 'not-needed',
    }),
  ];
  const withAccount = ['linear', 'github-work', 'github-private', 'sentry', 'notion', 'grafana', 'figma'];
  return aSnapshot({
    servers,
    accounts: [
      ...withAccount.map((serverId) =>
        anAccount({
          id: `${serverId}-ada`,
          serverId,
          ...(serverId.startsWith('github') && { issuer: 'https://github.example/login/oauth' }),
        }),
      ),
      anAccount({
        id: 'linear-team',
        serverId: 'linear',
        label: 'Analytical Engines (team)',
        identity: { subject: 'svc-4711', source: 'introspection' },
        addedAt: NOW - 2 * DAY,
        lastUsedAt: null,
        lastRefreshedAt: null,
        grant: {
          resource: 'https://mcp.linear.example/mcp',
          requestedScopes: ['issues:read', 'issues:write', 'admin'],
          grantedScopes: ['issues:read'],
          grantedAt: NOW - 2 * DAY,
          accessTokenExpiresAt: NOW + 5 * HOUR + 3 * MINUTE,
          accessTokenIssuedAt: NOW - 2 * DAY,
          refreshable: false,
        },
        consent: 'partial',
      }),
    ].map((account) =>
      account.serverId === 'sentry'
        ? {
            ...account,
            consent: 'expired' as const,
            state: { kind: 'expired' as const, at: NOW - 3 * HOUR },
            grant: { ...account.grant, accessTokenExpiresAt: NOW - 3 * HOUR, refreshable: false },
          }
        : account.serverId === 'notion'
          ? {
              ...account,
              consent: 'insufficient' as const,
              state: {
                kind: 'insufficient' as const,
                at: NOW - 5 * MINUTE,
                wantedScopes: ['pages:write', 'comments:write'],
              },
            }
          : account.serverId === 'github-private'
            ? {
                ...account,
                consent: 'partial' as const,
                grant: {
                  ...account.grant,
                  requestedScopes: ['repo', 'read:org', 'user:email'],
                  grantedScopes: ['repo', 'user:email', 'gist'],
                },
              }
            : account,
    ),
    connections: [
      aConnection('linear', 'linear-ada'),
      aConnection('linear', 'linear-team'),
      aConnection('github-work', 'github-work-ada'),
      aConnection('github-private', 'github-private-ada'),
      aConnection('sentry', 'sentry-ada', { status: 'waiting-for-sign-in' }),
      aConnection('notion', 'notion-ada'),
      aConnection('docs', null),
      aConnection('grafana', 'grafana-ada', {
        status: 'reconnecting',
        nextAttemptAt: NOW + 24_000,
        problem: {
          code: 'connection-lost',
          params: { host: 'mcp.grafana.example' },
          detail: 'SSE stream disconnected: TypeError: terminated',
          traceId: 'trace-3',
        },
      }),
      aConnection('weather', null, {
        status: 'failed',
        serverName: null,
        serverVersion: null,
        protocolVersion: null,
        problem: {
          code: 'certificate-invalid',
          params: { host: 'weather.example', reason: 'it expired on 2 November 2026' },
          detail: 'net::ERR_CERT_DATE_INVALID',
          traceId: 'trace-4',
        },
      }),
      aConnection('stripe', null, { status: 'waiting-for-sign-in', serverName: null, protocolVersion: null }),
      aConnection('local', null, { status: 'disconnected' }),
    ],
    registrations: [
      ...withAccount
        .filter((serverId) => !serverId.startsWith('github'))
        .map((serverId) =>
          aRegistration({
            id: `registration-${serverId}`,
            issuer: `https://auth.${serverId}.example`,
            registrationClientUri: `https://auth.${serverId}.example/register/1`,
          }),
        ),
      ...['github-work', 'github-private'].map((serverId) =>
        aRegistration({
          id: `registration-${serverId}`,
          issuer: 'https://github.example/login/oauth',
          kind: 'pre-registered',
          clientId: 'Iv1.8a61f9b3a7aba766',
          clientAuthentication: 'client_secret_post',
          clientSecretExpiresAt: NOW + 200 * DAY,
          serverId,
        }),
      ),
    ],
    ...over,
  });
}
