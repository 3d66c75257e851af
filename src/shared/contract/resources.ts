import * as z from 'zod';
import { listing, resourceEntry, resourceTemplate } from '../domain/catalog.ts';
import { id, outsideText } from '../domain/identifiers.ts';
import { readResource } from '../domain/resource.ts';
import { calls } from './define.ts';

const connection = z.object({ serverId: id, accountId: id.nullable() });
const uri = z.string().min(1).max(4096);
const one = connection.extend({ uri });

export const resourceCalls = calls({
  'resources.list': {
    input: connection,
    output: z.object({
      resources: listing(resourceEntry),
      templates: listing(resourceTemplate),
      /** Whether the server tells when a resource changes. */
      canFollow: z.boolean(),
      /** URIs of the resources followed now. */
      followed: z.array(outsideText),
    }),
    asText: true,
  },
  'resources.read': { input: one, output: readResource, asText: true },
  /** Reads anew and saves one part, counted from 0; the person chooses where. */
  'resources.save': {
    input: one.extend({ part: z.number().int().nonnegative().max(10_000) }),
    output: z.enum(['saved', 'cancelled']),
  },
  'resources.subscribe': { input: one, output: z.void() },
  'resources.unsubscribe': { input: one, output: z.void() },
  /** The URI a template stands for with these values (RFC 6570). */
  'resources.expand': {
    input: z.object({
      uriTemplate: uri,
      values: z.record(z.string().max(4096), z.string().max(4096)),
    }),
    output: uri,
  },
});
