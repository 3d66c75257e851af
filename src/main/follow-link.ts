import type { KnownDeepLink } from '../shared/deep-link.ts';
import type { Core } from './core.ts';

/** What following a link needs of the core. */
export type LinkTarget = Pick<Core, 'desk' | 'events' | 'servers'>;

/** Follows a link of our scheme: it answers a sign-in that waits, or shows something; it adds and changes nothing. */
export function followLink(core: LinkTarget, link: KnownDeepLink): void {
  switch (link.kind) {
    case 'oauth-callback':
      core.desk.receive(link.parameters);
      return;
    case 'add-server':
      core.events.emit('show.add-server', { url: link.url, name: link.name });
      return;
    case 'show-server':
      if (core.servers.get(link.serverId)) core.events.emit('show.server', { serverId: link.serverId });
  }
}
