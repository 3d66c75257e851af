import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressCheckedFetch } from '../../src/main/network/address-checked-fetch.ts';
import { drive, exitCodes } from './drive.ts';
import { parseOptions, UsageError, usage } from './options.ts';

process.exitCode = await main();
// Idle keep-alive sockets would hold the process for seconds.
process.exit();

async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') && !argv.includes('--')) {
    process.stdout.write(`${usage}\n`);
    return exitCodes.done;
  }
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`drive: ${error.message}\n\n${usage}\n`);
    return exitCodes.usage;
  }
  if (options.command) {
    process.stdout.write(`${await plainCommand()}\n`);
    return exitCodes.done;
  }
  const temporary = options.profile === null ? await mkdtemp(join(tmpdir(), 'gatehouse-drive-')) : null;
  // Timers and listeners of the core never keep a process alive; a run does, until it ends.
  const alive = setInterval(() => undefined, 60_000);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  try {
    return await drive(options, {
      folder: temporary ?? resolve(options.profile ?? ''),
      key: process.env.GATEHOUSE_DRIVE_KEY || null,
      print: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
      fetch: addressCheckedFetch({ unchecked: fetch, isDirect: async () => true }),
      signal: interruption.signal,
    });
  } finally {
    clearInterval(alive);
    if (temporary) await rm(temporary, { recursive: true, force: true });
  }
}

/** This program as one command that works from any folder, no part of it with a space. */
async function plainCommand(): Promise<string> {
  const parts = [process.execPath, fileURLToPath(import.meta.url)];
  if (!parts.some((part) => /\s/.test(part))) return parts.join(' ');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-command-'));
  const [node = '', entry = ''] = parts;
  await symlink(node, join(folder, 'node'));
  await symlink(resolve(dirname(entry), '..', '..'), join(folder, 'gatehouse'));
  return `${join(folder, 'node')} ${join(folder, 'gatehouse', 'test', 'drive', 'main.ts')}`;
}
