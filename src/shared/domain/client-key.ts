import * as z from 'zod';

/** How a client signs the assertion that proves it (RFC 7518 §3.1, RFC 8037 §3.1). */
export const signatureAlgorithm = z.enum(['ES256', 'RS256', 'EdDSA']);
export type SignatureAlgorithm = z.infer<typeof signatureAlgorithm>;

/** A public key as JWK (RFC 7517): it names no private member, so none passes. */
const publicKey = z.object({
  kty: z.string(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  kid: z.string().optional(),
});

/** What whoever runs an issuer registers for a client (RFC 7517 §5, RFC 7591 §2 `jwks`). */
export const publicKeySet = z.object({ keys: z.array(publicKey).length(1) });
export type PublicKeySet = z.infer<typeof publicKeySet>;

/** Which secrets a person entered for a server. No secret is among it. */
export const enteredSecrets = z.object({
  clientSecret: z.boolean(),
  identityToken: z.boolean(),
  /** Public half of the client's key; null when there is none. */
  clientKey: publicKeySet.nullable(),
});
export type EnteredSecrets = z.infer<typeof enteredSecrets>;
