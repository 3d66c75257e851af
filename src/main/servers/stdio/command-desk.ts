import type { Command, CommandDraft } from '../../../shared/domain/command.ts';
import { type LocalServer, type LocalSettings, localSettings } from '../../../shared/domain/server.ts';
import { failure } from '../../../shared/problems.ts';
import type { Clock, Randomness } from '../../ports.ts';
import type { ServerBook } from '../server-book.ts';
import { commandDigest } from './command-digest.ts';

type Secrets = Readonly<Record<string, string>>;

export interface CommandDeskDependencies {
  readonly servers: ServerBook;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** @throws ProblemError `secrets-locked` */
  readonly readSecrets: (server: LocalServer) => Promise<Secrets>;
  /** @throws ProblemError `secrets-not-stored` */
  readonly writeSecrets: (serverId: string, secrets: Secrets) => Promise<void>;
  /** Throws a ProblemError where this program may not be a server; absent: any may. */
  readonly admit?: (program: string) => void;
  /** Stores a changed server and makes its connection anew. */
  readonly changeServer: (serverId: string, change: () => LocalServer) => Promise<void>;
}

/** Where commands are entered, changed and approved. Nothing else makes a command one that may start. */
export class CommandDesk {
  readonly #deps: CommandDeskDependencies;

  constructor(dependencies: CommandDeskDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Adds a local server whose command nobody has approved.
   * @throws ProblemError `secrets-not-stored`, `policy-*`; then nothing was added
   */
  async add(name: string, draft: CommandDraft): Promise<LocalServer> {
    const { servers, clock, randomness, writeSecrets, admit } = this.#deps;
    admit?.(draft.program);
    const { command, secrets } = read(draft, {});
    const server: LocalServer = {
      id: randomness.id(),
      kind: 'local',
      name,
      command,
      approval: null,
      enabled: true,
      addedAt: clock.now(),
      settings: localSettings.parse({}),
    };
    if (Object.keys(secrets).length > 0) await writeSecrets(server.id, secrets);
    await servers.put(server);
    return server;
  }

  /**
   * Changes command and settings. A command that differs in anything shown, or got another secret, has to be
   * approved again.
   * @throws ProblemError `server-unknown`, `secret-value-missing`, `secrets-locked`, `secrets-not-stored`
   */
  async change(serverId: string, draft: CommandDraft, settings: LocalSettings): Promise<void> {
    const { servers, readSecrets, writeSecrets, changeServer } = this.#deps;
    const before = servers.requireLocal(serverId);
    const stored = await readSecrets(before);
    const { command, secrets } = read(draft, stored);
    const keepsSecrets = sameSecrets(secrets, stored);
    const isSame = keepsSecrets && commandDigest(command) === commandDigest(before.command);
    // Void before anything is changed: a command is never an approved one by accident.
    if (!isSame) await servers.put({ ...before, approval: null });
    if (!keepsSecrets) await writeSecrets(serverId, secrets);
    await changeServer(serverId, () => {
      const { era: _, ...current } = servers.requireLocal(serverId);
      return { ...current, command, settings };
    });
  }

  /**
   * Approves the command the person was shown and starts it.
   * @param digest of the command as it was shown
   * @throws ProblemError `server-unknown`, `policy-*`, `command-changed` when it is another one by now
   */
  async approve(serverId: string, digest: string): Promise<void> {
    const { servers, changeServer, admit } = this.#deps;
    const { name, command } = servers.requireLocal(serverId);
    admit?.(command.program);
    if (commandDigest(command) !== digest) throw failure('command-changed', { name });
    await changeServer(serverId, () => ({ ...servers.requireLocal(serverId), approval: digest }));
  }
}

/** Parts what may be shown from what goes to the vault. */
function read(draft: CommandDraft, stored: Secrets): { command: Command; secrets: Record<string, string> } {
  const secrets: Record<string, string> = {};
  const environment = draft.environment.map(({ name, secret, value }): Command['environment'][number] => {
    if (!secret) return { name, value: value ?? '' };
    const kept = value ?? stored[name];
    if (kept === undefined) throw failure('secret-value-missing', { name });
    secrets[name] = kept;
    return { name, secret: true };
  });
  return { command: { ...draft, environment }, secrets };
}

function sameSecrets(one: Secrets, other: Secrets): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
