import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The version that is compared with. */
export const MCP_REMOTE_VERSION = '0.15.1';

// Not a dependency of the project: its 84 packages would be in everybody's tree for one column of one report.
const folder = join(import.meta.dirname, '..', '..', 'out', 'bench', 'peers');

/** Where `mcp-remote` is started. */
export function mcpRemoteEntry(): string {
  return join(folder, 'node_modules', 'mcp-remote', 'dist', 'proxy.js');
}

/** Fetches `mcp-remote` from npm, once. @returns why it can't be compared with, or null when it can */
export function fetchMcpRemote(): string | null {
  if (process.platform !== 'linux') return 'compared with on Linux only, where its browser can be held off';
  if (existsSync(mcpRemoteEntry())) return null;
  mkdirSync(folder, { recursive: true });
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', ['install', ...options, `mcp-remote@${MCP_REMOTE_VERSION}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0 ? null : 'npm could not fetch it';
}
