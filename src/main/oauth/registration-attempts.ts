import type { ClientAuthenticationMethod } from '../../shared/domain/server.ts';

/** What one registration request offers. */
export interface RegistrationAttempt {
  readonly redirectUris: readonly string[];
  readonly method: ClientAuthenticationMethod;
  /** Methods left to try, best first. */
  readonly otherMethods: readonly ClientAuthenticationMethod[];
  readonly scopes: readonly string[] | null;
}

/** Why an issuer refused (RFC 7591 §3.2.2). */
export interface RegistrationRefusal {
  readonly error: string | null;
  readonly description: string | null;
  readonly status: number;
  /** The same in words. */
  readonly told: string;
}

interface Next {
  readonly attempt: RegistrationAttempt;
  /** What is different, in words. */
  readonly change: string;
}

/**
 * What to try after a refused registration (RFC 7591 §3.2.2): fewer redirect URIs, another authentication
 * method, or no scope, whichever the error is about.
 * @returns null when trying again makes no sense
 */
export function afterRefusal(attempt: RegistrationAttempt, refusal: RegistrationRefusal): Next | null {
  const { error, description, status } = refusal;
  if (status !== 400 && status !== 422) return null;
  if (error === 'invalid_redirect_uri') return fewerRedirectUris(attempt);
  if (error === 'invalid_scope') return withoutScope(attempt);
  if (error !== null && error !== 'invalid_client_metadata' && error !== 'invalid_request') return null;
  const about = (description ?? '').toLowerCase();
  if (/auth[_ ]?method|authentication method/.test(about)) return otherMethod(attempt);
  if (/\bscopes?\b/.test(about)) return withoutScope(attempt);
  return fewerRedirectUris(attempt) ?? otherMethod(attempt) ?? withoutScope(attempt);
}

const isLoopback = (uri: string) => uri.startsWith('http://');

function fewerRedirectUris(attempt: RegistrationAttempt): Next | null {
  const { redirectUris } = attempt;
  const loopback = redirectUris.filter(isLoopback);
  const next = (uris: readonly string[], change: string): Next => ({
    attempt: { ...attempt, redirectUris: uris },
    change,
  });
  if (loopback.length > 0 && loopback.length < redirectUris.length) {
    return next(loopback, 'registering again with loopback only');
  }
  // Some issuers insist on 127.0.0.1, some on localhost.
  const [first, ...rest] = loopback;
  if (first === undefined || rest.length === 0) return null;
  return next(rest, `registering again without ${new URL(first).hostname}`);
}

function otherMethod(attempt: RegistrationAttempt): Next | null {
  const [method, ...otherMethods] = attempt.otherMethods;
  if (method === undefined) return null;
  return { attempt: { ...attempt, method, otherMethods }, change: `registering again with ${method}` };
}

function withoutScope(attempt: RegistrationAttempt): Next | null {
  if (attempt.scopes === null) return null;
  return { attempt: { ...attempt, scopes: null }, change: 'registering again without scope' };
}
