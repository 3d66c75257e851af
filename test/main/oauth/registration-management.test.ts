import { describe, expect, test } from 'vitest';
import { deleteRegistration, readRegistration } from '../../../src/main/oauth/registration-management.ts';
import { issuerMetadata } from './sign-in.ts';
import { problemIn, problemOfCall, stage } from './stage.ts';

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
  test.each([299, 300, 400, 500])('answered with %i is there only if that is a success', async (status) => {
    const on = (await stage()).on(`GET ${ADDRESS}`, { status }).on(`DELETE ${ADDRESS}`, { status });
    if (status < 300) {
      expect(await readRegistration(on.ctx, managed)).toBe('known');
      expect(await deleteRegistration(on.ctx, managed)).toBe('deleted');
      return;
    }
    const { problem } = await problemIn(deleteRegistration(on.ctx, managed));
    expect(problem).toMatchObject({
      code: 'server-error',
      params: { host: 'as.example', status: String(status) },
    });
  });
  test('of a public server is not looked for in one’s own network', async () => {
    const on = await stage({ reach: 'public' });
    const inside = { ...managed, registrationClientUri: 'https://192.168.1.1/register/id' };
    expect(await problemOfCall(readRegistration(on.ctx, inside))).toBe('private-address-refused');
    expect(on.exchanges).toEqual([]);
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
