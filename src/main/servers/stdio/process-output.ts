import type { OutputLine } from '../../../shared/domain/process.ts';
import { visibleText } from '../../../shared/problems.ts';
import { REDACTED, SHORTEST_ENTERED } from '../../trace/redaction.ts';
import { LineReader } from './line-reader.ts';

/** Lines kept of one server, and characters kept of one line. */
export const KEPT_LINES = 200;
export const KEPT_CHARACTERS = 2000;

/** Bytes of a line looked at: more than is kept, so that a secret at the cut is whole when it is removed. */
const READ_BYTES = 32_768;

/** The last lines a local server wrote beside the protocol, secrets removed and invisible characters shown. */
export class ProcessOutput {
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #lines: OutputLine[] = [];
  #secrets: string[] = [];

  /** @param changed told of every line; called often when a server is talkative */
  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  /** Oldest first. */
  get lines(): readonly OutputLine[] {
    return this.#lines;
  }

  /** From now on these values are removed from what is kept, whole and line by line. */
  guard(secrets: readonly string[]): void {
    const parts = secrets.flatMap((secret) => [
      secret,
      ...secret.split(/\r?\n/),
      JSON.stringify(secret).slice(1, -1),
    ]);
    this.#secrets = [...new Set(parts)]
      .filter((part) => part.length >= SHORTEST_ENTERED)
      // The longest first: a value that holds another goes as a whole.
      .sort((a, b) => b.length - a.length);
  }

  add(from: OutputLine['from'], text: string): void {
    const redacted = this.redacted(text).replaceAll('\t', '  ');
    this.#lines.push({ at: this.#now(), from, text: visibleText(redacted, KEPT_CHARACTERS) });
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#changed();
  }

  /** A text without the guarded values. */
  redacted(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  }

  /** Reads a stream of the server's into lines. */
  reader(from: OutputLine['from']): LineReader {
    return new LineReader({
      limit: READ_BYTES,
      // The end of a line that was cut may be the start of a secret.
      line: (text, isCut) => this.add(from, isCut ? text.slice(0, -(this.#secrets[0]?.length ?? 1)) : text),
    });
  }

  /** The last lines as one text, for the details of a problem. */
  tail(count: number): string {
    return this.#lines
      .slice(-count)
      .map(({ text }) => text)
      .join('\n');
  }
}
