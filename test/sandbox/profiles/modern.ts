import { type Sandbox, startSandbox } from '../sandbox.ts';
import type { ProfileOptions } from './profile.ts';

/** A server of 2026-07-28 and nothing older, with an issuer that wants client ID metadata documents. */
export function startModern(options: ProfileOptions): Promise<Sandbox> {
  return startSandbox({ ...options, profile: 'modern', era: 'modern', clientIdMetadataDocuments: 'trust' });
}
