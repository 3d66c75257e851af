import { EventEmitter } from 'node:events';
import { webContentsList } from './window-list.ts';

type Source = Electron.NativeTheme['themeSource'];

class NativeTheme extends EventEmitter {
  #source: Source = 'system';
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly prefersReducedTransparency = false;
  readonly inForcedColorsMode = false;

  get themeSource(): Source {
    return this.#source;
  }

  set themeSource(source: Source) {
    if (!['system', 'light', 'dark'].includes(source))
      throw new Error(`Error processing argument: ${source}`);
    const before = this.shouldUseDarkColors;
    this.#source = source;
    for (const contents of webContentsList.values())
      contents.post('Emulation.setEmulatedMedia', emulatedMedia());
    if (before !== this.shouldUseDarkColors) this.emit('updated');
  }

  /** The stand-in's system theme is light. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}

export const nativeTheme = new NativeTheme();
nativeTheme satisfies Pick<
  Electron.NativeTheme,
  | 'themeSource'
  | 'shouldUseDarkColors'
  | 'shouldUseHighContrastColors'
  | 'shouldUseInvertedColorScheme'
  | 'prefersReducedTransparency'
  | 'inForcedColorsMode'
>;

/** What pages are told of the theme. */
export function emulatedMedia(): { features: { name: string; value: string }[] } {
  const value = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
  return { features: [{ name: 'prefers-color-scheme', value }] };
}
