import type { ServerSecrets } from '../../src/main/vault/secrets.ts';
import { type ServerSettings, serverSettings } from '../../src/shared/domain/server.ts';
import type { ScenarioContext } from './scenario.ts';

/** What a person would enter in the server's settings, given what the suite handed over. */
export function settingsFor(context: ScenarioContext): ServerSettings {
  return serverSettings.parse({
    redirect: 'loopback',
    ...(context.client_id && { clientId: context.client_id }),
    ...(context.issuer && { issuerPin: context.issuer }),
  });
}

/** The secrets that belong to these settings. */
export async function secretsFor({ client_secret }: ScenarioContext): Promise<ServerSecrets | null> {
  return client_secret ? { kind: 'server', clientSecret: client_secret } : null;
}
