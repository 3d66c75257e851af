/** Everything that names this product. To rebrand, change this file and nothing else. */
export const appIdentity = {
  productName: 'Gatehouse',
  /** Reverse-domain application ID; also the private-use URI scheme (RFC 8252 §7.1). */
  appId: 'app.gatehouse.desktop',
  scheme: 'app.gatehouse.desktop',
  /** Redirect URI of the custom scheme. One slash: a private-use scheme has no authority (RFC 8252 §7.1). */
  customSchemeRedirectUri: 'app.gatehouse.desktop:/oauth/callback',
  /** Path of the loopback redirect URI (RFC 8252 §7.3); the port is chosen per sign-in or fixed per server. */
  loopbackRedirectPath: '/oauth/callback',
  /** Where the renderer is served from, inside the app only. */
  rendererOrigin: 'app://gatehouse',
  version: '0.1.0',
  softwareId: 'a2f6c0de-6f1c-4a8e-9a3d-6b1f7a0e54c1',
  homepage: 'https://gatehouse.app',
  /** Client ID metadata document: its URL is our client_id at issuers that support it. */
  clientMetadataUrl: 'https://gatehouse.app/oauth/client-metadata.json',
  /** Whether the document is online there. Set to true with the release that publishes it. */
  clientMetadataHosted: false,
} as const;
