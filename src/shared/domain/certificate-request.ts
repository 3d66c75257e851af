import * as z from 'zod';
import { id, outsideText, timestamp } from './identifiers.ts';

/** A certificate of the person's, as the system keeps it; its key never leaves the system. */
export const clientCertificate = z.object({
  /** Fingerprint of the certificate. */
  fingerprint: z.string(),
  subject: outsideText,
  issuer: outsideText,
  validFrom: timestamp,
  validUntil: timestamp,
});
export type ClientCertificate = z.infer<typeof clientCertificate>;

/** A server that wants to see a certificate of the person's. It waits for their choice. */
export const certificateRequest = z.object({
  id,
  /** The host that asks, with its port. */
  host: z.string(),
  certificates: z.array(clientCertificate),
});
export type CertificateRequest = z.infer<typeof certificateRequest>;
