import { Core } from '../../../../../src/main/core.ts';
import { resolveHost } from '../../../../../src/main/network/resolve-host.ts';
import { systemClock, systemRandomness, systemScheduler } from '../../../../../src/main/ports.ts';
import { commandDigest } from '../../../../../src/main/servers/stdio/command-digest.ts';
import { memoryOnlyBox } from '../../../../../src/main/vault/secret-box.ts';

/**
 * A core in a process of its own, to be killed: `host.ts <user data folder> <program> <argument>…` adds the
 * command, approves it, and says `connected` once it is.
 */
const [, , folder = '', program = '', ...values] = process.argv;
const core = new Core({
  folder,
  secretBox: memoryOnlyBox('a process to be killed'),
  fetch,
  resolveHost,
  clock: systemClock,
  scheduler: systemScheduler,
  randomness: systemRandomness,
  browser: { open: async () => undefined },
  clipboard: { readText: async () => '', writeText: async () => undefined },
  schemeHandler: { isRegistered: async () => true },
  clientMetadataUrl: null,
});
await core.load();
await core.start();
const command = { program, arguments: values, folder: null, environment: [] };
const { id } = await core.commands.add('Left behind', command);
await core.commands.approve(id, commandDigest(command));
await core.connection(id, null).client();
await core.servers.settled();
process.stdout.write('connected\n');
setInterval(() => undefined, 60_000);
