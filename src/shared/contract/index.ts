import type * as z from 'zod';
import type { Problem } from '../problems.ts';
import { accountCalls } from './accounts.ts';
import { appCalls } from './app.ts';
import { catalogCalls } from './catalog.ts';
import { elicitationCalls } from './elicitations.ts';
import { importCalls } from './imports.ts';
import { logCalls } from './logs.ts';
import { promptCalls } from './prompts.ts';
import { resourceCalls } from './resources.ts';
import { serverCalls } from './servers.ts';
import { signInCalls } from './sign-ins.ts';
import { toolCalls } from './tools.ts';

/** Every call the renderer can make: adding one means adding it here and one handler. */
export const callContracts = {
  ...appCalls,
  ...serverCalls,
  ...signInCalls,
  ...accountCalls,
  ...catalogCalls,
  ...toolCalls,
  ...resourceCalls,
  ...promptCalls,
  ...elicitationCalls,
  ...logCalls,
  ...importCalls,
};

export type CallName = keyof typeof callContracts;
export type CallInput<Name extends CallName> = z.input<(typeof callContracts)[Name]['input']>;
export type ParsedInput<Name extends CallName> = z.output<(typeof callContracts)[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<(typeof callContracts)[Name]['output']>;

/** What crosses the channel: a failure is a value, so that its problem survives structured clone. */
export type CallAnswer<Output> = { ok: true; value: Output } | { ok: false; problem: Problem };

/** The same on the channel, where the value of some calls is JSON text. */
export type CrossingAnswer = CallAnswer<unknown> | { ok: true; text: string };

export { CALL_CHANNEL, EVENT_CHANNEL } from './channels.ts';

/** What the preload script exposes as `window.gatehouse`. */
export interface Bridge {
  call(name: string, input: unknown): Promise<CrossingAnswer>;
  on(listener: (name: string, payload: unknown) => void): () => void;
}
