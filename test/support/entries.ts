import type { Account } from '../../src/shared/domain/account.ts';
import { type RemoteServer, serverSettings } from '../../src/shared/domain/server.ts';

/** An account as the books hold it, live, with an hour of life from `issuedAt`. */
export function accountEntry(
  overrides: Partial<Omit<Account, 'grant'>> & { grant?: Partial<Account['grant']> } = {},
): Account {
  const { grant, ...rest } = overrides;
  return {
    id: 'account-1',
    serverId: 'server-1',
    issuer: 'https://as.example',
    registrationId: 'registration-1',
    label: 'alice@example.com',
    state: { kind: 'live' },
    addedAt: 0,
    lastUsedAt: null,
    lastRefreshedAt: null,
    ...rest,
    grant: {
      resource: 'https://mcp.example/mcp',
      requestedScopes: ['user'],
      grantedScopes: ['user'],
      grantedAt: 0,
      accessTokenExpiresAt: 3_600_000,
      accessTokenIssuedAt: 0,
      refreshable: true,
      ...grant,
    },
  };
}

/** A server as the books hold it. */
export function serverEntry(overrides: Partial<RemoteServer> = {}): RemoteServer {
  return {
    id: 'server-1',
    kind: 'remote',
    name: 'Example',
    url: 'https://mcp.example/mcp',
    enabled: true,
    addedAt: 0,
    settings: serverSettings.parse({}),
    ...overrides,
  };
}
