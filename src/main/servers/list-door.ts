import type { Transport } from '@modelcontextprotocol/client';
import { appIdentity } from '../../shared/app-identity.ts';

const MEMBERS = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const;
const CARRIED = `${appIdentity.appId}/entries`;

/**
 * Carries the entries of lists past the SDK's check, which refuses a whole page for one entry that is wrong.
 * {@link carriedEntries} has them afterwards; whoever takes them parses each on its own.
 * @param transport already connected
 */
export function openListDoor(transport: Transport): void {
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if ('result' in message) carry(message.result as Record<string, unknown>);
    deliver?.(message, extra);
  };
}

function carry(result: Record<string, unknown>): void {
  const member = MEMBERS.find((name) => Array.isArray(result[name]));
  // An answer of a tool may have members of any name.
  if (!member || 'content' in result) return;
  const entries = result[member];
  result[member] = [];
  // Cache hints are required since 2026-07-28; without them a list is as good as one that says nothing.
  if (!(Number.isInteger(result.ttlMs) && (result.ttlMs as number) >= 0)) result.ttlMs = 0;
  if (result.cacheScope !== 'public') result.cacheScope = 'private';
  const meta = typeof result._meta === 'object' && result._meta !== null ? result._meta : {};
  result._meta = { ...meta, [CARRIED]: entries };
}

/** The entries of a list's page as the server sent them. */
export function carriedEntries(result: { _meta?: Record<string, unknown> | undefined }): readonly unknown[] {
  const entries = result._meta?.[CARRIED];
  return Array.isArray(entries) ? entries : [];
}
