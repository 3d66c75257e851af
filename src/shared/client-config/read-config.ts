import { plainJson } from '../json-with-comments.ts';
import { type ConfigEntry, type ConfigInput, isObject, readConfigEntry } from './config-entry.ts';

/** Whose manner of writing servers down a text follows, as far as it tells. */
export type ConfigShape = 'mcp-servers' | 'vs-code' | 'windsurf' | 'cline' | 'entry';

export type ConfigReading =
  | { kind: 'read'; shape: ConfigShape; entries: readonly ConfigEntry[] }
  /** `none`: it holds no servers; `shape`: it is JSON, and nothing that names servers. */
  | { kind: 'unreadable'; error: 'json' | 'shape' | 'none' | 'too-many' };

/** Longest text read, in UTF-16 code units. */
export const CONFIG_LIMIT = 1_048_576;

const MOST_ENTRIES = 500;
const NAME_LIMIT = 200;

/**
 * Reads the servers another MCP client keeps in a file: `mcpServers` (Claude Desktop, Cursor, Windsurf, Cline),
 * `servers` with `inputs` (VS Code, also within its settings), a map of names, one entry by itself, or one member cut
 * out of a file. Comments are allowed. Never throws, and starts and contacts nothing.
 */
export function readConfig(text: string): ConfigReading {
  const unreadable = (error: 'json' | 'shape' | 'none' | 'too-many'): ConfigReading => ({
    kind: 'unreadable',
    error,
  });
  if (text.length > CONFIG_LIMIT) return unreadable('json');
  let value: unknown;
  try {
    const plain = plainJson(text).trim();
    // One member cut out of a file has no braces of its own.
    value = JSON.parse(plain.startsWith('"') ? `{${plain.replace(/,$/, '')}}` : plain);
  } catch {
    return unreadable('json');
  }
  const found = serversIn(value);
  if (found === null) return unreadable('shape');
  const { servers, inputs } = found;
  if (servers.length === 0) return unreadable('none');
  if (servers.length > MOST_ENTRIES) return unreadable('too-many');
  const asked = readInputs(inputs);
  const entries = servers.map(([name, entry]) =>
    readConfigEntry(entry, name?.slice(0, NAME_LIMIT) ?? null, asked),
  );
  return { kind: 'read', shape: shapeOf(found.shape, servers), entries };
}

interface FoundServers {
  readonly shape: ConfigShape;
  readonly servers: readonly (readonly [string | null, unknown])[];
  readonly inputs: unknown;
}

function serversIn(value: unknown): FoundServers | null {
  if (!isObject(value)) return null;
  const { mcpServers, servers, inputs, mcp } = value;
  if (isObject(mcpServers)) return { shape: 'mcp-servers', servers: Object.entries(mcpServers), inputs };
  if (isObject(servers)) return { shape: 'vs-code', servers: Object.entries(servers), inputs };
  if (isObject(mcp) && isObject(mcp.servers)) {
    return { shape: 'vs-code', servers: Object.entries(mcp.servers), inputs: mcp.inputs };
  }
  if (isEntry(value)) return { shape: 'entry', servers: [[null, value]], inputs: undefined };
  const all = Object.entries(value);
  return all.every(([, entry]) => isObject(entry) && (all.length === 1 || isEntry(entry)))
    ? { shape: 'entry', servers: all, inputs: undefined }
    : null;
}

const isEntry = (value: object): boolean => 'command' in value || 'url' in value || 'serverUrl' in value;

/** Members that only one program writes tell whose file it is. */
function shapeOf(shape: ConfigShape, servers: FoundServers['servers']): ConfigShape {
  if (shape === 'vs-code') return shape;
  const has = (name: string) => servers.some(([, entry]) => isObject(entry) && name in entry);
  if (has('serverUrl')) return 'windsurf';
  if (has('alwaysAllow') || has('autoApprove')) return 'cline';
  return shape;
}

/** The `inputs` of VS Code; whatever is no input is left out. */
function readInputs(value: unknown): ReadonlyMap<string, ConfigInput> {
  const inputs = new Map<string, ConfigInput>();
  if (!Array.isArray(value)) return inputs;
  for (const input of value.slice(0, MOST_ENTRIES)) {
    if (!isObject(input) || typeof input.id !== 'string') continue;
    const { id, description, password, default: preset } = input;
    inputs.set(id, {
      hint: typeof description === 'string' ? description.slice(0, 200) : null,
      secret: password === true,
      value: typeof preset === 'string' ? preset.slice(0, 4096) : '',
    });
  }
  return inputs;
}
