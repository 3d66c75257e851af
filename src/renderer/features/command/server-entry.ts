import * as z from 'zod';
import { command } from '../../../shared/domain/command.ts';
import { extraHeaders } from '../../../shared/domain/extra-header.ts';
import { type CommandFields, looksSecret } from './command-fields.ts';
import { readCommandLine } from './command-line.ts';

/** What a person typed or pasted to add a server. */
export type ServerEntry =
  | { kind: 'address'; url: string; name: string | null; headers: Readonly<Record<string, string>> }
  | { kind: 'command'; fields: CommandFields; name: string | null }
  | { kind: 'unreadable'; error: EntryError; what: string };

/** Why it can't be read; `what` of the entry names the member or the number concerned. */
export type EntryError = 'json' | 'several' | 'member' | 'value' | 'quote';

/** Longest entry read, in UTF-16 code units. */
export const ENTRY_LIMIT = 65_536;

/** Members other programs keep beside an entry; they say nothing about how it is reached. */
const beside = {
  type: z.enum(['stdio', 'http', 'sse', 'streamable-http', 'streamableHttp', 'streamable_http']).optional(),
  disabled: z.boolean().optional(),
  enabled: z.boolean().optional(),
  autoApprove: z.unknown().optional(),
  alwaysAllow: z.unknown().optional(),
  timeout: z.unknown().optional(),
  description: z.unknown().optional(),
};
const localEntry = z.strictObject({
  ...beside,
  command: z.string().min(1),
  args: command.shape.arguments.optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  cwd: z.string().optional(),
});
const remoteEntry = z.strictObject({ ...beside, url: z.string().min(1), headers: extraHeaders.optional() });

/**
 * Reads what was typed: a web address, a command line, or an entry of an `mcp.json`. Nothing is expanded, and
 * nothing here starts or contacts anything.
 * @param bareWords whether one word alone is a command: not while somebody types, an address begins like one
 */
export function readServerEntry(
  text: string,
  { windows, bareWords }: { windows: boolean; bareWords: boolean },
): ServerEntry {
  const trimmed = text.trim().slice(0, ENTRY_LIMIT);
  if (/^[{"]/.test(trimmed) && trimmed.includes('{')) return readJson(trimmed);
  if (!isCommand(trimmed) && !(bareWords && !/[.:/]/.test(trimmed)))
    return { kind: 'address', url: trimmed, name: null, headers: {} };
  const line = readCommandLine(trimmed, { backslash: !windows });
  if (!line.ok) return { kind: 'unreadable', error: line.error, what: '' };
  const [program = '', ...values] = line.words;
  const variables = line.variables.map((one) => ({ ...one, secret: looksSecret(one.name) }));
  return { kind: 'command', fields: { program, arguments: values, folder: '', variables }, name: null };
}

/** Whether a text is a command rather than an address: it has blanks, or is a path of this computer. */
function isCommand(text: string): boolean {
  if (text === '' || /^[a-z][a-z0-9+.-]+:/i.test(text)) return false;
  return /\s/.test(text) || /^(\/|~|\.{1,2}[\\/]|\\\\|[a-z]:[\\/]|["'])/i.test(text);
}

function readJson(text: string): ServerEntry {
  const unreadable = (error: EntryError, what = ''): ServerEntry => ({ kind: 'unreadable', error, what });
  let value: unknown;
  try {
    // One member cut out of a file has no braces of its own.
    value = JSON.parse(text.startsWith('{') ? text : `{${text.replace(/,$/, '')}}`);
  } catch {
    return unreadable('json');
  }
  const found = entryIn(value);
  if (found === null) return unreadable('json');
  if (found.count !== 1) return unreadable('several', String(found.count));
  const entry = found.entry as object;
  const parsed = 'url' in entry ? remoteEntry.safeParse(entry) : localEntry.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys') return unreadable('member', issue.keys.join(', '));
    return unreadable('value', issue?.path.join('.') ?? '');
  }
  const { data } = parsed;
  if ('url' in data) return { kind: 'address', url: data.url, name: found.name, headers: data.headers ?? {} };
  const variables = Object.entries(data.env ?? {}).map(([name, text]) => {
    // What another program would have asked for, or taken from elsewhere, has to be entered here.
    const isBlank = text.includes('${');
    return { name, value: isBlank ? '' : text, secret: isBlank || looksSecret(name) };
  });
  const fields = { program: data.command, arguments: data.args ?? [], folder: data.cwd ?? '', variables };
  return { kind: 'command', fields, name: found.name };
}

/** The entry in a whole file, in a map of names, or by itself. */
function entryIn(value: unknown): { entry: unknown; name: string | null; count: number } | null {
  if (!isObject(value)) return null;
  const inner = value.mcpServers ?? value.servers;
  if (isObject(inner)) return only(inner);
  if ('command' in value || 'url' in value) return { entry: value, name: null, count: 1 };
  return Object.values(value).every(isObject) ? only(value) : null;
}

function only(
  servers: Record<string, unknown>,
): { entry: unknown; name: string | null; count: number } | null {
  const entries = Object.entries(servers);
  const [first] = entries;
  if (first && !isObject(first[1])) return null;
  return { entry: first?.[1], name: first?.[0].slice(0, 200) ?? null, count: entries.length };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
