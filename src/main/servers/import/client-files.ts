import { posix, win32 } from 'node:path';
import type { ImportClient } from '../../../shared/domain/import.ts';

/** A file in which another MCP client keeps its servers. */
export interface ClientFile {
  readonly client: ImportClient;
  /** Absolute path. */
  readonly path: string;
}

export interface ClientFilesOptions {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the person's home folder. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where other MCP clients keep their servers on this system, whether they are there or not. */
export function clientFiles({ platform, home, environment }: ClientFilesOptions): readonly ClientFile[] {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  const given = platform === 'win32' ? environment.APPDATA : environment.XDG_CONFIG_HOME;
  const usual = platform === 'win32' ? join(home, 'AppData', 'Roaming') : join(home, '.config');
  const settings =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : // A relative path there counts as none (XDG Base Directory Specification).
        given && isAbsolute(given)
        ? given
        : usual;
  const editor = (client: 'vs-code' | 'vs-code-insiders', folder: string): ClientFile[] => {
    const user = join(settings, folder, 'User');
    const cline = join(user, 'globalStorage', 'saoudrizwan.claude-dev', 'settings');
    return [
      { client, path: join(user, 'mcp.json') },
      { client, path: join(user, 'settings.json') },
      { client: 'cline', path: join(cline, 'cline_mcp_settings.json') },
    ];
  };
  return [
    { client: 'claude-desktop', path: join(settings, 'Claude', 'claude_desktop_config.json') },
    { client: 'cursor', path: join(home, '.cursor', 'mcp.json') },
    ...editor('vs-code', 'Code'),
    ...editor('vs-code-insiders', 'Code - Insiders'),
    { client: 'windsurf', path: join(home, '.codeium', 'windsurf', 'mcp_config.json') },
  ];
}
