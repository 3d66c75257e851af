import type { ClientCredentials } from './client-authentication.ts';

/** Our client at an issuer, and what is needed to manage it later (RFC 7592). Plain JSON. */
export interface ObtainedClient {
  readonly kind: 'pre-registered' | 'metadata-document' | 'dynamic';
  readonly credentials: ClientCredentials;
  /** Milliseconds since the epoch, or null for never. */
  readonly clientSecretExpiresAt: number | null;
  /** Redirect URIs that may be used, best first. */
  readonly redirectUris: string[];
  readonly registrationClientUri?: string;
  readonly registrationAccessToken?: string;
}
