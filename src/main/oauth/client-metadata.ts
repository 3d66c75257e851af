import { appIdentity } from '../../shared/app-identity.ts';

/** Grants every registration of ours asks for (RFC 7591 §2). */
const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;

/** What Gatehouse says about itself wherever it registers (RFC 7591 §2, OpenID Connect Registration §2). */
export function commonClientMetadata(): Record<string, unknown> {
  return {
    client_name: appIdentity.productName,
    client_uri: appIdentity.homepage,
    // MCP authorization: without it "web" is assumed, which may not redirect to loopback or a private scheme.
    application_type: 'native',
    grant_types: [...GRANT_TYPES],
    response_types: ['code'],
    software_id: appIdentity.softwareId,
    software_version: appIdentity.version,
  };
}

/**
 * Our client ID metadata document (draft-ietf-oauth-client-id-metadata-document §4; MCP authorization): to be
 * hosted at `clientMetadataUrl`, whose value it carries as `client_id`.
 * @param clientId URL the document is hosted at
 */
export function clientMetadataDocument(
  clientId: string = appIdentity.clientMetadataUrl,
): Record<string, unknown> {
  // RFC 8252 §7.3: the port of a loopback redirect URI is free at request time.
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].map(
    (host) => `http://${host}${appIdentity.loopbackRedirectPath}`,
  );
  return {
    client_id: clientId,
    ...commonClientMetadata(),
    redirect_uris: [appIdentity.customSchemeRedirectUri, ...loopback],
    token_endpoint_auth_method: 'none',
  };
}

/** Whether a URL can be a client ID (draft-ietf-oauth-client-id-metadata-document §3: https, with a path). */
export function isClientIdUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, pathname, username, password, hash } = new URL(url);
  return protocol === 'https:' && pathname !== '/' && username === '' && password === '' && hash === '';
}
