import type { ConfigEntry } from '../../../shared/client-config/config-entry.ts';
import { type ConfigShape, readConfig } from '../../../shared/client-config/read-config.ts';
import { parseDeepLink } from '../../../shared/deep-link.ts';
import { looksSecret } from '../../../shared/secret-look.ts';
import type { CommandFields } from './command-fields.ts';
import { readCommandLine } from './command-line.ts';

/** One server somebody typed or pasted. */
export type OneServer =
  | { kind: 'address'; url: string; name: string | null; headers: Readonly<Record<string, string>> }
  | { kind: 'command'; fields: CommandFields; name: string | null };

/** One server of a file; what can't be read of it is told where it stands. */
export type ListedServer =
  | OneServer
  | { kind: 'unreadable'; error: EntryError; what: string; name: string | null };

/** What a person typed or pasted to add a server, and in whose manner it is written. */
export type ServerEntry =
  | (OneServer & { source: 'typed' | 'link' | ConfigShape })
  | { kind: 'several'; source: ConfigShape; servers: readonly ListedServer[] }
  | { kind: 'unreadable'; error: EntryError; what: string };

/** Why it can't be read; `what` of the entry names the member concerned. */
export type EntryError = 'json' | 'none' | 'too-many' | 'member' | 'value' | 'quote' | 'link';

/** Longest entry read, in UTF-16 code units. */
export const ENTRY_LIMIT = 65_536;

/**
 * Reads what was typed: a web address, a command line, servers as another MCP client writes them down, or a link that
 * adds a server. Nothing is expanded, and nothing here starts or contacts anything.
 * @param bareWords whether one word alone is a command: not while somebody types, an address begins like one
 */
export function readServerEntry(
  text: string,
  { windows, bareWords }: { windows: boolean; bareWords: boolean },
): ServerEntry {
  const trimmed = text.slice(0, ENTRY_LIMIT).trim();
  if (/^(\/[/*]|[{"])/.test(trimmed) && trimmed.includes('{')) return readSnippet(trimmed);
  const link = parseDeepLink(trimmed);
  if (link.kind === 'add-server') {
    return { kind: 'address', source: 'link', url: link.url.trim(), name: link.name, headers: {} };
  }
  if (link.kind !== 'unknown') return { kind: 'unreadable', error: 'link', what: '' };
  if (!isCommand(trimmed) && !(bareWords && !/[.:/]/.test(trimmed))) {
    return { kind: 'address', source: 'typed', url: trimmed, name: null, headers: {} };
  }
  const line = readCommandLine(trimmed, { backslash: !windows });
  if (!line.ok) return { kind: 'unreadable', error: line.error, what: '' };
  const [program = '', ...values] = line.words;
  const variables = line.variables.map((one) => ({ ...one, secret: looksSecret(one.name) }));
  const fields = { program, arguments: values, folder: '', variables };
  return { kind: 'command', source: 'typed', fields, name: null };
}

/** Whether a text is a command rather than an address: it has blanks, or is a path of this computer. */
function isCommand(text: string): boolean {
  if (text === '' || /^[a-z][a-z0-9+.-]+:/i.test(text)) return false;
  return /\s/.test(text) || /^(\/|~|\.{1,2}[\\/]|\\\\|[a-z]:[\\/]|["'])/i.test(text);
}

function readSnippet(text: string): ServerEntry {
  const reading = readConfig(text);
  if (reading.kind === 'unreadable') {
    return { kind: 'unreadable', error: reading.error === 'shape' ? 'json' : reading.error, what: '' };
  }
  const servers = reading.entries.map(listed);
  const [only, ...more] = servers;
  if (!only || more.length > 0) return { kind: 'several', source: reading.shape, servers };
  return only.kind === 'unreadable'
    ? { kind: 'unreadable', error: only.error, what: only.what }
    : { ...only, source: reading.shape };
}

function listed(entry: ConfigEntry): ListedServer {
  const { name } = entry;
  switch (entry.kind) {
    case 'unreadable':
      return {
        kind: 'unreadable',
        error: entry.error === 'shape' ? 'json' : entry.error,
        what: entry.what,
        name,
      };
    // What another program would have asked for is blank, and entered here.
    case 'remote': {
      const headers = Object.fromEntries(entry.headers.map((one) => [one.name, one.value]));
      return { kind: 'address', url: entry.url, name, headers };
    }
    case 'local': {
      const { program, arguments: values, folder, environment } = entry;
      const variables = environment.map((one) => ({ name: one.name, value: one.value, secret: one.secret }));
      return {
        kind: 'command',
        fields: { program, arguments: values, folder: folder ?? '', variables },
        name,
      };
    }
  }
}
