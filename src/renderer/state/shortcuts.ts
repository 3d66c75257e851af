import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorld } from './live.ts';

/** How the keys of a shortcut are written on this system: `mod+Shift+F` is ⇧⌘F or Ctrl+Shift+F. */
export function useShortcutText(): (shortcut: string) => string {
  const { t } = useTranslation();
  const mac = useWorld('app', ({ platform }) => platform === 'darwin');
  return useCallback(
    (shortcut) => {
      const keys = shortcut.split('+');
      const key = keys.at(-1) ?? '';
      const shift = keys.includes('Shift');
      const mod = keys.includes('mod');
      if (mac) return `${shift ? '⇧' : ''}${mod ? '⌘' : ''}${key}`;
      return [mod && t('palette.keys.control'), shift && t('palette.keys.shift'), key]
        .filter(Boolean)
        .join('+');
    },
    [mac, t],
  );
}
