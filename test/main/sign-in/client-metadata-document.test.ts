import { expect, test } from 'vitest';
import { startModern } from '../../sandbox/profiles/modern.ts';
import { startCore } from '../../support/core.ts';

const DOCUMENT = 'https://gatehouse.example/client.json';

async function kindWith(hosted: boolean): Promise<string | undefined> {
  const sandbox = await startModern({ consent: 'auto' });
  try {
    const app = await startCore({ sandbox, clientMetadataUrl: DOCUMENT, clientMetadataHosted: hosted });
    await app.signedIn();
    return app.core.registrations.all()[0]?.kind;
  } finally {
    await sandbox.close();
  }
}

test('a metadata document that is online comes before dynamic registration', async () => {
  expect(await kindWith(true)).toBe('metadata-document');
});

test('one that is not online yet comes after it: an issuer would find nothing there', async () => {
  expect(await kindWith(false)).toBe('dynamic');
});
