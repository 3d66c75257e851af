import * as z from 'zod';
import { redirectPreference } from './server.ts';

const choices = {
  theme: z.enum(['system', 'light', 'dark']),
  redirect: redirectPreference,
  /** What closing the window does; asked once, and remembered. Not on macOS, where it never ends an app. */
  closeWindow: z.enum(['ask', 'keep-running', 'quit']),
  /** Starts with the computer, without a window. */
  startAtLogin: z.boolean(),
  /** Says by the system's notifications when an account needs a sign-in. */
  notifications: z.boolean(),
  /** Asks at start and once a day whether there is a newer version. */
  updateChecks: z.boolean(),
};

/** What the person chose for the whole app. A file from before a choice existed gets its default. */
export const settings = z.object({
  theme: choices.theme.default('system'),
  redirect: choices.redirect.default('automatic'),
  closeWindow: choices.closeWindow.default('ask'),
  startAtLogin: choices.startAtLogin.default(false),
  notifications: choices.notifications.default(true),
  updateChecks: choices.updateChecks.default(true),
});
export type Settings = z.infer<typeof settings>;

/** A change of some of them. Without defaults: what is not named stays as it is. */
export const settingsChange = z.object(choices).partial();
export type SettingsChange = z.infer<typeof settingsChange>;
