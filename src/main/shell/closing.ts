import type { Settings } from '../../shared/domain/settings.ts';

export interface ClosingFacts {
  readonly platform: NodeJS.Platform;
  /** Whether the whole app is quitting already. */
  readonly quitting: boolean;
  /** Whether there is an item in the tray to get the window back from. */
  readonly tray: boolean;
  readonly setting: Settings['closeWindow'];
}

/** Decides what a request to close the window does. Where the last window closes, the app ends, but for macOS. */
export function decideClosing({ platform, quitting, tray, setting }: ClosingFacts): 'close' | 'hide' | 'ask' {
  // On macOS closing its window never ends an app. Without a tray there would be no way back.
  if (quitting || platform === 'darwin' || !tray) return 'close';
  switch (setting) {
    case 'ask':
      return 'ask';
    case 'keep-running':
      return 'hide';
    case 'quit':
      return 'close';
  }
}
