import * as z from 'zod';
import { id, outsideText, timestamp } from './identifiers.ts';
import { jsonObject } from './tool.ts';

/** What about an address may deceive: letters of other scripts that look like Latin ones, or hidden ones. */
export const addressWarning = z.enum([
  /** The host has letters beyond ASCII; browsers may show them or their `xn--` form (RFC 5891). */
  'international-host',
  /** One part of the host mixes scripts, as look-alikes do. */
  'mixed-scripts',
  /** Not `https:`; only for addresses on this computer. */
  'plain-http',
  /** The host is a number, not a name. */
  'numeric-host',
]);
export type AddressWarning = z.infer<typeof addressWarning>;

/** An address a server wants opened, as the person should see it before. */
export const shownAddress = z.object({
  /** The whole address, ASCII. */
  url: z.string().max(8192),
  /** As it goes to the network: ASCII. */
  host: outsideText,
  /** As people read it. */
  readableHost: outsideText,
  warnings: z.array(addressWarning),
});
export type ShownAddress = z.infer<typeof shownAddress>;

/** What a server asks the person in the middle of a request (MCP specification, elicitation). */
export const elicitation = z.object({
  id,
  serverId: id,
  accountId: id.nullable(),
  /** The request that waits for the answer, where it is known. */
  request: z.object({ callId: id.nullable(), name: outsideText }).nullable(),
  askedAt: timestamp,
  message: z.string().max(8192),
  question: z.discriminatedUnion('mode', [
    z.object({ mode: z.literal('form'), schema: jsonObject }),
    z.object({
      mode: z.literal('url'),
      address: shownAddress,
      /** The person opened it; the server is waiting for what happens there. */
      opened: z.boolean(),
      /** The server says by itself when it is done; otherwise the person does. */
      announced: z.boolean(),
    }),
  ]),
});
export type Elicitation = z.infer<typeof elicitation>;

/** Values of a form's answer: plain, or several choices (MCP specification, elicitation). */
export const elicitationContent = z.record(
  z.string().max(1000),
  z.union([z.string().max(65_536), z.number(), z.boolean(), z.array(z.string().max(65_536)).max(1000)]),
);
export type ElicitationContent = z.infer<typeof elicitationContent>;

export const elicitationAnswer = z.discriminatedUnion('action', [
  z.object({ action: z.literal('accept'), content: elicitationContent.optional() }),
  z.object({ action: z.literal('decline') }),
  z.object({ action: z.literal('cancel') }),
]);
export type ElicitationAnswer = z.infer<typeof elicitationAnswer>;
