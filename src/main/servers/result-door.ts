import type { Transport } from '@modelcontextprotocol/client';
import { appIdentity } from '../../shared/app-identity.ts';

const LISTS = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const;
/** Of a tool's answer, of a resource and of a prompt. An answer of a tool may have members of any name. */
const ANSWERS = ['content', 'contents', 'messages'] as const;
const CARRIED = `${appIdentity.appId}/parts`;

/**
 * Carries the parts of results past the SDK's check, which refuses a whole page, or a whole answer, for one part
 * that is wrong or of a kind it does not know. {@link carriedParts} has them afterwards; whoever takes them
 * parses each on its own.
 * @param transport already connected
 */
export function openResultDoor(transport: Transport): void {
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if ('result' in message) carry(message.result as Record<string, unknown>);
    deliver?.(message, extra);
  };
}

function carry(result: Record<string, unknown>): void {
  const has = (name: string) => Array.isArray(result[name]);
  const answer = ANSWERS.find(has);
  const list = answer ? undefined : LISTS.find(has);
  const member = answer ?? list;
  if (!member) return;
  const parts = result[member];
  result[member] = [];
  // Cache hints are required since 2026-07-28; without them a list is as good as one that says nothing.
  if (list || answer === 'contents') {
    if (!(Number.isInteger(result.ttlMs) && (result.ttlMs as number) >= 0)) result.ttlMs = 0;
    if (result.cacheScope !== 'public') result.cacheScope = 'private';
  }
  const meta = typeof result._meta === 'object' && result._meta !== null ? result._meta : {};
  result._meta = { ...meta, [CARRIED]: parts };
}

/** The parts of a result as the server sent them: entries of a list's page, or what an answer consists of. */
export function carriedParts(result: { _meta?: Record<string, unknown> | undefined }): readonly unknown[] {
  const parts = result._meta?.[CARRIED];
  return Array.isArray(parts) ? parts : [];
}
