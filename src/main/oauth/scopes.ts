/** Most scopes ever sent or kept. */
export const SCOPE_LIMIT = 200;

/** What is known about scopes before asking for consent. */
export interface ScopeSources {
  /** From the server's settings; asked verbatim. */
  readonly configured: readonly string[] | null;
  /** `scope` of the challenge (RFC 6750 §3). */
  readonly challenged: readonly string[] | null;
  /** `scopes_supported` of the protected resource metadata (RFC 9728 §2). */
  readonly resourceScopes: readonly string[] | null;
  /** `scopes_supported` of the issuer (RFC 8414 §2); only for `offline_access`. */
  readonly issuerScopes: readonly string[] | null;
}

/**
 * Scopes to ask for (MCP authorization, scope selection strategy): the challenge's, else all the resource
 * supports, else none; `offline_access` only beside others and only if the issuer lists it. Never guesses.
 * @returns null when no `scope` parameter is to be sent
 */
export function scopesToAsk(sources: ScopeSources): string[] | null {
  if (sources.configured?.length) return unionScopes(sources.configured);
  const basis = sources.challenged?.length ? sources.challenged : sources.resourceScopes;
  if (!basis?.length) return null;
  const offline = sources.issuerScopes?.includes('offline_access') ? ['offline_access'] : [];
  return unionScopes(basis, offline);
}

/** The union of sets of scopes, first mention first (MCP authorization, step-up: previous and challenged). */
export function unionScopes(...sets: (readonly string[] | null | undefined)[]): string[] {
  return [...new Set(sets.flatMap((set) => set ?? []))].filter(isScope).slice(0, SCOPE_LIMIT);
}

/** Wanted scopes that were not granted (RFC 6750 §3.1 `insufficient_scope`); all when nothing is known. */
export function missingScopes(wanted: readonly string[], granted: readonly string[] | null): string[] {
  return wanted.filter((scope) => !granted?.includes(scope));
}

/** Splits a `scope` value (RFC 6749 §3.3); null when it names none. */
export function splitScope(value: string | undefined): string[] | null {
  const scopes = unionScopes(value?.split(/\s/));
  return scopes.length > 0 ? scopes : null;
}

// RFC 6749 §3.3: scope-token is printable ASCII without space, quote and backslash.
function isScope(scope: string): boolean {
  return scope.length <= 1024 && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
}
