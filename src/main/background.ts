import { appIdentity } from '../shared/app-identity.ts';
import type { EventName, EventPayload } from '../shared/contract/events.ts';
import { eventContracts } from '../shared/contract/events.ts';
import type { KnownDeepLink } from '../shared/deep-link.ts';
import type { ClientCertificate } from '../shared/domain/certificate-request.ts';
import type { Settings, SettingsChange } from '../shared/domain/settings.ts';
import type { Snapshot } from '../shared/domain/snapshot.ts';
import { watchAttention } from './attention-watch.ts';
import { Core, type CorePorts } from './core.ts';
import { followLink } from './follow-link.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createRouter, crossing } from './ipc/router.ts';
import { publishChanges, Views } from './ipc/views.ts';
import { logEvents } from './log-events.ts';
import { type FileSaver, systemClock, systemRandomness, systemScheduler } from './ports.ts';
import type { Attention } from './shell/attention.ts';
import type { Log } from './trace/log.ts';

export interface BackgroundOptions
  extends Omit<
    CorePorts,
    'clock' | 'scheduler' | 'randomness' | 'clientMetadataUrl' | 'clientMetadataHosted'
  > {
  readonly app: Snapshot['app'];
  readonly files: FileSaver;
  readonly log: Log;
  /** Carries an event to the page. */
  readonly send: <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
}

/** Everything behind the window: the core, its answers to the page, and what deep links lead to. */
export async function createBackground(options: BackgroundOptions) {
  const core = new Core({
    ...options,
    clock: systemClock,
    scheduler: systemScheduler,
    randomness: systemRandomness,
    clientMetadataUrl: appIdentity.clientMetadataUrl,
    clientMetadataHosted: appIdentity.clientMetadataHosted,
  });
  const views = new Views(core, systemClock);
  logEvents(core.events, options.log);
  const notices = await core.load();
  publishChanges(core, views);
  core.events.listen((name, payload) => {
    // What the contract does not name never leaves.
    options.send(name, eventContracts[name].parse(payload) as typeof payload);
  });
  const route = createRouter(
    createHandlers({
      core,
      views,
      clock: systemClock,
      clipboard: options.clipboard,
      files: options.files,
      app: options.app,
      notices,
    }),
  );
  await core.start();
  return {
    route: crossing(route),
    wake: () => core.wake(),
    stop: () => core.stop(),
    settings: () => core.settings.current,
    changeSettings: (change: SettingsChange) => core.changeAppSettings(change),
    /** Calls `apply` with a setting now and whenever it changes. */
    onSetting<Name extends keyof Settings>(name: Name, apply: (value: Settings[Name]) => void): void {
      let applied = core.settings.current[name];
      apply(applied);
      core.events.listen((event) => {
        const value = core.settings.current[name];
        if (event !== 'settings.changed' || value === applied) return;
        applied = value;
        apply(value);
      });
    },
    /** Calls `changed` with how things stand now and whenever that may have changed. */
    onAttention: (changed: (attention: Attention) => void) =>
      watchAttention(core, views, systemScheduler, changed),
    /** Tries at once whatever is not connected. */
    reconnect(): void {
      core.wake();
      for (const { serverId, accountId, status } of core.supervisor.views()) {
        if (status === 'failed') void core.connection(serverId, accountId).reconnect();
      }
    },
    /** Asks the person which certificate a server shall see. */
    chooseCertificate: (host: string, certificates: readonly ClientCertificate[]) =>
      core.certificates.choose(host, certificates),
    openLink: (link: KnownDeepLink) => followLink(core, link),
  };
}
