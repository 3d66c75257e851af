import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Does nothing for a very long time. As `orphan` it has a child of its own do that, tells its number, and ends. */
if (process.argv[2] === 'orphan') {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  process.stdout.write(`${child.pid}\n`);
} else {
  setInterval(() => undefined, 60_000);
}
