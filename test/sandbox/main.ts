import { parseCli, usage } from './cli-options.ts';
import { startProfile } from './profiles/catalogue.ts';
import type { ProfileSandbox } from './sandbox.ts';

/** EX_USAGE of sysexits.h. */
const badUsage = 64;

await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<void> {
  const request = parseCli(args);
  if (request.kind === 'help') {
    process.stdout.write(usage());
    return;
  }
  if (request.kind === 'usage-error') return fail(request.message, badUsage, true);
  let sandbox: ProfileSandbox;
  try {
    sandbox = await startProfile(request.profile, request.options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(message, error instanceof RangeError ? badUsage : 1, error instanceof RangeError);
  }
  process.stdout.write(request.json ? `${JSON.stringify(summary(sandbox))}\n` : describe(sandbox));
  const stop = () => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(message: string, code: number, withUsage: boolean): void {
  process.stderr.write(`sandbox: ${message}\n${withUsage ? `\n${usage()}` : ''}`);
  process.exitCode = code;
}

function summary({ profile, mcpUrl, issuerUrl, users, notes }: ProfileSandbox): object {
  return { profile, mcpUrl, issuer: issuerUrl, users, pid: process.pid, ...notes };
}

function describe({ profile, mcpUrl, issuerUrl, users, notes }: ProfileSandbox): string {
  const lines = [
    `Sandbox "${profile}" is running.`,
    '',
    `  MCP server   ${mcpUrl}`,
    `  Issuer       ${issuerUrl}`,
    `  Users        ${users.map(({ name, email }) => `${name} <${email}>`).join(', ')} (no passwords)`,
    ...Object.entries(notes).map(([name, value]) => `  ${name.padEnd(12)} ${printable(value)}`),
    '',
    'Stop with Ctrl+C.',
    '',
  ];
  return lines.join('\n');
}

function printable(value: unknown): string {
  return typeof value === 'string'
    ? value.trim().replaceAll('\n', '\n               ')
    : JSON.stringify(value);
}
