import type { Account } from '../../shared/domain/account.ts';
import type { ConnectionView } from '../../shared/domain/connection.ts';
import type { ExtraHeaders } from '../../shared/domain/extra-header.ts';
import type { LocalServer, RemoteServer, Server } from '../../shared/domain/server.ts';
import type { AccountBook } from '../accounts/account-book.ts';
import type { TokenKeeper } from '../accounts/token-keeper.ts';
import type { EventListener } from '../events.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';
import type { Fetch } from '../ports.ts';
import { AttemptLimit } from './attempt-limit.ts';
import { authorizedFetch } from './authorized-fetch.ts';
import { Connection, type ConnectionDependencies, type OpenClient } from './connection.ts';
import { openMcpClient } from './mcp-client.ts';
import type { ServerBook } from './server-book.ts';

/** Connection attempts at once, whatever the number of servers. */
export const ATTEMPTS_AT_ONCE = 8;
/** `lastUsedAt` is written at most this often per account, in milliseconds. */
const USED_NOTE_MS = 60_000;

export interface SupervisorDependencies
  extends Omit<ConnectionDependencies, 'enter' | 'changed' | 'used' | 'moreScopeNeeded'> {
  readonly fetch: Fetch;
  readonly servers: ServerBook;
  readonly accounts: AccountBook;
  readonly keeper: TokenKeeper;
  readonly emit: EventListener;
  readonly challenged: (serverUrl: string, challenge: BearerChallenge) => void;
  readonly tokenRefused: (serverUrl: string) => void;
  /**
   * Headers the person wants sent to a server, with their values.
   * @throws ProblemError `secrets-locked`, `secret-value-missing`
   */
  readonly extraHeaders: (server: RemoteServer) => Promise<ExtraHeaders>;
  /** How a local server is opened. */
  readonly openLocal: (server: LocalServer) => OpenClient;
  /** Throws a ProblemError for a connection that must not be made; absent: any may be. */
  readonly admit?: (server: Server, accountId: string | null) => void;
}

/** Keeps one connection per account, or one without an account where there is none. Start-up waits for nobody. */
export class Supervisor {
  readonly #deps: SupervisorDependencies;
  readonly #connections = new Map<string, Connection>();
  readonly #limit = new AttemptLimit(ATTEMPTS_AT_ONCE);
  /** The app ends: a connection made now would outlive it. */
  #stopped = false;

  constructor(dependencies: SupervisorDependencies) {
    this.#deps = dependencies;
  }

