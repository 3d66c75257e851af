import type { Account, ConsentStatus } from '../../shared/domain/account.ts';
import type { Server } from '../../shared/domain/server.ts';
import type { AccountView, ServerView, Snapshot } from '../../shared/domain/snapshot.ts';
import type { Problem } from '../../shared/problems.ts';
import { consentOfAccount, consentOfServer } from '../accounts/consent.ts';
import type { Core } from '../core.ts';
import type { Clock } from '../ports.ts';
import { commandDigest } from '../servers/stdio/command-digest.ts';

/** Turns the core's facts into what the interface shows. */
export class Views {
  readonly #core: Core;
  readonly #clock: Clock;

  constructor(core: Core, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  async account(account: Account): Promise<AccountView> {
    return {
      ...account,
      consent: this.#consent(account),
      storage: await this.#core.vault.protectionOf(account.id),
    };
  }

  /** The consent status of one account. */
  consentOf(account: Account): ConsentStatus {
    return this.#consent(account);
  }

  server(server: Server): ServerView {
    const { accounts, supervisor } = this.#core;
    const anonymous = supervisor
      .views()
      .find((view) => view.serverId === server.id && view.accountId === null);
    if (server.kind === 'local') {
      return { ...server, consent: 'not-needed', digest: commandDigest(server.command) };
    }
    return {
      ...server,
      consent: consentOfServer({
        accounts: accounts.ofServer(server.id).map((account) => this.#consent(account)),
        signInPending: this.#openSignIns().some((signIn) => signIn.serverId === server.id),
        lastSignInDenied: this.#core.wasDenied(server.id),
        anonymousConnection: anonymous?.status ?? null,
      }),
    };
  }

  async snapshot(notices: readonly Problem[], app: Snapshot['app']): Promise<Snapshot> {
    const { servers, accounts, supervisor, registrations, revocations, desk, settings, vault } = this.#core;
    return {
      servers: servers.all().map((server) => this.server(server)),
      accounts: await Promise.all(accounts.all().map((account) => this.account(account))),
      connections: supervisor.views(),
      registrations: registrations.all(),
      revocations: revocations.views(),
      signIns: desk.views(),
      elicitations: this.#core.features.elicitations.views(),
      settings: settings.current,
      storage: await vault.protection(),
      policy: this.#core.policy.view(servers.all()),
      update: this.#core.updates.state,
      certificateRequests: this.#core.certificates.views(),
      notices: [...notices],
      app,
    };
  }

  #openSignIns() {
    return this.#core.desk
      .views()
      .filter(({ status }) => !['succeeded', 'failed', 'cancelled'].includes(status.kind));
  }

  #consent(account: Account) {
    return consentOfAccount({
      account,
      signInPending: this.#openSignIns().some((signIn) => signIn.accountId === account.id),
      now: this.#clock.now(),
    });
  }
}

/** Tells the interface of changes in the books, and of servers whose consent status follows from something else. */
export function publishChanges(core: Core, views: Views): () => void {
  const { servers, accounts, registrations, events } = core;
  const { emit } = events;
  const publishServer = (serverId: string) => {
    const server = servers.get(serverId);
    if (server) emit('server.changed', views.server(server));
  };
  const publishAccount = (account: Account) => {
    // Where the secret rests is asked of the key store; by then the account may be gone.
    void views.account(account).then((view) => {
      if (accounts.get(account.id) === account) emit('account.changed', view);
    });
    publishServer(account.serverId);
  };
  const stops = [
    servers.listen((change) => {
      if (change.kind === 'removed') emit('server.removed', { serverId: change.entry.id });
      else publishServer(change.entry.id);
    }),
    accounts.listen((change) => {
      if (change.kind === 'changed') return publishAccount(change.entry);
      emit('account.removed', { accountId: change.entry.id });
      publishServer(change.entry.serverId);
    }),
    registrations.listen((change) => {
      if (change.kind === 'changed') emit('registration.changed', change.entry);
      else emit('registration.removed', { registrationId: change.entry.id });
    }),
    events.listen((name, payload) => {
      if (name === 'sign-in.changed') {
        const { serverId, accountId } = payload as { serverId: string; accountId: string | null };
        const account = accountId ? accounts.get(accountId) : undefined;
        if (account) publishAccount(account);
        else publishServer(serverId);
      } else if (name === 'connection.changed') {
        const view = payload as { serverId: string; accountId: string | null };
        if (view.accountId === null) publishServer(view.serverId);
      } else if (name === 'storage.changed') {
        for (const account of accounts.all()) publishAccount(account);
      }
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
