import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { FrameState, Settings, SettingsChange } from '../../shared/domain/settings.ts';
import { problemOf } from '../../shared/problems.ts';
import { call } from '../bridge.ts';
import { notifyProblem } from '../components/notify.tsx';
import { currentWorld, setWorld, useWorld } from './live.ts';
import { keptPage, navigate, parseRoute, type Route } from './route.ts';

/** Narrower than this, the sidebar is a drawer whatever the person chose. */
const NARROW = window.matchMedia('(max-width: 45rem)');

/** Widths the sidebar can be drawn to, in pixels. */
export const SIDEBAR = { least: 200, usual: 280, most: 560 } as const;

export function useFrameState(): FrameState {
  return useWorld('settings', ({ frame }) => frame);
}

/** Whether the sidebar is a drawer that opens on demand. */
export function useDrawer(): boolean {
  const narrow = useSyncExternalStore(
    (changed) => {
      NARROW.addEventListener('change', changed);
      return () => NARROW.removeEventListener('change', changed);
    },
    () => NARROW.matches,
  );
  return useFrameState().collapsed || narrow;
}

/** Changes settings at once; the main process keeps them. */
function changeSettings(patch: SettingsChange, failed: (error: unknown) => void): void {
  const before = currentWorld('settings');
  if (!before) return;
  setWorld('settings', { ...before, ...patch } as Settings);
  call('app.update-settings', patch).catch((error: unknown) => {
    setWorld('settings', before);
    failed(error);
  });
}

/** Keeps how the frame was left, also over a restart. */
export function changeFrame(patch: Partial<FrameState>): void {
  const before = currentWorld('settings')?.frame;
  // Not worth a word when it can't be stored: each page one goes to is such a change.
  if (before) changeSettings({ frame: { ...before, ...patch } }, () => undefined);
}

/** Keeps the person's own order of servers; none: by name. */
export function orderServers(serverOrder: readonly string[]): void {
  changeSettings({ serverOrder: [...serverOrder] }, (error) => notifyProblem(problemOf(error)));
}

let selecting = false;
const listeners = new Set<() => void>();

/** Begins or ends the selection of servers in the sidebar. */
export function selectServers(on: boolean): void {
  selecting = on;
  for (const listener of listeners) listener();
}

export function useSelecting(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => selecting,
  );
}

/** Goes to the page that was open last, unless another one is asked for, and keeps which one is open from then on. */
export function useLastPage(route: Route): void {
  const started = useRef(false);
  useEffect(() => {
    const frame = currentWorld('settings')?.frame;
    if (!started.current) {
      started.current = true;
      const last = parseRoute(frame?.lastPage ?? '');
      const isThere = last.page !== 'server' || currentWorld('servers')?.has(last.serverId);
      if (route.page === 'home' && last.page !== 'home' && isThere) return navigate(last);
    }
    const page = keptPage(route);
    if (frame && frame.lastPage !== page) changeFrame({ lastPage: page });
  }, [route]);
}
