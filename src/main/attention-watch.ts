import type { EventName } from '../shared/contract/events.ts';
import type { Core } from './core.ts';
import type { Views } from './ipc/views.ts';
import type { Cancel, Scheduler } from './ports.ts';
import { type Attention, attentionOf } from './shell/attention.ts';

const TELLING = new Set<EventName>([
  'server.changed',
  'server.removed',
  'account.changed',
  'account.removed',
  'connection.changed',
  'connection.removed',
]);

/** Changes come in bursts; how things stand is worked out this long after the first, in milliseconds. */
const BURST_MS = 200;

/** Tells how things stand, now and whenever it may have changed. Returns what stops it. */
export function watchAttention(
  core: Core,
  views: Views,
  scheduler: Scheduler,
  changed: (attention: Attention) => void,
): () => void {
  let waiting: Cancel | null = null;
  const tell = () => {
    waiting = null;
    changed(
      attentionOf({
        servers: core.servers.all().map((server) => views.server(server)),
        accounts: core.accounts.all().map((account) => ({ ...account, consent: views.consentOf(account) })),
        connections: core.supervisor.views(),
      }),
    );
  };
  tell();
  const stop = core.events.listen((name) => {
    if (TELLING.has(name)) waiting ??= scheduler.after(BURST_MS, tell);
  });
  return () => {
    waiting?.();
    stop();
  };
}
