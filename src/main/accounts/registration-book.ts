import { join } from 'node:path';
import * as z from 'zod';
import { type Registration, registration } from '../../shared/domain/registration.ts';
import type { ServerSettings } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import type { ObtainedClient } from '../oauth/obtained-client.ts';
import type { ClientCredentials } from '../oauth/registration.ts';
import { Book } from '../store/book.ts';
import { ListFile } from '../store/list-file.ts';
import type { RegistrationSecrets } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';

/** Gatehouse's own clients, by issuer. Their secrets rest in the vault under the registration's identifier. */
export class RegistrationBook extends Book<Registration> {
  readonly #vault: Vault;

  constructor(folder: string, vault: Vault) {
    super(new ListFile({ path: join(folder, 'registrations.json'), schema: z.array(registration) }));
    this.#vault = vault;
  }

  /**
   * A registration at this issuer that one may use for this server; pre-registered ones belong to their server.
   * @param scopes what is to be asked for; null: nothing by name
   */
  find(
    issuer: string,
    serverId: string,
    settings: ServerSettings,
    scopes: readonly string[] | null,
  ): Registration | undefined {
    return this.all().find((one) => {
      if (one.issuer !== issuer) return false;
      if (scopes?.some((scope) => one.scopes?.includes(scope) === false)) return false;
      if (settings.clientId) return one.clientId === settings.clientId && one.serverId === serverId;
      return one.serverId === undefined;
    });
  }

  /** The credentials of a registration, secrets read from the vault. Null when they can't be read. */
  async credentials(registrationId: string): Promise<ClientCredentials | null> {
    const found = this.get(registrationId);
    if (!found) return null;
    const reading = await this.#vault.read(found.id, 'registration');
    const needsSecret = found.clientAuthentication !== 'none';
    if (reading.kind !== 'found') {
      if (needsSecret) return null;
      return { issuer: found.issuer, clientId: found.clientId, authentication: 'none' };
    }
    const { clientSecret, privateKey } = reading.secrets;
    return {
      issuer: found.issuer,
      clientId: found.clientId,
      authentication: found.clientAuthentication,
      ...(clientSecret !== undefined && { clientSecret }),
      ...(privateKey !== undefined && {
        privateKey: privateKey as NonNullable<ClientCredentials['privateKey']>,
      }),
    };
  }

  /** What to send to the issuer to read or delete the registration (RFC 7592), if it was offered. */
  async management(registrationId: string): Promise<{ uri: string; accessToken: string } | null> {
    const found = this.get(registrationId);
    if (!found?.registrationClientUri) return null;
    const reading = await this.#vault.read(found.id, 'registration');
    const accessToken = reading.kind === 'found' ? reading.secrets.registrationAccessToken : undefined;
    return accessToken ? { uri: found.registrationClientUri, accessToken } : null;
  }

  /**
   * Keeps a client just obtained: its secrets first, so that no entry is without them.
   * @throws ProblemError `secrets-not-stored`
   */
  async keep(
    id: string,
    client: ObtainedClient,
    registeredAt: number,
    serverId: string | null,
  ): Promise<Registration> {
    const { credentials } = client;
    const { clientSecret, privateKey } = credentials;
    const { registrationAccessToken, registrationClientUri } = client;
    if (clientSecret || privateKey || registrationAccessToken) {
      await this.#vault.write(id, {
        kind: 'registration',
        ...(clientSecret && { clientSecret }),
        ...(privateKey && { privateKey: { ...privateKey } }),
        ...(registrationAccessToken && { registrationAccessToken }),
      });
    }
    const entry: Registration = {
      id,
      issuer: credentials.issuer,
      kind: client.kind,
      clientId: credentials.clientId,
      clientAuthentication: credentials.authentication,
      redirectUris: client.redirectUris,
      ...(registrationClientUri && { registrationClientUri }),
      clientSecretExpiresAt: client.clientSecretExpiresAt,
      registeredAt,
      ...(client.scopes && { scopes: client.scopes }),
      ...(serverId !== null && { serverId }),
    };
    await this.put(entry);
    return entry;
  }

  /**
   * Takes over secrets the person changed. The issuer is not told: it gave them.
   * @throws ProblemError `secrets-locked`, `secrets-not-stored`
   */
  async replaceSecrets(
    registrationId: string,
    { clientSecret, privateKey }: Pick<RegistrationSecrets, 'clientSecret' | 'privateKey'>,
  ): Promise<void> {
    const reading = await this.#vault.read(registrationId, 'registration');
    if (reading.kind === 'unavailable') {
      const label = this.get(registrationId)?.issuer ?? registrationId;
      throw failure('secrets-locked', { label }, reading.reason);
    }
    const { registrationAccessToken } = reading.kind === 'found' ? reading.secrets : {};
    await this.#vault.write(registrationId, {
      kind: 'registration',
      ...(clientSecret && { clientSecret }),
      ...(privateKey && { privateKey }),
      ...(registrationAccessToken && { registrationAccessToken }),
    });
  }

  /** Deletes a registration and its secrets here; the issuer is not told. */
  async drop(registrationId: string): Promise<void> {
    await this.remove(registrationId);
    await this.#vault.delete(registrationId);
  }
}
