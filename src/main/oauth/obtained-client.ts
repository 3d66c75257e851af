import type { ClientCredentials } from './client-authentication.ts';

/** Our client at an issuer, and what is needed to manage it later (RFC 7592). Plain JSON. */
export interface ObtainedClient {
  readonly kind: 'pre-registered' | 'metadata-document' | 'dynamic';
  readonly credentials: ClientCredentials;
  /** Milliseconds since the epoch, or null for never. */
  readonly clientSecretExpiresAt: number | null;
  /** Redirect URIs that may be used, best first. */
  readonly redirectUris: string[];
  /** Scopes it may ask for, as far as the issuer keeps to what was registered (RFC 7591 §2); absent: any. */
  readonly scopes?: string[];
  readonly registrationClientUri?: string;
  readonly registrationAccessToken?: string;
}
