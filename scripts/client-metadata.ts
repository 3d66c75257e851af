import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientMetadataDocument } from '../src/main/oauth/client-metadata.ts';

/** Where the document lies in the repository, to be hosted at `appIdentity.clientMetadataUrl`. */
export const clientMetadataFile = join(import.meta.dirname, '..', 'build', 'client-metadata.json');

/** The client ID metadata document as it is hosted. */
export function clientMetadataText(): string {
  return `${JSON.stringify(clientMetadataDocument(), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(dirname(clientMetadataFile), { recursive: true });
  await writeFile(clientMetadataFile, clientMetadataText());
  console.log(`Wrote ${clientMetadataFile}`);
}
