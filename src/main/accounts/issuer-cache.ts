import { join } from 'node:path';
import * as z from 'zod';
import type { Problem } from '../../shared/problems.ts';
import type { IssuerCache } from '../oauth/discovery.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import { JsonFile } from '../store/json-file.ts';

const entries = z.array(
  z.object({
    issuer: z.string(),
    server: z.looseObject({ issuer: z.string() }),
    source: z.string(),
    freshUntil: z.number(),
  }),
);
const KEPT = 500;

/** Issuer metadata found earlier, for as long as the issuer's HTTP caching rules allow (RFC 9111 §4.2). */
export class StoredIssuerCache implements IssuerCache {
  readonly #file: JsonFile<z.infer<typeof entries>>;
  readonly #entries = new Map<string, IssuerMetadata>();
  readonly #now: () => number;

  constructor(folder: string, now: () => number) {
    this.#file = new JsonFile({ path: join(folder, 'issuers.json'), schema: entries, empty: () => [] });
    this.#now = now;
  }

  async load(): Promise<Problem | null> {
    const { value, notice } = await this.#file.load();
    for (const entry of value) this.#entries.set(entry.issuer, entry as IssuerMetadata);
    return notice;
  }

  /** Metadata that is still fresh. */
  get(issuer: string): IssuerMetadata | undefined {
    const found = this.#entries.get(issuer);
    return found && found.freshUntil > this.#now() ? found : undefined;
  }

  /** Metadata whatever its age: a refresh must not wait for a discovery that may fail. */
  getStale(issuer: string): IssuerMetadata | undefined {
    return this.#entries.get(issuer);
  }

  set(metadata: IssuerMetadata): void {
    this.#entries.delete(metadata.issuer);
    this.#entries.set(metadata.issuer, metadata);
    const oldest = this.#entries.size > KEPT ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    // A cache that can't be stored costs a request after the next start, nothing else.
    void this.#file.save([...this.#entries.values()] as z.infer<typeof entries>).catch(() => undefined);
  }

  /** Forgets an issuer, so that it is discovered anew. */
  forget(issuer: string): void {
    this.#entries.delete(issuer);
  }

  clear(): void {
    this.#entries.clear();
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
