import { readFileSync, writeFileSync } from 'node:fs';
import type {
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';

interface Stored {
  client?: StoredOAuthClientInformation;
  tokens?: StoredOAuthTokens;
  discovery?: OAuthDiscoveryState;
  verifier?: string;
}

/**
 * What a host has to write to use the SDK's own OAuth: everything the SDK can make use of, in one file of plain
 * text, and a browser.
 */
export class FileProvider implements OAuthClientProvider {
  readonly redirectUrl = 'app.gatehouse.desktop:/oauth/callback';
  readonly clientMetadata = {
    client_name: 'Bench',
    application_type: 'native' as const,
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  /** Addresses a browser was to be opened at. */
  readonly windows: URL[] = [];
  readonly #path: string;
  #stored: Stored;

  constructor(path: string) {
    this.#path = path;
    this.#stored = read(path);
  }

  /** Takes over what another account of the same host found out. */
  knowing(other: FileProvider): this {
    const { client, discovery } = other.#stored;
    this.#save({ ...(client && { client }), ...(discovery && { discovery }) });
    return this;
  }

  clientInformation = () => this.#stored.client;
  tokens = () => this.#stored.tokens;
  discoveryState = () => this.#stored.discovery;
  codeVerifier = () => this.#stored.verifier ?? '';
  saveClientInformation = (client: StoredOAuthClientInformation) => this.#save({ client });
  saveTokens = (tokens: StoredOAuthTokens) => this.#save({ tokens });
  saveDiscoveryState = (discovery: OAuthDiscoveryState) => this.#save({ discovery });
  saveCodeVerifier = (verifier: string) => this.#save({ verifier });

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all') this.#stored = {};
    else delete this.#stored[scope];
    this.#save({});
  }

  redirectToAuthorization(url: URL): void {
    this.windows.push(url);
  }

  #save(change: Stored): void {
    this.#stored = { ...this.#stored, ...change };
    writeFileSync(this.#path, JSON.stringify(this.#stored), { mode: 0o600 });
  }
}

function read(path: string): Stored {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Stored;
  } catch {
    return {};
  }
}
