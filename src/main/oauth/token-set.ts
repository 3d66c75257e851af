import * as z from 'zod';
import { failure } from '../../shared/problems.ts';
import { UNVALIDATED_ID_TOKEN } from './answer-repairs.ts';
import { splitScope } from './scopes.ts';

/** Tokens as granted. Secret: never logged. Plain JSON. */
export interface TokenSet {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null when the issuer does not say. */
  readonly expiresAt: number | null;
  /** Granted scopes: as told, else as asked (RFC 6749 §5.1); null when neither. */
  readonly scopes: string[] | null;
  readonly idToken: string | null;
}

const LONGEST_LIFE_S = 10 * 365 * 24 * 60 * 60;

// RFC 6750 §2.1 allows less; what matters is that a token fits into a header and nothing else does.
const headerToken = z
  .string()
  .max(65_536)
  .regex(/^[\x21-\x7e]+$/);

const answer = z.object({
  access_token: headerToken,
  token_type: z.string().max(100),
  refresh_token: z.string().min(1).max(65_536).optional().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
  scope: z.string().max(65_536).optional().catch(undefined),
  [UNVALIDATED_ID_TOKEN]: z.string().max(65_536).optional().catch(undefined),
});

/**
 * Reads a tidied token answer (RFC 6749 §5.1).
 * @param context.host of the issuer, for messages
 * @param context.sentAt when the request left, milliseconds since the epoch: life is counted from there
 * @param context.asked scopes asked for, granted when the answer names none
 * @param context.dpop whether the request carried a DPoP proof
 * @throws ProblemError `answer-malformed`; `token-refused` for a DPoP token nobody can prove (RFC 9449 §5)
 */
export function readTokenSet(
  body: unknown,
  context: { host: string; sentAt: number; asked: readonly string[] | null; dpop: boolean },
): TokenSet {
  const parsed = answer.safeParse(body);
  const { host } = context;
  if (!parsed.success)
    throw failure('answer-malformed', { host, what: 'a token answer without a usable token' });
  const { access_token, token_type, refresh_token, expires_in, scope } = parsed.data;
  const bound = token_type.toLowerCase() === 'dpop';
  if (bound && !context.dpop)
    throw failure('token-refused', { host, error: 'a DPoP token nobody asked for' });
  const lifeS = expires_in === undefined ? null : Math.min(expires_in, LONGEST_LIFE_S);
  return {
    accessToken: access_token,
    tokenType: bound ? 'DPoP' : 'Bearer',
    refreshToken: refresh_token ?? null,
    expiresAt: lifeS === null ? null : Math.floor(context.sentAt + lifeS * 1000),
    scopes: splitScope(scope) ?? (context.asked === null ? null : [...context.asked]),
    idToken: parsed.data[UNVALIDATED_ID_TOKEN] ?? null,
  };
}
