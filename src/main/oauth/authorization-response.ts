import * as oauth from 'oauth4webapi';
import { failure } from '../../shared/problems.ts';
import type { PendingAuthorization } from './authorization-request.ts';

/** Longest answer we read, in UTF-16 code units over all parameters. */
const LENGTH_LIMIT = 16_384;

/**
 * Checks the answer the browser brought (RFC 6749 §4.1.2, RFC 9207 §2.4, RFC 9700 §4.4): every parameter once,
 * our `state`, the right `iss`; only then is an `error` believed.
 * @returns the parameters, as {@link exchangeCode} takes them
 * @throws ProblemError `callback-invalid`, `callback-unknown` (another state), `response-issuer-mismatch`,
 * `response-issuer-missing`, `consent-denied`, `redirect-uri-refused`, `client-unknown`, `authorization-refused`
 */
export function readAuthorizationResponse(
  pending: PendingAuthorization,
  parameters: URLSearchParams,
): URLSearchParams {
  if (parameters.toString().length > LENGTH_LIMIT)
    throw failure('callback-invalid', { what: 'it is too long' });
  for (const name of ['code', 'state', 'iss', 'error', 'response']) {
    if (parameters.getAll(name).length > 1)
      throw failure('callback-invalid', { what: `${name} appears twice` });
  }
  if (parameters.get('state') !== pending.state) throw failure('callback-unknown');
  checkIssuer(pending, parameters.get('iss'));
  const error = parameters.get('error');
  if (error !== null) throw refusal(pending, error, parameters.get('error_description'));
  if (!parameters.get('code')) throw failure('callback-invalid', { what: 'it has no code' });
  try {
    const { server } = pending.issuer;
    return oauth.validateAuthResponse(server, { client_id: pending.clientId }, parameters, pending.state);
  } catch (cause) {
    throw failure('callback-invalid', { what: 'it is no answer to a code request' }, String(cause), cause);
  }
}

// RFC 9207 §2.4: compare as strings, no normalization; an empty `iss` is present. On mismatch nothing of the
// answer is shown, not even its error.
function checkIssuer({ issuer: { server } }: PendingAuthorization, iss: string | null): void {
  const expected = server.issuer;
  if (iss !== null && iss !== expected) throw failure('response-issuer-mismatch', { expected });
  if (iss === null && server.authorization_response_iss_parameter_supported === true) {
    throw failure('response-issuer-missing', { expected });
  }
}

function refusal({ issuer }: PendingAuthorization, error: string, description: string | null): Error {
  const { host } = new URL(issuer.issuer);
  const told = [error, description].filter(Boolean).join(': ') || 'no reason given';
  switch (error) {
    case 'access_denied':
      return failure('consent-denied', { host }, told);
    case 'invalid_redirect_uri':
    case 'redirect_uri_mismatch':
      return failure('redirect-uri-refused', { host }, told);
    case 'invalid_client':
      return failure('client-unknown', { host }, told);
    default:
      return failure('authorization-refused', { host, error: told }, told);
  }
}
