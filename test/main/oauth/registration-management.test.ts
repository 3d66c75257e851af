import { describe, expect, test } from 'vitest';
import { deleteRegistration, readRegistration } from '../../../src/main/oauth/registration-management.ts';
import { issuerMetadata } from './sign-in.ts';
import { problemOfCall, stage } from './stage.ts';

const ADDRESS = 'https://as.example/register/id';
const managed = {
  issuer: issuerMetadata(),
  registrationClientUri: ADDRESS,
  registrationAccessToken: 'rat',
};

describe('a registration (RFC 7592)', () => {
  test('is read with its own token', async () => {
    const on = (await stage()).on(`GET ${ADDRESS}`, { body: { client_id: 'id' } });
    expect(await readRegistration(on.ctx, managed)).toBe('known');
    expect(on.requests[0]?.headers.authorization).toBe('Bearer rat');
  });
  test.each([401, 403, 404, 410])('answered with %i is unknown, and gone', async (status) => {
    const on = (await stage()).on(`GET ${ADDRESS}`, { status }).on(`DELETE ${ADDRESS}`, { status });
    expect(await readRegistration(on.ctx, managed)).toBe('unknown');
    expect(await deleteRegistration(on.ctx, managed)).toBe('already-gone');
  });
  test.each([200, 204])('is deleted (%i)', async (status) => {
    const on = (await stage()).on(`DELETE ${ADDRESS}`, { status });
    expect(await deleteRegistration(on.ctx, managed)).toBe('deleted');
  });
  test('is not believed gone on a server error', async () => {
    const on = (await stage()).on(`DELETE ${ADDRESS}`, { status: 500 });
    expect(await problemOfCall(deleteRegistration(on.ctx, managed))).toBe('server-error');
  });
  test('keeps its token from another origin and from plain http', async () => {
    const on = (await stage()).on(`GET ${ADDRESS}`, {
      status: 302,
      headers: { location: 'https://evil.example/' },
    });
    expect(await problemOfCall(readRegistration(on.ctx, managed))).toBe('redirect-refused');
    const plain = { ...managed, registrationClientUri: 'http://as.example/register/id' };
    expect(await problemOfCall(readRegistration(on.ctx, plain))).toBe('endpoint-refused');
    expect(on.requests.length).toBe(1);
  });
});
