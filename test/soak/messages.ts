/** One server with its issuer, as the core sees them. */
export interface PlaceAddress {
  readonly mcpUrl: string;
  readonly issuerUrl: string;
}

/** What can go wrong at one place. */
export type PlaceFault =
  /** Killed and started again after `forMs`: every connection is cut, a server's sessions are forgotten. */
  | { readonly kind: 'down'; readonly host: 'issuer' | 'server'; readonly forMs: number }
  | {
      readonly kind: 'errors';
      readonly host: 'issuer' | 'server';
      readonly status: 429 | 500 | 502 | 503;
      readonly times: number;
    }
  | {
      readonly kind: 'latency';
      readonly host: 'issuer' | 'server';
      readonly delayMs: number;
      readonly forMs: number;
    }
  /** The connection ends in the middle of the next answers. */
  | { readonly kind: 'truncation'; readonly host: 'issuer' | 'server'; readonly times: number }
  | { readonly kind: 'tokens-refused' }
  | { readonly kind: 'sessions-lost' }
  /** Every sign-in at this issuer is ended. */
  | { readonly kind: 'grants-revoked' };

/** From the soak to the process with the servers. */
export type ToWorld =
  | { readonly kind: 'fault'; readonly place: number; readonly fault: PlaceFault }
  /** Everything is up again and stays so. */
  | { readonly kind: 'calm' }
  /** The person's browser opens an address and consents as this user. */
  | { readonly kind: 'visit'; readonly visit: number; readonly url: string; readonly user: string };

/** From the process with the servers to the soak. */
export type FromWorld =
  | { readonly kind: 'ready'; readonly places: readonly PlaceAddress[] }
  | { readonly kind: 'calm' }
  /** Where the browser ended: a link of our scheme to hand over, the loopback listener, or nowhere. */
  | {
      readonly kind: 'visited';
      readonly visit: number;
      readonly link: string | null;
      readonly delivered: boolean;
    };
