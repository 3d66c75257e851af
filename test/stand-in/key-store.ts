import { execFile, spawnSync } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { commandLine } from './command-line.ts';
import { runtime } from './runtime.ts';

/** A keyring that is locked asks the person; whoever does not come within this many milliseconds is not there. */
const patience = 5000;

export type Backend = 'gnome_libsecret' | 'basic_text';

function attributes(): string[] {
  return ['application', runtime.name, 'purpose', 'stand-in safe storage'];
}

/** The environment's substitute for a key store, for machines that have none. */
export function substitute(): string | undefined {
  return process.env.STAND_IN_KEY_STORE;
}

function substituteKey(setting: string): Buffer {
  const [kind, ...rest] = setting.split(':');
  const value = rest.join(':');
  if (kind === 'memory') return Buffer.from(value, 'hex');
  if (kind !== 'file')
    throw new Error(`STAND_IN_KEY_STORE: neither memory:<hex> nor file:<path>: ${setting}`);
  if (!existsSync(value)) writeFileSync(value, randomBytes(32).toString('hex'), { mode: 0o600 });
  return Buffer.from(readFileSync(value, 'utf8').trim(), 'hex');
}

/** Whether there is a session bus that a Secret Service could be on. */
function hasSessionBus(): boolean {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder } = process.env;
  return Boolean(address) || Boolean(folder && existsSync(`${folder}/bus`));
}

/** Which of Electron's backends this run has. */
export function selectBackend(): Backend {
  if (commandLine.getSwitchValue('password-store') === 'basic') return 'basic_text';
  if (substitute()) return 'gnome_libsecret';
  if (!hasSessionBus()) return 'basic_text';
  return spawnSync('secret-tool', ['--version'], { timeout: patience }).error
    ? 'basic_text'
    : 'gnome_libsecret';
}

// The program ends with 1 both when there is no such secret and when there is no service; only the latter complains.
function outcomeOf(status: number | null, stdout: string, stderr: string): 'none' | 'unavailable' | Buffer {
  if (status === 0 && stdout) return Buffer.from(stdout.trim(), 'hex');
  return status === 1 && stderr.trim() === '' ? 'none' : 'unavailable';
}

/** The key, made on first use; undefined when the key store cannot be used. */
export function keySync(): Buffer | undefined {
  const setting = substitute();
  if (setting) return substituteKey(setting);
  const options = { encoding: 'utf8', timeout: patience } as const;
  const { status, stdout, stderr } = spawnSync('secret-tool', ['lookup', ...attributes()], options);
  const found = outcomeOf(status, stdout, stderr);
  if (found === 'unavailable') return undefined;
  if (found !== 'none') return found;
  const key = randomBytes(32);
  const label = `--label=${runtime.name} Safe Storage (stand-in)`;
  const stored = spawnSync('secret-tool', ['store', label, ...attributes()], {
    ...options,
    input: key.toString('hex'),
  });
  return stored.status === 0 ? key : undefined;
}

function run(
  args: string[],
  input?: string,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      'secret-tool',
      args,
      { encoding: 'utf8', timeout: patience },
      (error, stdout, stderr) => {
        const status = error ? (typeof error.code === 'number' ? error.code : null) : 0;
        resolve({ status, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** {@link keySync} without blocking. */
export async function keyAsync(): Promise<Buffer | undefined> {
  const setting = substitute();
  if (setting) return substituteKey(setting);
  const { status, stdout, stderr } = await run(['lookup', ...attributes()]);
  const found = outcomeOf(status, stdout, stderr);
  if (found === 'unavailable') return undefined;
  if (found !== 'none') return found;
  const key = randomBytes(32);
  const label = `--label=${runtime.name} Safe Storage (stand-in)`;
  const stored = await run(['store', label, ...attributes()], key.toString('hex'));
  return stored.status === 0 ? key : undefined;
}

/** Chromium's fixed key for machines without a key store: it hides nothing. */
export function plainTextKey(): Buffer {
  return pbkdf2Sync('peanuts', 'saltysalt', 1, 32, 'sha256');
}
