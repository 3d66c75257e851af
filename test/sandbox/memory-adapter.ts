import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Stored {
  payload: AdapterPayload;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/**
 * One sandbox's storage for `oidc-provider`. Its own memory adapter forgets after a thousand entries; this one
 * forgets by time only, and lets a test end grants and clients by hand.
 */
export class MemoryStore {
  readonly #entries = new Map<string, Stored>();

  /** The adapter `oidc-provider` asks for, one per model. */
  readonly adapter = (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
      this.#entries.set(`${model}:${id}`, { payload, expiresAt });
    },
    find: async (id) => this.#find(`${model}:${id}`),
    findByUid: async (uid) => this.#search(model, (payload) => payload.uid === uid),
    findByUserCode: async (code) => this.#search(model, (payload) => payload.userCode === code),
    consume: async (id) => {
      const payload = this.#find(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => {
      this.#entries.delete(`${model}:${id}`);
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of this.#entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) this.#entries.delete(key);
      }
    },
  });

  /** Whether a grant exists and has not been revoked. */
  hasGrant(grantId: string): boolean {
    return this.#find(`Grant:${grantId}`) !== undefined;
  }

  /** Removes every grant and everything issued from one, sessions and clients stay. */
  revokeAllGrants(): void {
    for (const [key, { payload }] of this.#entries) {
      if (key.startsWith('Grant:') || payload.grantId) this.#entries.delete(key);
    }
  }

  /** The stored payload of one client, or undefined. */
  client(clientId: string): AdapterPayload | undefined {
    return this.#find(`Client:${clientId}`);
  }

  /** The payloads of every client registered and not deleted. */
  clients(): AdapterPayload[] {
    return [...this.#entries].filter(([key]) => key.startsWith('Client:')).map(([, { payload }]) => payload);
  }

  /** Removes a client, as an issuer does that forgets its registrations; true when it was there. */
  dropClient(clientId: string): boolean {
    return this.#entries.delete(`Client:${clientId}`);
  }

  #find(key: string): AdapterPayload | undefined {
    const stored = this.#entries.get(key);
    if (!stored) return undefined;
    if (stored.expiresAt > Date.now()) return stored.payload;
    this.#entries.delete(key);
    return undefined;
  }

  #search(model: string, wanted: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const key of this.#entries.keys()) {
      if (!key.startsWith(`${model}:`)) continue;
      const payload = this.#find(key);
      if (payload && wanted(payload)) return payload;
    }
    return undefined;
  }
}
