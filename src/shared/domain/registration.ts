import * as z from 'zod';
import { id, timestamp } from './identifiers.ts';
import { clientAuthenticationMethod } from './server.ts';

/** Gatehouse's own OAuth client at one issuer. Never used at another (MCP authorization, client registration). */
export const registration = z.object({
  id,
  issuer: z.string(),
  kind: z.enum(['pre-registered', 'metadata-document', 'dynamic']),
  clientId: z.string().min(1),
  clientAuthentication: clientAuthenticationMethod,
  redirectUris: z.array(z.string()),
  /** RFC 7592: where the registration can be read and deleted; the access token for it rests in the vault. */
  registrationClientUri: z.string().optional(),
  /** End of the client secret's life, or null for never. */
  clientSecretExpiresAt: timestamp.nullable(),
  registeredAt: timestamp,
  /** Scopes it was registered for (RFC 7591 §2): some issuers let a client ask for no others. Absent: any. */
  scopes: z.array(z.string()).optional(),
  /** Set when this registration belongs to one server's settings (pre-registered). */
  serverId: id.optional(),
});
export type Registration = z.infer<typeof registration>;
