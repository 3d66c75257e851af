import type { BrowserWindow } from './browser-window.ts';
import type { WebContents } from './web-contents.ts';

/** All open windows, and who has the focus: kept apart so that `app` need not know what a window is. */
export const windowList = new Set<BrowserWindow>();
export const webContentsList = new Map<number, WebContents>();

let focused: BrowserWindow | null = null;

export function focusedWindow(): BrowserWindow | null {
  return focused;
}

/** Moves the focus, telling both sides. */
export function moveFocus(to: BrowserWindow | null): void {
  if (focused === to) return;
  const from = focused;
  focused = to;
  if (from && !from.isDestroyed()) from.emit('blur');
  if (to) to.emit('focus');
}
