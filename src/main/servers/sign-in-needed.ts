import { makeProblem, ProblemError } from '../../shared/problems.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';

/** The server answered 401 and no token of ours helps: a person has to sign in. */
export class SignInNeeded extends ProblemError {
  readonly challenge: BearerChallenge | null;

  constructor(host: string, challenge: BearerChallenge | null) {
    super(makeProblem('sign-in-needed', { host }, challenge?.error ?? null));
    this.challenge = challenge;
  }
}

/** The server answered 403 `insufficient_scope` (RFC 6750 §3.1): a person has to grant more. */
export class MoreScopeNeeded extends ProblemError {
  readonly scopes: readonly string[];

  constructor(host: string, scopes: readonly string[]) {
    super(makeProblem('scope-insufficient', { host, scopes: scopes.join(' ') || '–' }, 'insufficient_scope'));
    this.scopes = scopes;
  }
}
