import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { signInView } from '../domain/sign-in.ts';
import { calls } from './define.ts';

const one = z.object({ signInId: id });

export const signInCalls = calls({
  'sign-ins.begin': {
    input: z.object({
      serverId: id,
      /** The account to renew; null adds one. */
      accountId: id.nullable(),
      /** True when the person has already seen the preview; false stops at `awaiting-confirmation`. */
      confirmed: z.boolean(),
      /** Scopes to ask beyond what was asked before (step-up). */
      extraScopes: z.array(z.string().min(1).max(500)).max(50).default([]),
    }),
    output: signInView,
  },
  'sign-ins.confirm': { input: one, output: z.void() },
  'sign-ins.open-again': { input: one, output: z.void() },
  /** The main process puts the link on the clipboard; the renderer never sees it. */
  'sign-ins.copy-link': { input: one, output: z.void() },
  /** The main process reads the callback URL from the clipboard; the renderer never sees it. */
  'sign-ins.paste-callback': { input: one, output: z.void() },
  'sign-ins.cancel': { input: one, output: z.void() },
  'sign-ins.dismiss': { input: one, output: z.void() },
});
