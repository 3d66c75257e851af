import * as z from 'zod';
import { catalogHit } from '../domain/catalog.ts';
import { id } from '../domain/identifiers.ts';
import { calls } from './define.ts';

const name = z.string().min(1).max(4096);

export const catalogCalls = calls({
  /** Looks through what all connected servers offer. */
  'catalog.search': {
    input: z.object({ query: z.string().max(500) }),
    output: z.object({
      /** The best first. */
      hits: z.array(catalogHit),
      /** How many there are with those not listed. */
      total: z.number().int(),
      /** Connections whose lists are still being asked for. */
      loading: z.number().int(),
    }),
    asText: true,
  },
  /** Values a server proposes for an argument of a prompt, or a variable of a resource template. */
  'catalog.complete': {
    input: z.object({
      serverId: id,
      accountId: id.nullable(),
      of: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('prompt'), name }),
        z.object({ kind: z.literal('template'), uriTemplate: name }),
      ]),
      argument: z.object({ name, value: z.string().max(4096) }),
      /** What is filled in beside it. */
      others: z.record(z.string().max(4096), z.string().max(65_536)),
    }),
    output: z.object({ values: z.array(z.string()), more: z.boolean() }),
  },
});
