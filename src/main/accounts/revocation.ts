import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import type { ClientCredentials } from '../oauth/registration.ts';
import { deleteRegistration } from '../oauth/registration-management.ts';
import { revokeToken } from '../oauth/revocation.ts';
import type { QueuedRevocation } from '../vault/secrets.ts';

/**
 * Revokes the tokens a sign-out left at the issuer. Doing it twice does no harm: an unknown token is a
 * success (RFC 7009 §2.2).
 * @throws ProblemError when the issuer could not be reached, or refused
 */
export async function revokeLeftTokens(
  context: ProtocolContext,
  issuer: IssuerMetadata,
  { accessToken, refreshToken, replaced, client }: QueuedRevocation,
): Promise<'confirmed' | 'not-offered' | 'nothing-to-revoke'> {
  const credentials = { ...client, issuer: issuer.issuer } as ClientCredentials;
  const answers: ('confirmed' | 'not-offered')[] = [];
  // The refresh token first: issuers end the whole grant with it (RFC 7009 §2.1).
  if (refreshToken)
    answers.push(await revokeToken(context, issuer, credentials, refreshToken, 'refresh_token'));
  if (accessToken) answers.push(await revokeToken(context, issuer, credentials, accessToken, 'access_token'));
  for (const { token, hint } of replaced) {
    answers.push(await revokeToken(context, issuer, credentials, token, hint));
  }
  return answers.includes('confirmed') ? 'confirmed' : (answers[0] ?? 'nothing-to-revoke');
}

/**
 * Deletes the registration a sign-out left at the issuer, if any (RFC 7592 §2.3). One that is gone is a success.
 * @throws ProblemError when the issuer could not be reached, or refused
 */
export async function deleteLeftRegistration(
  context: ProtocolContext,
  issuer: IssuerMetadata,
  { registration }: QueuedRevocation,
): Promise<'deleted' | null> {
  if (!registration) return null;
  await deleteRegistration(context, {
    issuer,
    registrationClientUri: registration.uri,
    registrationAccessToken: registration.accessToken,
  });
  return 'deleted';
}
