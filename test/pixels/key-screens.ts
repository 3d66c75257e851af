import type { Theme } from '../screens/options.ts';

export interface KeyScreen {
  /** A screen of test/screens. */
  readonly scene: string;
  readonly theme: Theme;
  readonly width: number;
}

const wide = (scene: string, theme: Theme): KeyScreen => ({ scene, theme, width: 900 });
const narrow = (scene: string, theme: Theme): KeyScreen => ({ scene, theme, width: 420 });

/** The screens a person meets in the main job and in every trouble of it, light and dark by turns. */
export const keyScreens: readonly KeyScreen[] = [
  wide('home-empty', 'light'),
  wide('home-attention', 'dark'),
  wide('add-address', 'dark'),
  wide('add-preview', 'light'),
  narrow('add-preview', 'dark'),
  wide('sign-in-confirm', 'light'),
  wide('sign-in-browser', 'dark'),
  narrow('sign-in-denied', 'light'),
  wide('server-two-accounts', 'light'),
  narrow('server-two-accounts', 'dark'),
  wide('server-menu', 'light'),
  wide('account-insufficient', 'dark'),
  wide('accounts', 'light'),
  narrow('accounts', 'light'),
  wide('sign-out-report', 'dark'),
  wide('tool-form', 'light'),
  wide('tool-result-text', 'dark'),
  wide('activity-trace', 'light'),
  wide('settings', 'dark'),
  narrow('settings', 'light'),
];
