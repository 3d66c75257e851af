/** What is due when, the next first: a binary heap, so that thousands of entries cost next to nothing. */
export class DueQueue<T> {
  readonly #heap: { readonly at: number; readonly value: T }[] = [];

  /** When the next entry is due; null without one. */
  get next(): number | null {
    return this.#heap[0]?.at ?? null;
  }

  add(at: number, value: T): void {
    const entry = { at, value };
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (!parent || parent.at <= at) break;
      this.#heap[index] = parent;
      index = above;
    }
    this.#heap[index] = entry;
  }

  /** Takes the next entry if it is due by `now`. */
  take(now: number): T | undefined {
    const [first] = this.#heap;
    if (!first || first.at > now) return undefined;
    const last = this.#heap.pop();
    if (last && last !== first) this.#sink(last);
    return first.value;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  /** Puts an entry in the place of the first, and then where it belongs. */
  #sink(entry: { readonly at: number; readonly value: T }): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [this.#heap[left], this.#heap[left + 1]];
      const sooner = other && one && other.at < one.at ? other : one;
      if (!sooner || entry.at <= sooner.at) break;
      this.#heap[index] = sooner;
      index = sooner === other ? left + 1 : left;
    }
    this.#heap[index] = entry;
  }
}
