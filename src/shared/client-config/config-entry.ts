import * as z from 'zod';
import { command, environmentName } from '../domain/command.ts';
import { extraHeaders } from '../domain/extra-header.ts';
import { looksLikeToken, looksSecret } from '../secret-look.ts';

/** A variable or header of an entry. */
export interface ConfigValue {
  readonly name: string;
  /** With {@link blank}: what the file puts around the value that is asked for, or '' where that is not one place. */
  readonly value: string;
  readonly secret: boolean;
  /** What another program would have asked for, or taken from elsewhere; null where the value is there. */
  readonly blank: { readonly before: string; readonly after: string; readonly hint: string | null } | null;
}

/** A server as another program's file describes it. Nothing in it is expanded. */
export type ConfigEntry =
  | { kind: 'remote'; name: string | null; url: string; headers: readonly ConfigValue[] }
  | {
      kind: 'local';
      name: string | null;
      program: string;
      arguments: readonly string[];
      folder: string | null;
      environment: readonly ConfigValue[];
    }
  /** `what` names the member concerned. */
  | { kind: 'unreadable'; name: string | null; error: 'member' | 'value' | 'shape'; what: string };

/** What a file says about a value it wants the program to ask for (the `inputs` of VS Code). */
export interface ConfigInput {
  readonly hint: string | null;
  readonly secret: boolean;
  readonly value: string;
}

/** Members other programs keep beside an entry; they say nothing about how it is reached. */
const beside = {
  type: z.enum(['stdio', 'http', 'sse', 'streamable-http', 'streamableHttp', 'streamable_http']).optional(),
  ...Object.fromEntries(
    [
      ...['disabled', 'enabled', 'autoApprove', 'alwaysAllow', 'disabledTools', 'enabledTools', 'timeout'],
      ...[
        'description',
        'transport',
        'transportType',
        'networkTimeout',
        'gallery',
        'version',
        'icon',
        'iconUrl',
      ],
      ...['isActive', 'registryUrl', 'metadata', 'dev', 'trust'],
    ].map((name) => [name, z.unknown().optional()]),
  ),
};
const environment = z
  .record(environmentName, z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .refine((values) => Object.keys(values).length <= 200, 'are too many variables');
const localEntry = z.strictObject({
  ...beside,
  command: command.shape.program,
  args: command.shape.arguments.nullish(),
  env: environment.nullish(),
  cwd: command.shape.folder.optional(),
});
/** Headers may hold placeholders, which are no values of headers in themselves. */
const remoteEntry = z.strictObject({
  ...beside,
  url: z.string().min(1).max(8192),
  headers: extraHeaders.nullish(),
});

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/**
 * Reads one entry.
 * @param inputs what the file says about placeholders `${input:…}`, by their identifiers
 */
export function readConfigEntry(
  value: unknown,
  name: string | null,
  inputs: ReadonlyMap<string, ConfigInput>,
): ConfigEntry {
  if (!isObject(value)) return { kind: 'unreadable', name, error: 'shape', what: '' };
  const entry = 'serverUrl' in value && !('url' in value) ? renamed(value) : value;
  const parsed = 'url' in entry ? remoteEntry.safeParse(entry) : localEntry.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue?.code === 'unrecognized_keys') {
      return { kind: 'unreadable', name, error: 'member', what: issue.keys.slice(0, 5).join(', ') };
    }
    return { kind: 'unreadable', name, error: 'value', what: issue?.path.join('.') ?? '' };
  }
  const { data } = parsed;
  const values = (given: Readonly<Record<string, string>>) =>
    Object.entries(given).map(([of, text]) => configValue(of, text, inputs));
  if ('url' in data) {
    const headers = values(data.headers ?? {}).map((header) => ({ ...header, secret: true }));
    return { kind: 'remote', name, url: data.url, headers };
  }
  return {
    kind: 'local',
    name,
    program: data.command,
    arguments: data.args ?? [],
    folder: data.cwd ?? null,
    environment: values(data.env ?? {}),
  };
}

function renamed({ serverUrl, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, url: serverUrl };
}

function configValue(name: string, text: string, inputs: ReadonlyMap<string, ConfigInput>): ConfigValue {
  const places = [...text.matchAll(PLACEHOLDER)];
  const [place, ...more] = places;
  if (!place) return { name, value: text, secret: looksSecret(name) || looksLikeToken(text), blank: null };
  const asked = /^input:(.+)$/.exec(place[1] ?? '')?.[1];
  const input = asked === undefined ? undefined : inputs.get(asked);
  const isOne = more.length === 0;
  const before = isOne ? text.slice(0, place.index) : '';
  const after = isOne ? text.slice(place.index + place[0].length) : '';
  const secret = input ? input.secret || looksSecret(name) : true;
  const hint = input?.hint ?? (isOne ? place[0].slice(0, 200) : null);
  const value = !secret && isOne && input ? `${before}${input.value}${after}` : '';
  return { name, value, secret, blank: { before, after, hint } };
}

/** Whether a text has a place another program would fill in. */
export const hasPlaceholder = (text: string): boolean => /\$\{[^}]*\}/.test(text);

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
