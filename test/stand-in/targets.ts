import type { DevToolsSession } from './devtools.ts';
import { neverAddress } from './never-server.ts';
import { chromium } from './runtime.ts';

interface Owner {
  /** The target has gone, whoever closed it. */
  gone(): void;
  crashed(): void;
}

const attached = new Map<string, string>();
const owners = new Map<string, Owner>();
let creating = 0;

/**
 * Watches Chromium's pages. One that nobody here has made is a popup: it is closed before it runs, since what becomes of
 * a popup is decided by `setWindowOpenHandler`, from the address alone.
 */
export async function watchTargets(): Promise<void> {
  const { devtools } = chromium();
  const { root } = devtools;
  root.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    attached.set(targetInfo.targetId, sessionId);
    closeStrangers();
  });
  root.on('Target.detachedFromTarget', ({ sessionId, targetId }) => {
    devtools.forget(sessionId);
    const gone = targetId ?? [...attached].find(([, id]) => id === sessionId)?.[0];
    if (gone) forget(gone);
  });
  root.on('Target.targetDestroyed', ({ targetId }) => forget(targetId));
  root.on('Target.targetCrashed', ({ targetId }) => owners.get(targetId)?.crashed());
  devtools.on('close', () => {
    for (const owner of [...owners.values()]) owner.crashed();
  });
  await root.send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] });
  await root.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'page' }, { exclude: true }],
  });
}

function forget(targetId: string): void {
  attached.delete(targetId);
  const owner = owners.get(targetId);
  owners.delete(targetId);
  owner?.gone();
}

function closeStrangers(): void {
  // While one of ours is being made, its ID is not known yet.
  if (creating > 0) return;
  for (const targetId of attached.keys()) {
    if (!owners.has(targetId)) chromium().devtools.root.post('Target.closeTarget', { targetId });
  }
}

/** Makes a page in a window of its own and returns its session; the page waits for `Runtime.runIfWaitingForDebugger`. */
export async function createTarget(
  options: { width: number; height: number; browserContextId: string | undefined },
  owner: Owner,
): Promise<{ targetId: string; session: DevToolsSession }> {
  const { devtools } = chromium();
  const { width, height, browserContextId } = options;
  creating++;
  try {
    const { targetId } = await devtools.root.send('Target.createTarget', {
      // Chromium commits about:blank at once, and Playwright would take it for the window's first page. This address never
      // arrives, until the window's first one replaces it.
      url: neverAddress,
      newWindow: true,
      width,
      height,
      ...(browserContextId === undefined ? {} : { browserContextId }),
    });
    const sessionId = attached.get(targetId);
    if (!sessionId) throw new Error('Chromium closed the window at once');
    owners.set(targetId, owner);
    return { targetId, session: devtools.session(sessionId) };
  } finally {
    creating--;
    closeStrangers();
  }
}
