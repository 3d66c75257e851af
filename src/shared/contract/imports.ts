import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { importClient, importFile } from '../domain/import.ts';
import { calls } from './define.ts';

export const importCalls = calls({
  /** Reads the files other MCP clients keep on this computer, and changes none. */
  'imports.look': {
    input: z.void(),
    output: z.object({
      /** Those that are there. */
      files: z.array(importFile),
      /** Where files were looked for. */
      places: z.array(z.object({ client: importClient, path: z.string() })),
    }),
    asText: true,
  },
  /** Adds one of the servers found. Its secrets go from the file to the vault and nowhere else. */
  'imports.add': {
    /** `answers`: what the file leaves to whoever reads it, by the name of its variable or header; empty: left out. */
    input: z.object({ entryId: id, answers: z.record(z.string().max(256), z.string().max(8192)) }),
    output: z.object({ serverId: id, kind: z.enum(['remote', 'local']) }),
  },
  /** Forgets what was read, secrets included. */
  'imports.forget': { input: z.void(), output: z.void() },
});
