import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appIdentity } from '../../shared/app-identity.ts';
import type { LinkCommand } from './deep-links.ts';

/** The app's desktop entry, by the name `package.json` gives as `desktopName`. */
export const DESKTOP_ENTRY = 'gatehouse.desktop';

/**
 * A desktop entry that hands links of our scheme to a command (Desktop Entry Specification 1.5). It is not
 * shown in menus: it exists for the links alone.
 * @throws Error when the command can't be written in one line
 */
export function linkEntry(command: LinkCommand): string {
  return entry(`${commandLine(command)} %u`, [
    `MimeType=x-scheme-handler/${appIdentity.scheme};`,
    'NoDisplay=true',
  ]);
}

/**
 * A desktop entry that starts a command when the person logs in (Desktop Application Autostart Specification).
 * @throws Error when the command can't be written in one line
 */
export function autostartEntry(command: LinkCommand): string {
  return entry(commandLine(command), ['X-GNOME-Autostart-enabled=true']);
}

function entry(exec: string, more: readonly string[]): string {
  const lines = [
    'Type=Application',
    `Name=${appIdentity.productName}`,
    `Exec=${exec}`,
    'Terminal=false',
    ...more,
  ];
  return ['[Desktop Entry]', ...lines, ''].join('\n');
}

function commandLine({ program, args }: LinkCommand): string {
  return [program, ...args].map(quoted).join(' ');
}

/**
 * Writes a desktop entry of ours, unless it is there already.
 * @param folder absolute path
 */
export async function writeDesktopEntry(folder: string, content: string): Promise<void> {
  const path = join(folder, DESKTOP_ENTRY);
  if ((await readFile(path, 'utf8').catch(() => null)) === content) return;
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/** An argument of `Exec`: quoted where its characters are reserved, so that plain ones stay as they are. */
function quoted(argument: string): string {
  if (/\p{Cc}/u.test(argument)) throw new Error('a desktop entry can’t start a program with this name');
  const literal = argument.replaceAll('%', '%%');
  if (/^[\w\-./%+:,@]+$/.test(literal)) return literal;
  // Escaped for the quotes, then once more because the value is a string.
  return `"${literal.replace(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\');
}
