import { failure } from '../../shared/problems.ts';
import type { ProtocolContext, Rule } from './context.ts';
import { send } from './http.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { checkSpelling } from './reach.ts';
import { endpointUrl } from './url-policy.ts';

/** Where a dynamic registration is managed (RFC 7592 §3). The token is secret: never logged. */
export interface ManagedRegistration {
  readonly issuer: IssuerMetadata;
  readonly registrationClientUri: string;
  readonly registrationAccessToken: string;
}

/**
 * Asks whether the issuer still knows a registration (RFC 7592 §2.1).
 * @throws ProblemError `server-error`, `endpoint-refused`, or a network problem
 */
export async function readRegistration(
  ctx: ProtocolContext,
  registration: ManagedRegistration,
): Promise<'known' | 'unknown'> {
  const rule = {
    text: 'A registration is read at its own address with its own token.',
    reference: 'RFC 7592 §2.1',
  };
  const request = { method: 'GET', title: 'Registration, read', rule };
  return (await isThere(ctx, registration, request)) ? 'known' : 'unknown';
}

/**
 * Deletes a registration at the issuer (RFC 7592 §2.3).
 * @throws ProblemError `server-error`, `endpoint-refused`, or a network problem
 */
export async function deleteRegistration(
  ctx: ProtocolContext,
  registration: ManagedRegistration,
): Promise<'deleted' | 'already-gone'> {
  const rule = {
    text: 'A registration is deleted at its own address with its own token.',
    reference: 'RFC 7592 §2.3',
  };
  const request = { method: 'DELETE', title: 'Registration, deleted', rule };
  return (await isThere(ctx, registration, request)) ? 'deleted' : 'already-gone';
}

// RFC 7592 §2.1: 401 means the client is unknown or the token revoked; 404 is what many answer instead.
const GONE = [401, 403, 404, 410];

/** Whether there was a registration when the request came. */
function isThere(
  ctx: ProtocolContext,
  { registrationClientUri, registrationAccessToken }: ManagedRegistration,
  request: { method: string; title: string; rule: Rule },
): Promise<boolean> {
  const url = endpointUrl('registration address', registrationClientUri);
  checkSpelling(ctx, url);
  const headers = { accept: 'application/json', authorization: `Bearer ${registrationAccessToken}` };
  return send(ctx, { to: 'issuer', ...request, url, headers, body: null }, ({ status }) => {
    if (status < 300) return true;
    if (GONE.includes(status)) return false;
    throw failure('server-error', { host: url.host, status: String(status) });
  });
}