  views(): ConnectionView[] {
    return [...this.#connections.values()].map((connection) => connection.view);
  }

  all(): Connection[] {
    return [...this.#connections.values()];
  }

  /** Starts what is enabled, each behind the other's back. */
  startAll(): void {
    for (const server of this.#deps.servers.all()) {
      for (const connection of this.#wanted(server)) {
        if (server.enabled) connection.start();
        else void connection.stop('disabled');
      }
    }
  }

  /** The connection for an account, or for nobody; made when it is missing. */
  connection(server: Server, accountId: string | null): Connection {
    const key = keyOf(server.id, accountId);
    const existing = this.#connections.get(key);
    if (existing) return existing;
    const made = this.#make(server, accountId);
    this.#connections.set(key, made);
    return made;
  }

  /** Connects an account's connection; the connection without one ends, it was only asking for a sign-in. */
  async connectAccount(server: Server, account: Account): Promise<void> {
    await this.#drop(server.id, null);
    if (this.#stopped) return;
    // Somebody may have called since the account was stored.
    await this.connection(server, account.id).renew();
  }

  /** Ends an account's connection; when it was the last one, the server is asked without an account again. */
  async accountRemoved(serverId: string, accountId: string): Promise<void> {
    await this.#drop(serverId, accountId);
    const server = this.#deps.servers.get(serverId);
    if (server?.enabled && this.#deps.accounts.ofServer(serverId).length === 0) {
      this.connection(server, null).start();
    }
  }

  /** Settings, address or switch of a server changed: its connections are made anew. */
  async serverChanged(server: Server): Promise<void> {
    await this.#dropServer(server.id, server.enabled ? 'disconnected' : 'disabled');
    for (const connection of this.#wanted(server)) {
      if (server.enabled) connection.start();
      else await connection.stop('disabled');
    }
  }

  async serverRemoved(serverId: string): Promise<void> {
    await this.#dropServer(serverId, 'disconnected');
  }

  /** The computer woke up, or the network is back: whoever waits for a next attempt tries now. */
  retryAll(): void {
    for (const connection of this.#connections.values()) connection.retryNow();
  }

  /** Ends every connection, for good. */
  async stopAll(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#connections.values()].map((connection) => connection.stop()));
  }

  #wanted(server: Server): Connection[] {
    const accounts = this.#deps.accounts.ofServer(server.id);
    return accounts.length === 0
      ? [this.connection(server, null)]
      : accounts.map((account) => this.connection(server, account.id));
  }

  #make(server: Server, accountId: string | null): Connection {
    const { accounts, emit, clock, ...shared } = this.#deps;
    return new Connection(server, accountId, this.#opens(server, accountId), {
      ...shared,
      clock,
      enter: (signal) => this.#limit.enter(signal),
      changed: (connection) => {
        // A connection that was replaced has no say any more.
        if (this.#connections.get(keyOf(server.id, accountId)) === connection) {
          emit('connection.changed', connection.view);
        }
      },
      moreScopeNeeded: (_, scopes) => {
        if (!accountId) return;
        void accounts.change(accountId, (account) => ({
          ...account,
          state: { kind: 'insufficient', at: clock.now(), wantedScopes: [...scopes] },
        }));
      },
      used: () => {
        const account = accountId ? accounts.get(accountId) : undefined;
        if (!account || clock.now() - (account.lastUsedAt ?? 0) < USED_NOTE_MS) return;
        void accounts.change(account.id, (current) => ({ ...current, lastUsedAt: clock.now() }));
      },
    });
  }

  #opens(server: Server, accountId: string | null): OpenClient {
    const open =
      server.kind === 'remote' ? this.#opensRemote(server, accountId) : this.#deps.openLocal(server);
    return async (opening) => {
      this.#deps.admit?.(server, accountId);
      return open(opening);
    };
  }

  #opensRemote(server: RemoteServer, accountId: string | null): OpenClient {
    const { keeper, fetch, clock, scheduler, challenged, tokenRefused, extraHeaders } = this.#deps;
    const serverUrl = new URL(server.url);
    const timeoutSeconds = server.settings.requestTimeoutSeconds;
    const tokens = accountId
      ? {
          authorization: () => keeper.authorization(accountId),
          rejected: (accessToken: string) => keeper.rejected(accountId, accessToken),
        }
      : null;
    return async ({ trace, redactor, ...opening }) =>
      openMcpClient({
        ...opening,
        serverUrl,
        scheduler,
        timeoutMs: timeoutSeconds * 1000,
        fetch: authorizedFetch({
          serverUrl,
          tokens,
          fetch,
          clock,
          trace,
          redactor,
          timeoutSeconds,
          extraHeaders: await extraHeaders(server),
          challenged: (challenge) => challenged(server.url, challenge),
          tokenRefused: () => tokenRefused(server.url),
        }),
      });
  }

  async #dropServer(serverId: string, status: 'disconnected' | 'disabled'): Promise<void> {
    const concerned = [...this.#connections.values()].filter(({ server }) => server.id === serverId);
    await Promise.all(
      concerned.map(async (connection) => {
        await connection.stop(status);
        await this.#drop(serverId, connection.accountId);
      }),
    );
  }

  async #drop(serverId: string, accountId: string | null): Promise<void> {
    const key = keyOf(serverId, accountId);
    const connection = this.#connections.get(key);
    if (!connection) return;
    this.#connections.delete(key);
    await connection.stop();
    this.#deps.emit('connection.removed', { serverId, accountId });
  }
}

function keyOf(serverId: string, accountId: string | null): string {
  return `${serverId}/${accountId ?? ''}`;
}
