import { appIdentity } from '../shared/app-identity.ts';
import type { EventName, EventPayload } from '../shared/contract/events.ts';
import { eventContracts } from '../shared/contract/events.ts';
import { parseDeepLink } from '../shared/deep-link.ts';
import type { Settings } from '../shared/domain/settings.ts';
import type { Snapshot } from '../shared/domain/snapshot.ts';
import { Core, type CorePorts } from './core.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createRouter } from './ipc/router.ts';
import { publishChanges, Views } from './ipc/views.ts';
import { systemClock, systemRandomness, systemScheduler } from './ports.ts';

export interface BackgroundOptions
  extends Omit<
    CorePorts,
    'clock' | 'scheduler' | 'randomness' | 'clientMetadataUrl' | 'clientMetadataHosted'
  > {
  readonly app: Snapshot['app'];
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
  const notices = await core.load();
  publishChanges(core, views);
  core.events.listen((name, payload) => {
    // What the contract does not name never leaves.
    options.send(name, eventContracts[name].parse(payload) as typeof payload);
  });
  const route = createRouter(
    createHandlers({ core, views, clipboard: options.clipboard, app: options.app, notices }),
  );
  await core.start();
  return {
    route,
    wake: () => core.wake(),
    stop: () => core.stop(),
    /** Calls `apply` with the theme now and whenever it changes. */
    onTheme(apply: (theme: Settings['theme']) => void): void {
      apply(core.settings.current.theme);
      core.events.listen((name) => {
        if (name === 'settings.changed') apply(core.settings.current.theme);
      });
    },
    /** Follows a link of our scheme: one list, nothing is acted on without the person. */
    openLink(link: string): void {
      const parsed = parseDeepLink(link);
      switch (parsed.kind) {
        case 'oauth-callback':
          core.desk.receive(parsed.parameters);
          return;
        case 'add-server':
          core.events.emit('show.add-server', { url: parsed.url, name: parsed.name });
          return;
        case 'show-server':
          if (core.servers.get(parsed.serverId))
            core.events.emit('show.server', { serverId: parsed.serverId });
          return;
        case 'unknown':
          return;
      }
    },
  };
}
