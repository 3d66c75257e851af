import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
// The entry for plain Node: the one for Electron would open an IPC channel through which pages could write.
import electronLog from 'electron-log/node';
import { appIdentity } from '../../shared/app-identity.ts';
import { visibleText } from '../../shared/problems.ts';
import { Redactor } from './redaction.ts';

/** What the program says about itself, for whoever looks for a fault. Secrets are removed on the way to the file. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warn: (text: string, error?: unknown) => void;
  readonly error: (text: string, error?: unknown) => void;
}

export interface LogOptions {
  /** Absolute path of the file; the one before it lies beside it as `….old.log`. */
  readonly path: string;
  /** Size in bytes at which a new file begins. Default 5 MiB. */
  readonly maxSize?: number;
  /** Whether entries are printed too, for development. Default false. */
  readonly print?: boolean;
}

const MAX_SIZE = 5 * 1024 * 1024;
const ENTRY_LIMIT = 8192;

/**
 * Opens the log. Nothing it is told ever fails what is told about: a file that can't be written costs the entry.
 * Each entry is one line, so that text from outside can't pretend to be another entry.
 */
export function openLog({ path, maxSize = MAX_SIZE, print = false }: LogOptions): Log {
  const logger = electronLog.create({ logId: path });
  const redactor = new Redactor();
  const redact = ({ data }: { data: unknown[] | string }) => {
    const [text] = [data].flat();
    // The limit comes first, with a margin: secrets at the cut go with what is cut off.
    const redacted = redactor.text(String(text).slice(0, 2 * ENTRY_LIMIT));
    return visibleText(redacted, ENTRY_LIMIT) as unknown as unknown[];
  };
  const { file, console: printed, ipc, remote } = logger.transports;
  file.setAppName(appIdentity.productName);
  file.resolvePathFn = () => {
    // The folder may have been erased meanwhile.
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  file.level = 'info';
  file.maxSize = maxSize;
  file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  file.format = '{iso} {level} {text}';
  file.transforms.push(redact);
  printed.level = print ? 'info' : false;
  printed.transforms.push(redact);
  printed.useStyles = false;
  if (ipc) ipc.level = false;
  remote.level = false;
  return {
    info: (text) => logger.info(text),
    warn: (text, error) => logger.warn(entry(text, error)),
    error: (text, error) => logger.error(entry(text, error)),
  };
}

function entry(text: string, error: unknown): string {
  if (error === undefined) return text;
  return `${text}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
