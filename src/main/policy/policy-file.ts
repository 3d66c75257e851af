import { open } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import * as z from 'zod';
import { parseServerUrl } from '../oauth/url-policy.ts';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_PATTERN = new RegExp(`^(?:(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`);

/** A host, or with `*.` in front all hosts below it; with a port that one only. */
const hostPattern = z
  .string()
  .max(260)
  .regex(HOST_PATTERN, 'must be a host such as mcp.example.com or *.example.com, in lower case');

const serverUrl = z.string().refine((url) => {
  try {
    return parseServerUrl(url).href !== '';
  } catch {
    return false;
  }
}, 'must be the https: address of a server');

/** A full path on Windows: with a drive, or of a share. */
export const WINDOWS_PATH = /^([a-z]:[\\/]|\\\\)/i;

const programPath = z
  .string()
  .max(4096)
  .refine((path) => posix.isAbsolute(path) || WINDOWS_PATH.test(path), 'must be a full path');

/** The policy file. Strict: a member nobody knows is a rule nobody keeps. */
export const policy = z.strictObject({
  version: z.literal(1),
  /** Who manages this computer, shown where something is locked. */
  organization: z.string().trim().min(1).max(100).optional(),
  /** The only servers that may be used. */
  allowedServers: z.array(hostPattern).max(1000).optional(),
  /** The only issuers one may sign in at. */
  allowedIssuers: z.array(hostPattern).max(1000).optional(),
  /** False: no program on this computer may be a server. */
  localCommands: z.boolean().optional(),
  /** The only programs on this computer that may be servers. */
  allowedPrograms: z.array(programPath).max(1000).optional(),
  /** Servers that are there, and stay. */
  forcedServers: z
    .array(z.strictObject({ name: z.string().trim().min(1).max(200), url: serverUrl }))
    .max(100)
    .optional(),
  updates: z.literal('off').optional(),
  vault: z.literal('memory-only').optional(),
});
export type Policy = z.infer<typeof policy>;

/** What is known of a policy at start. A file that is there and can't be used is no missing file. */
export type PolicyState =
  | { readonly kind: 'none' }
  | { readonly kind: 'in-force'; readonly path: string; readonly policy: Policy }
  | { readonly kind: 'broken'; readonly path: string; readonly reason: string };

const SIZE_LIMIT = 256 * 1024;

/** Where a system's administrators put policies: a place people without their rights can't write to. */
export function policyPath(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (platform === 'darwin') return '/Library/Application Support/Gatehouse/policy.json';
  if (platform !== 'win32') return '/etc/gatehouse/policy.json';
  return win32.join(environment.ProgramData || 'C:\\ProgramData', 'Gatehouse', 'policy.json');
}

export interface ReadPolicyOptions {
  /** Absolute path of the file. */
  readonly path: string;
  /** User IDs that may own the file; absent: it is not looked at, as on Windows. */
  readonly owners?: readonly number[];
}

/** Reads the policy file. Never throws: whatever is wrong with it makes it a broken one. */
export async function readPolicy({ path, owners }: ReadPolicyOptions): Promise<PolicyState> {
  const broken = (reason: string): PolicyState => ({ kind: 'broken', path, reason });
  let text: string;
  try {
    const file = await open(path);
    try {
      const { size, uid, mode } = await file.stat();
      if (owners && (!owners.includes(uid) || (mode & 0o022) !== 0)) {
        return broken('others than the administrator may change it');
      }
      if (size > SIZE_LIMIT) return broken('it is too large');
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'none' }
      : broken(`it could not be read: ${code}`);
  }
  let content: unknown;
  try {
    // Editors on Windows put a byte order mark in front.
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return broken('it is not JSON');
  }
  const parsed = policy.safeParse(content);
  if (parsed.success) return { kind: 'in-force', path, policy: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || posix.basename(path);
  return broken(`${where}: ${issue?.message ?? 'invalid'}`);
}
