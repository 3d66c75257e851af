import { QueryClient, useQuery } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import type { ChangingKind } from '../../shared/domain/catalog.ts';
import type { TraceSummary } from '../../shared/domain/trace.ts';
import { languageOf } from '../../shared/languages.ts';
import { call, type MainEvent, onEvent } from '../bridge.ts';
import { speak } from '../i18n/index.ts';
import { callLog } from './call-log.ts';
import { createBatch, nextFrame, paced, pageTime } from './event-batch.ts';
import { upsertTrace } from './traces.ts';
import { patchOf, type World, worldOf } from './world.ts';
import { WorldStore } from './world-store.ts';

/** Answers of the main process are true until an event says otherwise: nothing goes stale by itself. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      // Values are replaced whole; comparing a thousand servers on each event would cost a frame.
      structuralSharing: false,
    },
    mutations: { networkMode: 'always' },
  },
});

/** Events in a burst are shown this often, in milliseconds. */
const BURST_PAUSE_MS = 120;

const WORLD_PARTS = [
  'servers',
  'accounts',
  'connections',
  'registrations',
  'revocations',
  'signIns',
  'elicitations',
  'settings',
  'storage',
  'policy',
  'update',
  'certificateRequests',
  'notices',
  'app',
] as const satisfies readonly (keyof World)[];

export const keys = {
  snapshot: ['snapshot'] as const,
  catalog: (serverId: string, accountId: string | null, kind: ChangingKind) =>
    ['catalog', serverId, accountId, kind] as const,
  resource: (serverId: string, accountId: string | null, uri: string) =>
    ['resource', serverId, accountId, uri] as const,
  serverLog: (serverId: string) => ['server-log', serverId] as const,
  search: ['search'] as const,
  imports: ['imports'] as const,
  traces: (serverId: string | null) => ['traces', serverId] as const,
  trace: (traceId: string) => ['trace', traceId] as const,
  progress: (callId: string) => ['progress', callId] as const,
  history: (accountId: string) => ['history', accountId] as const,
  secrets: (serverId: string) => ['secrets', serverId] as const,
  process: (serverId: string) => ['process', serverId] as const,
};

export interface CallProgress {
  progress: number;
  total: number | null;
  message: string | null;
}

const store = new WorldStore();

let early: MainEvent[] = [];

function applyEvents(events: readonly MainEvent[]): void {
  const world = store.whole(WORLD_PARTS);
  if (!world) {
    // The snapshot is on its way; what came before it is replayed on top of it.
    early.push(...events);
    return;
  }
  store.set(patchOf(world, events));

  const touchedTraces = new Map<string, TraceSummary>();
  for (const event of events) {
    switch (event.name) {
      case 'trace.changed':
        touchedTraces.set(event.payload.id, event.payload);
        break;
      case 'server.removed':
        callLog.forgetServer(event.payload.serverId);
        break;
      case 'account.changed':
        void queryClient.invalidateQueries({ queryKey: keys.history(event.payload.id) });
        break;
      case 'process.changed':
        void queryClient.invalidateQueries({ queryKey: keys.process(event.payload.serverId) });
        break;
      case 'catalog.changed':
        void queryClient.invalidateQueries({
          queryKey: keys.catalog(event.payload.serverId, event.payload.accountId, event.payload.kind),
        });
        break;
      case 'resources.updated':
        for (const uri of event.payload.uris)
          void queryClient.invalidateQueries({
            queryKey: keys.resource(event.payload.serverId, event.payload.accountId, uri),
          });
        break;
      case 'log.changed':
        void queryClient.invalidateQueries({ queryKey: keys.serverLog(event.payload.serverId) });
        break;
      case 'call.progress':
        queryClient.setQueryData<CallProgress>(keys.progress(event.payload.callId), event.payload);
        break;
      default:
    }
  }
  for (const summary of touchedTraces.values()) {
    for (const serverId of new Set([null, summary.serverId])) {
      queryClient.setQueryData<readonly TraceSummary[]>(keys.traces(serverId), (list) =>
        list ? upsertTrace(list, summary) : list,
      );
    }
    void queryClient.invalidateQueries({ queryKey: keys.trace(summary.id) });
  }
}

const asides = new Set<(event: MainEvent) => void>();
/** Those that came before anybody on the screen could show them. */
let earlyAsides: MainEvent[] = [];

/** Hears the events that ask for something to be shown, at once and one by one. */
export function onAside(listener: (event: MainEvent) => void): () => void {
  asides.add(listener);
  const waited = earlyAsides;
  earlyAsides = [];
  for (const event of waited) listener(event);
  return () => asides.delete(listener);
}

/** Listens to the main process from now on; called once, before the first render. */
export function startListening(): void {
  const batch = createBatch<MainEvent>(paced(nextFrame, BURST_PAUSE_MS, pageTime), applyEvents);
  onEvent((event) => {
    if (event.name !== 'notice' && !event.name.startsWith('show.')) batch.add(event);
    else if (asides.size === 0) earlyAsides.push(event);
    else for (const listener of asides) listener(event);
  });
}

/** Asks for everything once; {@link useWorld} has values as soon as this succeeded. */
export function useSnapshot() {
  return useQuery({
    queryKey: keys.snapshot,
    queryFn: async () => {
      const snapshot = await call('app.snapshot', undefined);
      // Before anything is shown: words that change while one reads them are worse than words a moment later.
      await speak(languageOf(snapshot.settings.language, snapshot.app.systemLanguage));
      store.set(worldOf(snapshot));
      const replayed = early;
      early = [];
      applyEvents(replayed);
      return true;
    },
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/**
 * A part of the world, or what is selected from it; renders again only when that changes.
 * Only for components below the one that waits for the snapshot.
 */
export function useWorld<Part extends keyof World>(part: Part): World[Part];
export function useWorld<Part extends keyof World, Selected>(
  part: Part,
  select: (value: World[Part]) => Selected,
): Selected;
export function useWorld<Part extends keyof World>(part: Part, select?: (value: World[Part]) => unknown) {
  let last: { of: World[Part] | undefined; selected: unknown } | null = null;
  return useSyncExternalStore(useSubscription(part), () => {
    const value = store.get(part);
    if (!select || value === undefined) return value;
    if (last?.of !== value) last = { of: value, selected: select(value) };
    return last.selected;
  });
}

/** A part of the world for what is shown before the snapshot is there. */
export function useEarlyWorld<Part extends keyof World>(part: Part): World[Part] | undefined {
  return useSyncExternalStore(useSubscription(part), () => store.get(part));
}

function useSubscription(part: keyof World): (changed: () => void) => () => void {
  return useCallback((changed) => store.subscribe(part, changed), [part]);
}

/** A part of the world as it is now, for what happens once. */
export function currentWorld<Part extends keyof World>(part: Part): World[Part] | undefined {
  return store.get(part);
}

/** Changes a part of the world ahead of the main process's event. */
export function setWorld<Part extends keyof World>(part: Part, value: World[Part]): void {
  store.set({ [part]: value } as Partial<World>);
}
