import type { EventListener } from '../events.ts';
import type { Clock, Randomness, Scheduler, SystemBrowser } from '../ports.ts';
import { Calls } from './calls.ts';
import { Catalog } from './catalog.ts';
import { CatalogSearch } from './catalog-search.ts';
import { ChangeFeeds } from './change-feeds.ts';
import type { Connection, ConnectionHooks } from './connection.ts';
import { Elicitations } from './elicitations.ts';
import type { ServerNotice } from './mcp-client.ts';
import { Prompts } from './prompts.ts';
import { Requests } from './requests.ts';
import { ResourceSubscriptions } from './resource-subscriptions.ts';
import { Resources } from './resources.ts';
import { RunningRequests } from './running-requests.ts';
import { ServerLogs } from './server-logs.ts';

export interface FeatureDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly browser: SystemBrowser;
  readonly emit: EventListener;
}

/** Everything a server offers, made usable: built here, fed by the connections. */
export class Features {
  readonly catalog: Catalog;
  readonly search: CatalogSearch;
  readonly calls: Calls;
  readonly resources: Resources;
  readonly prompts: Prompts;
  readonly subscriptions: ResourceSubscriptions;
  readonly elicitations: Elicitations;
  readonly logs: ServerLogs;
  readonly hooks: ConnectionHooks;
  readonly #feeds: ChangeFeeds;

  constructor({ clock, scheduler, randomness, browser, emit }: FeatureDependencies) {
    const running = new RunningRequests();
    this.logs = new ServerLogs({ clock, scheduler, emit });
    this.elicitations = new Elicitations({
      clock,
      randomness,
      browser,
      emit,
      running,
      declined: (connection, reason) =>
        this.logs.note(connection, `A question of the server was declined unseen: ${reason}.`),
    });
    this.subscriptions = new ResourceSubscriptions({
      scheduler,
      emit,
      changed: (connection) => this.#feeds.followedChanged(connection),
      carried: (connection, uri) => this.#feeds.carries(connection, uri),
    });
    this.#feeds = new ChangeFeeds({
      clock,
      scheduler,
      followed: (connection) => this.subscriptions.uris(connection),
      missed: (connection) => this.catalog.missedChanges(connection),
    });
    this.catalog = new Catalog({
      clock,
      scheduler,
      emit,
      relied: (connection) => this.#feeds.rely(connection),
      announced: (connection, kind) => this.#feeds.announced(connection, kind),
    });
    this.search = new CatalogSearch(this.catalog, clock);
    const requests = new Requests({
      scheduler,
      running,
      elicitations: this.elicitations,
      logs: this.logs,
    });
    this.calls = new Calls({ clock, scheduler, emit, requests, catalog: this.catalog });
    this.resources = new Resources(requests);
    this.prompts = new Prompts(requests);
    this.hooks = {
      opened: async (connection, opened, signal) => {
        this.catalog.missedChanges(connection);
        this.subscriptions.opened(connection, opened);
        this.logs.opened(connection, opened);
        await this.#feeds.opened(connection, opened, signal);
      },
      told: (connection, notice) => this.#told(connection, notice),
      asked: (connection, question, signal) => this.elicitations.ask(connection, question, signal),
      ended: (connection) => this.elicitations.connectionEnded(connection),
    };
  }

  /** A server was removed: nothing of it is kept. */
  forgetServer(serverId: string): void {
    this.logs.forget(serverId);
  }

  /** A connection is gone for good. */
  forgetConnection(gone: { serverId: string; accountId: string | null }): void {
    this.subscriptions.forget(gone.serverId, gone.accountId);
    this.#feeds.forget(gone.serverId, gone.accountId);
  }

  #told(connection: Connection, notice: ServerNotice): void {
    switch (notice.kind) {
      case 'list-changed':
        this.catalog.changed(connection, notice.list);
        break;
      case 'resource-updated':
        this.subscriptions.updated(connection, notice.uri);
        break;
      case 'log':
        this.logs.add(connection, notice);
        break;
      case 'elicitation-complete':
        this.elicitations.completed(connection, notice.elicitationId);
        break;
    }
  }
}
