import * as z from 'zod';

/** A string of a metadata document; longer ones are not believed. */
export const boundedText = z.string().min(1).max(4096);

/** A list of strings, cut at `limit`; members that are no string are left out. */
export function textList(limit: number) {
  return z
    .array(z.unknown())
    .transform(
      (list) => list.filter((one) => boundedText.safeParse(one).success).slice(0, limit) as string[],
    );
}

const text = boundedText.optional().catch(undefined);
const list = textList(200).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/**
 * The members of authorization server metadata we use (RFC 8414 §2, OpenID Connect Discovery §3, RFC 9126 §5,
 * RFC 9207 §3, RFC 9449 §5.1); all others are dropped. A member of the wrong type counts as absent.
 */
export const authorizationServerMetadata = z.object({
  issuer: boundedText,
  authorization_endpoint: text,
  token_endpoint: text,
  registration_endpoint: text,
  revocation_endpoint: text,
  introspection_endpoint: text,
  userinfo_endpoint: text,
  jwks_uri: text,
  pushed_authorization_request_endpoint: text,
  require_pushed_authorization_requests: flag,
  scopes_supported: list,
  response_types_supported: list,
  grant_types_supported: list,
  code_challenge_methods_supported: list,
  token_endpoint_auth_methods_supported: list,
  token_endpoint_auth_signing_alg_values_supported: list,
  revocation_endpoint_auth_methods_supported: list,
  dpop_signing_alg_values_supported: list,
  id_token_signing_alg_values_supported: list,
  authorization_response_iss_parameter_supported: flag,
  client_id_metadata_document_supported: flag,
  authorization_grant_profiles_supported: list,
});
