import * as z from 'zod';
import { id } from './identifiers.ts';
import { language } from './language.ts';
import { redirectPreference } from './server.ts';

/** How the window's frame was left. */
export const frameState = z.object({
  /** In pixels; null: as wide as it is by itself. */
  sidebarWidth: z.number().int().min(200).max(560).nullable(),
  /** Whether the sidebar is a drawer that opens on demand. */
  collapsed: z.boolean(),
  /** The part of the page's address after `#`; no more than which page it was. */
  lastPage: z.string().max(200),
});
export type FrameState = z.infer<typeof frameState>;

const choices = {
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', ...language.options]),
  redirect: redirectPreference,
  /** What closing the window does; asked once, and remembered. Not on macOS, where it never ends an app. */
  closeWindow: z.enum(['ask', 'keep-running', 'quit']),
  /** Starts with the computer, without a window. */
  startAtLogin: z.boolean(),
  /** Says by the system's notifications when an account needs a sign-in. */
  notifications: z.boolean(),
  /** Asks at start and once a day whether there is a newer version. */
  updateChecks: z.boolean(),
  /** Servers in the person's own order, those not named behind them by name; empty: all by name. */
  serverOrder: z.array(id).max(10_000),
  frame: frameState,
};

/** What the person chose for the whole app. A file from before a choice existed gets its default. */
export const settings = z.object({
  theme: choices.theme.default('system'),
  language: choices.language.default('system'),
  redirect: choices.redirect.default('automatic'),
  closeWindow: choices.closeWindow.default('ask'),
  startAtLogin: choices.startAtLogin.default(false),
  notifications: choices.notifications.default(true),
  updateChecks: choices.updateChecks.default(true),
  serverOrder: choices.serverOrder.default([]),
  frame: choices.frame.default({ sidebarWidth: null, collapsed: false, lastPage: '' }),
});
export type Settings = z.infer<typeof settings>;

/** A change of some of them. Without defaults: what is not named stays as it is. */
export const settingsChange = z.object(choices).partial();
export type SettingsChange = z.infer<typeof settingsChange>;
