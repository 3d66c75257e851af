import type { AccountIdentity } from '../../shared/domain/account.ts';
import { visibleText } from '../../shared/problems.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import { introspectToken } from './introspection.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';

/**
 * Who an account belongs to, as the issuer's introspection tells it (RFC 7662 §2.2). Only a client that can
 * prove itself asks: issuers must refuse all others (§2.1), and their refusal would cost a request.
 * @param accessToken the token of the account
 * @returns null when the issuer does not say; never fails a sign-in
 */
export async function introspectedIdentity(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
  accessToken: string,
): Promise<AccountIdentity | null> {
  if (credentials.authentication === 'none') return null;
  const told = await introspectToken(ctx, issuer, credentials, accessToken).catch(() => null);
  // A token whose subject is the client itself was obtained without a person.
  if (!told?.active || !told.subject || told.subject === credentials.clientId) return null;
  const { subject, username } = told;
  return { subject, ...(username && { name: visibleText(username, 200) }), source: 'introspection' };
}
