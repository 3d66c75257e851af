import type { ExtraHeaders } from '../shared/domain/extra-header.ts';
import type { RemoteServer } from '../shared/domain/server.ts';
import { failure } from '../shared/problems.ts';
import type { RegistrationBook } from './accounts/registration-book.ts';
import { headersOf } from './servers/extra-headers.ts';
import type { ServerBook } from './servers/server-book.ts';
import type { ServerSecrets } from './vault/secrets.ts';
import type { Vault } from './vault/vault.ts';

/** What to change; `undefined` deletes a secret, an absent one stays. */
export type ServerSecretsChange = {
  [Name in keyof Omit<ServerSecrets, 'kind'>]?: ServerSecrets[Name] | undefined;
};

export interface ServerSecretsDependencies {
  readonly vault: Vault;
  readonly servers: ServerBook;
  readonly registrations: RegistrationBook;
}

/** Secrets a person entered for a server: keys, client secrets, values of headers and of environment variables. */
export class ServerSecretsDesk {
  readonly #deps: ServerSecretsDependencies;

  constructor({ vault, servers, registrations }: ServerSecretsDependencies) {
    this.#deps = { vault, servers, registrations };
  }

  /** @throws ProblemError `secrets-locked`: what can't be read must not be overwritten either */
  async read(serverId: string): Promise<Partial<ServerSecrets>> {
    const reading = await this.#deps.vault.read(serverId, 'server');
    if (reading.kind === 'unavailable') {
      const label = this.#deps.servers.get(serverId)?.name ?? serverId;
      throw failure('secrets-locked', { label }, reading.reason);
    }
    return reading.kind === 'found' ? reading.secrets : {};
  }

  /**
   * Accounts signed in with this server's pre-registered client renew with the new secrets.
   * @throws ProblemError `secrets-locked`, `secrets-not-stored`
   */
  async change(serverId: string, change: ServerSecretsChange): Promise<void> {
    const { vault, registrations } = this.#deps;
    const before = await this.read(serverId);
    const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined);
    const after: ServerSecrets = { ...Object.fromEntries(kept), kind: 'server' };
    await vault.write(serverId, after);
    for (const registration of registrations.all()) {
      if (registration.serverId === serverId) await registrations.replaceSecrets(registration.id, after);
    }
  }

  /**
   * Headers the person wants sent to a server, with their values.
   * @throws ProblemError `secrets-locked`, `secret-value-missing`
   */
  async extraHeaders(server: RemoteServer): Promise<ExtraHeaders> {
    if (server.settings.headers.length === 0) return {};
    return headersOf(server, (await this.read(server.id)).headers ?? {});
  }
}
