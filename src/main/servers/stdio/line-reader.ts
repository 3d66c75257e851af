const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Bytes held to begin with, and the most that is held between lines. */
const SMALL = 4096;
const LARGE = 1024 * 1024;

export interface LineReaderOptions {
  /** Longest line taken, in bytes. */
  readonly limit: number;
  readonly line: (text: string, isCut: boolean) => void;
  /** Told of a line that got longer than the limit, once per line; without it the rest of the line is skipped. */
  readonly tooLong?: () => void;
}

/**
 * Cuts a byte stream into lines (UTF-8), holding no more than one line of bounded length. What is over the
 * limit is dropped; the start of such a line is still told when it ends.
 */
export class LineReader {
  readonly #options: LineReaderOptions;
  #held = Buffer.alloc(SMALL);
  #length = 0;
  #overflowed = false;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  /** Takes the next piece of the stream. */
  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      this.#keep(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#flush();
      start = end + 1;
    }
  }

  /** The stream has ended: what has no newline is a line too. */
  end(): void {
    if (this.#length > 0) this.#flush();
  }

  #keep(part: Buffer): void {
    const { limit, tooLong } = this.#options;
    const kept = part.subarray(0, limit - this.#length);
    const length = this.#length + kept.length;
    if (length > this.#held.length) {
      // Doubled, so that a line that comes byte by byte is not copied over and over.
      const larger = Buffer.alloc(Math.min(Math.max(length, 2 * this.#held.length), Math.max(limit, SMALL)));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    kept.copy(this.#held, this.#length);
    this.#length = length;
    if (kept.length === part.length || this.#overflowed) return;
    this.#overflowed = true;
    tooLong?.();
  }

  #flush(): void {
    const end = this.#held[this.#length - 1] === CARRIAGE_RETURN ? this.#length - 1 : this.#length;
    const line = this.#held.toString('utf8', 0, end);
    if (this.#held.length > LARGE) this.#held = Buffer.alloc(SMALL);
    const isCut = this.#overflowed;
    this.#length = 0;
    this.#overflowed = false;
    this.#options.line(line, isCut);
  }
}
