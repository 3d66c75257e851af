import type { World } from './world.ts';

type Part = keyof World;

/** The world as it is now; who shows a part of it is told when that part changes. */
export class WorldStore {
  #parts: Partial<World> = {};
  readonly #listeners = new Map<Part, Set<() => void>>();

  get<Name extends Part>(part: Name): World[Name] | undefined {
    return this.#parts[part];
  }

  /** All of it; null until every part is there. */
  whole(names: readonly Part[]): World | null {
    return names.every((name) => this.#parts[name] !== undefined) ? (this.#parts as World) : null;
  }

  /** Replaces parts. Everything is in place before anybody is told. */
  set(patch: Partial<World>): void {
    this.#parts = { ...this.#parts, ...patch };
    for (const part of Object.keys(patch) as Part[])
      for (const listener of this.#listeners.get(part) ?? []) listener();
  }

  /** Tells of changes of a part; returns the function that stops it. */
  subscribe(part: Part, changed: () => void): () => void {
    const own = this.#listeners.get(part) ?? new Set();
    this.#listeners.set(part, own.add(changed));
    return () => own.delete(changed);
  }
}
