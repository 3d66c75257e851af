import type { Account, GrantState } from '../../shared/domain/account.ts';
import { type Dpop, importDpop } from '../oauth/dpop.ts';
import type { TokenSet } from '../oauth/token-endpoint.ts';
import type { AccountSecrets, ReplacedToken } from '../vault/secrets.ts';

/** A token this close to its end is renewed before use: it must survive the way to the server … */
const EXPIRY_MARGIN_MS = 10_000;
/** … but no more than this part of its life is given away. */
const EXPIRY_MARGIN_FRACTION = 0.1;
/** Clocks are corrected by a little all the time; that much the margin covers. */
const CLOCK_TOLERANCE_MS = 10_000;

/** Tokens of one account in memory, with what has happened to them. */
export interface HeldTokens {
  readonly secrets: AccountSecrets;
  readonly dpop: Dpop | null;
  /** False while the newest tokens could not be written: they must be, before anyone uses them. */
  stored: boolean;
  /** The server answered 401 to the access token. */
  refused: boolean;
  /** What was in use before, while the newest tokens are not stored. */
  before: HeldTokens | null;
}

/** Takes tokens into memory; those read from the vault are stored already. */
export async function heldTokens(secrets: AccountSecrets): Promise<HeldTokens> {
  const { dpopKey } = secrets;
  const dpop = dpopKey ? await importDpop(dpopKey as Parameters<typeof importDpop>[0]) : null;
  return { secrets, dpop, stored: true, refused: false, before: null };
}

/** Tokens of earlier grants kept per account, for the day it is signed out. */
const REPLACED_LIMIT = 10;

/** What a sign-in takes the place of. An access token ends by itself where it came with a refresh token. */
export function replacedBy(before: AccountSecrets | null): ReplacedToken[] {
  if (before === null) return [];
  const { refreshToken, accessToken, replaced = [] } = before;
  const last: ReplacedToken =
    refreshToken !== null
      ? { token: refreshToken, hint: 'refresh_token' }
      : { token: accessToken, hint: 'access_token' };
  return [...replaced, last].slice(-REPLACED_LIMIT);
}

/**
 * @param issuedAt milliseconds since the Unix epoch, by the clock here
 * @param kept what a renewal leaves as it is
 */
export function secretsOf(
  tokens: TokenSet,
  account: Account,
  issuedAt: number,
  { dpopKey, replaced }: Pick<AccountSecrets, 'dpopKey' | 'replaced'>,
): AccountSecrets {
  return {
    kind: 'account',
    accessToken: tokens.accessToken,
    tokenType: tokens.tokenType,
    refreshToken: tokens.refreshToken,
    expiresAt: tokens.expiresAt,
    issuedAt,
    scopes: tokens.scopes,
    account,
    ...(dpopKey && { dpopKey }),
    ...(replaced?.length && { replaced }),
  };
}

/** The state after a renewal: it mends what was wrong with the tokens, not what the server wants of the grant. */
export function renewedState(before: GrantState): GrantState {
  return before.kind === 'insufficient' || before.kind === 'issuer-moved' ? before : { kind: 'live' };
}

/** Whether new tokens can be had without a person. */
export function isRenewable({ grant }: Account, { refreshToken }: AccountSecrets): boolean {
  return refreshToken !== null || grant.machine !== undefined;
}

/**
 * Whether a moment in the past lies in the future: the clock was set back since, and nothing reckoned from
 * that moment holds.
 * @param moment when something happened, milliseconds since the Unix epoch
 */
export function clockWentBack(moment: number, now: number): boolean {
  return moment > now + CLOCK_TOLERANCE_MS;
}

/** Whether an access token's life is over, as far as the clock can tell. */
export function hasEnded({ expiresAt }: AccountSecrets, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** Whether an access token should be renewed before its next use. */
export function endsSoon({ expiresAt, issuedAt }: AccountSecrets, now: number): boolean {
  if (expiresAt === null) return false;
  const margin = Math.min(EXPIRY_MARGIN_MS, (expiresAt - issuedAt) * EXPIRY_MARGIN_FRACTION);
  return expiresAt - margin <= now || clockWentBack(issuedAt, now);
}
