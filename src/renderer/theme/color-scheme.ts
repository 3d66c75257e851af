import { useSyncExternalStore } from 'react';
import type { Settings } from '../../shared/domain/settings.ts';

const STORAGE_KEY = 'last-color-scheme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export type ColorScheme = 'light' | 'dark';

/** Paints as last time until the settings are known, so that the window does not flash. */
export function paintLastScheme(): void {
  const last = localStorage.getItem(STORAGE_KEY);
  const scheme = last === 'light' || last === 'dark' ? last : dark.matches ? 'dark' : 'light';
  document.documentElement.dataset.mantineColorScheme = scheme;
}

function subscribe(changed: () => void): () => void {
  dark.addEventListener('change', changed);
  return () => dark.removeEventListener('change', changed);
}

/** The scheme to paint in; `system` follows the operating system. */
export function useColorScheme(theme: Settings['theme'] | undefined): ColorScheme {
  const prefersDark = useSyncExternalStore(subscribe, () => dark.matches);
  if (theme === undefined)
    return document.documentElement.dataset.mantineColorScheme === 'dark' ? 'dark' : 'light';
  const scheme = theme === 'system' ? (prefersDark ? 'dark' : 'light') : theme;
  // “As the system” is found out anew at the next start.
  if (theme === 'system') localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, theme);
  return scheme;
}
