import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { clientMetadataFile, clientMetadataText } from '../../../scripts/client-metadata.ts';
import { clientMetadataDocument, isClientIdUrl } from '../../../src/main/oauth/client-metadata.ts';
import { appIdentity } from '../../../src/shared/app-identity.ts';

describe('the client ID metadata document', () => {
  test('in the repository is what `npm run client-metadata` writes', async () => {
    expect(await readFile(clientMetadataFile, 'utf8')).toBe(clientMetadataText());
  });

  test('carries its own address, which can be a client ID', () => {
    const { client_id } = clientMetadataDocument();
    expect(client_id).toBe(appIdentity.clientMetadataUrl);
    expect(isClientIdUrl(String(client_id))).toBe(true);
  });

  test('holds no secret and asks for no shared one', () => {
    const document = clientMetadataDocument();
    expect(document.token_endpoint_auth_method).toBe('none');
    expect(Object.keys(document).filter((name) => name.startsWith('client_secret'))).toEqual([]);
  });

  test.each([
    'nonsense',
    'http://gatehouse.example/client.json',
    'https://gatehouse.example/',
    'https://user@gatehouse.example/client.json',
    'https://:secret@gatehouse.example/client.json',
    'https://gatehouse.example/client.json#part',
  ])('%s is no client ID', (url) => expect(isClientIdUrl(url)).toBe(false));
});
