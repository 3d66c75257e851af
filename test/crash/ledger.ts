/** Where a token belongs: the sign-in it came from, and how many renewals later it was issued. */
export interface Place {
  readonly family: number;
  readonly step: number;
}

/**
 * What the issuers have issued and spent, written down as it happens. Every sign-in starts a family; every
 * renewal spends its newest refresh token and adds a step.
 */
export class Ledger {
  readonly #places = new Map<string, Place>();
  /** Newest step by family. */
  readonly #newest: number[] = [];

  /** A code was exchanged: a new family. */
  granted(tokens: readonly string[]): void {
    const place = { family: this.#newest.length, step: 0 };
    this.#newest.push(0);
    for (const token of tokens) this.#places.set(token, place);
  }

  /**
   * A refresh token was spent for new ones.
   * @param tokens what it was spent for; nothing when the answer reached nobody
   * @throws when the refresh token was never issued
   */
  renewed(refreshToken: string, tokens: readonly string[]): void {
    const spent = this.place(refreshToken);
    if (!spent) throw new Error('a refresh token nobody issued was renewed');
    const place = { family: spent.family, step: this.newest(spent.family) + 1 };
    this.#newest[place.family] = place.step;
    for (const token of tokens) this.#places.set(token, place);
  }

  /** How many sign-ins there have been. */
  get families(): number {
    return this.#newest.length;
  }

  place(token: string): Place | undefined {
    return this.#places.get(token);
  }

  /** The step of the newest tokens of a family. */
  newest(family: number): number {
    return this.#newest[family] ?? 0;
  }

  /** Whether newer tokens than these were issued for the same sign-in. */
  isSpent({ family, step }: Place): boolean {
    return step < this.newest(family);
  }
}
