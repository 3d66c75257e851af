import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientKeyFromPem } from '../../src/main/oauth/client-authentication.ts';
import type { ServerSecrets } from '../../src/main/vault/secrets.ts';
import { type MachineGrant, type ServerSettings, serverSettings } from '../../src/shared/domain/server.ts';
import type { Scenario } from './scenario.ts';

/** What a person would enter in the server's settings, given what the suite handed over. */
export async function settingsFor(scenario: Scenario, folder: string): Promise<ServerSettings> {
  const { client_id, issuer } = scenario.context;
  const machineGrant = await machineGrantFor(scenario, folder);
  return serverSettings.parse({
    redirect: 'loopback',
    ...(client_id && { clientId: client_id }),
    ...(issuer && { issuerPin: issuer }),
    ...(machineGrant && { machineGrant }),
  });
}

/** The secrets that belong to these settings. */
export async function secretsFor({ context }: Scenario): Promise<ServerSecrets> {
  const { client_secret, private_key_pem, signing_algorithm = 'ES256', idp_id_token } = context;
  const key = private_key_pem && (await clientKeyFromPem(private_key_pem, signing_algorithm));
  return {
    kind: 'server',
    ...(client_secret && { clientSecret: client_secret }),
    ...(key && { privateKey: { ...key } }),
    ...(idp_id_token && { identityToken: idp_id_token }),
  };
}

async function machineGrantFor({ name, context }: Scenario, folder: string): Promise<MachineGrant | null> {
  const { idp_issuer, idp_client_id, valid_jwt } = context;
  if (idp_issuer && idp_client_id) {
    return {
      kind: 'identity-assertion',
      identityProvider: idp_issuer,
      identityProviderClientId: idp_client_id,
    };
  }
  if (valid_jwt) {
    const tokenFile = join(folder, 'workload-token');
    await writeFile(tokenFile, valid_jwt);
    return { kind: 'workload-identity', tokenFile };
  }
  return name.startsWith('auth/client-credentials') ? { kind: 'client-credentials' } : null;
}
