import type { PendingSignIn } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';
import type { SuspendedSignIn } from './sign-in-attempt.ts';

const PREFIX = 'pending-';

/** One sign-in found again at start. */
export interface FoundSignIn {
  readonly signInId: string;
  readonly serverId: string;
  readonly accountId: string | null;
  readonly suspended: SuspendedSignIn;
}

/**
 * Sign-ins whose browser is out, kept in the vault so that a link that starts the app finds them. Where the
 * vault has no key they are in memory only and end with the process.
 */
export class SuspendedSignIns {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Best effort: a sign-in that can't be kept still works while the app runs. */
  async remember(
    signInId: string,
    serverId: string,
    accountId: string | null,
    kept: SuspendedSignIn,
  ): Promise<void> {
    const entry: PendingSignIn = {
      kind: 'pending-sign-in',
      serverId,
      accountId,
      registrationId: kept.registrationId,
      redirect: kept.redirect,
      authorizationUrl: kept.authorizationUrl,
      startedAt: kept.startedAt,
      deadline: kept.deadline,
      pending: { ...kept.pending },
      discovery: { ...kept.discovery },
      ...(kept.dpopKey && { dpopKey: { ...kept.dpopKey } }),
    };
    await this.#vault.write(PREFIX + signInId, entry).catch(() => undefined);
  }

  async forget(signInId: string): Promise<void> {
    await this.#vault.delete(PREFIX + signInId).catch(() => undefined);
  }

  /** What was left from the last run and still has time; the rest is deleted. */
  async find(now: number): Promise<FoundSignIn[]> {
    const ids = await this.#vault.ids(PREFIX);
    const found = await Promise.all(
      ids.map(async (id) => {
        const reading = await this.#vault.read(id, 'pending-sign-in');
        if (reading.kind !== 'found') return [];
        const { serverId, accountId, pending, discovery, ...rest } = reading.secrets;
        if (rest.deadline <= now) {
          await this.#vault.delete(id).catch(() => undefined);
          return [];
        }
        const suspended = { ...rest, pending, discovery } as unknown as SuspendedSignIn;
        return [{ signInId: id.slice(PREFIX.length), serverId, accountId, suspended }];
      }),
    );
    return found.flat();
  }
}
