/** Requests at one issuer at once. The network stack would make more wait anyway, with their time limit running. */
export const REFRESHES_PER_ISSUER = 4;

interface Line {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Lets a bounded number of requests per issuer out at once; the others wait in line. */
export class IssuerLines {
  readonly #lines = new Map<string, Line>();

  /** Runs `request` when there is a place for it. */
  async take<T>(issuer: string, request: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(issuer) ?? { inside: 0, waiting: [] };
    this.#lines.set(issuer, line);
    if (line.inside < REFRESHES_PER_ISSUER) line.inside += 1;
    // Whoever leaves hands its place over, so that nobody slips in between.
    else await new Promise<void>((admit) => line.waiting.push(admit));
    try {
      return await request();
    } finally {
      const next = line.waiting.shift();
      if (next) next();
      else line.inside -= 1;
      if (line.inside === 0) this.#lines.delete(issuer);
    }
  }
}
