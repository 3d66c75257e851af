import * as z from 'zod';
import { redirectPreference } from './server.ts';

/** What the person chose for the whole app. */
export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  redirect: redirectPreference.default('automatic'),
});
export type Settings = z.infer<typeof settings>;
