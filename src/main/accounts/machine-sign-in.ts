import { readFile } from 'node:fs/promises';
import type { MachineGrant, RemoteServer } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import type { ClientCredentials } from '../oauth/client-authentication.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import { IssuerRefusal } from '../oauth/issuer-request.ts';
import {
  clientCredentialsGrant,
  jwtBearerGrant,
  type MachineGrantRequest,
  requestIdentityAssertion,
} from '../oauth/machine-grants.ts';
import { TokenEndpointFailure, type TokenSet } from '../oauth/token-endpoint.ts';
import type { Vault } from '../vault/vault.ts';

export interface MachineSignInDependencies {
  readonly vault: Vault;
  /** Metadata of the company's identity provider. */
  readonly identityProvider: (context: ProtocolContext, issuer: string) => Promise<IssuerMetadata>;
}

/** Obtains tokens without a browser, the first time and at every renewal: nothing but the grant is kept. */
export class MachineSignIn {
  readonly #deps: MachineSignInDependencies;

  constructor(dependencies: MachineSignInDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Tokens by the machine grant of the server's settings.
   * @throws TokenEndpointFailure; ProblemError `machine-secret-missing`, or as discovery of the identity provider
   */
  async tokens(
    context: ProtocolContext,
    server: RemoteServer,
    request: MachineGrantRequest,
  ): Promise<TokenSet> {
    const tokens = await this.#granted(context, server, request);
    // RFC 6749 §4.4.3: a refresh token should not come with it; the grant itself can be asked again.
    return { ...tokens, refreshToken: null };
  }

  async #granted(
    context: ProtocolContext,
    server: RemoteServer,
    request: MachineGrantRequest,
  ): Promise<TokenSet> {
    const { machineGrant } = server.settings;
    switch (machineGrant?.kind) {
      case 'client-credentials':
        return clientCredentialsGrant(context, request);
      case 'identity-assertion': {
        const assertion = await this.#identityAssertion(context, server, machineGrant, request);
        return jwtBearerGrant(context, { ...request, assertion });
      }
      case 'workload-identity': {
        const assertion = await workloadToken(machineGrant.tokenFile, request.issuer);
        return jwtBearerGrant(context, { ...request, assertion });
      }
      case undefined:
        // The settings were changed meanwhile: from now on a person signs in.
        throw failure('grant-expired', { host: new URL(request.issuer.issuer).host });
    }
  }

  async #identityAssertion(
    context: ProtocolContext,
    server: RemoteServer,
    { identityProvider, identityProviderClientId }: Extract<MachineGrant, { kind: 'identity-assertion' }>,
    { issuer, resource, scopes }: MachineGrantRequest,
  ): Promise<string> {
    const reading = await this.#deps.vault.read(server.id, 'server');
    const subjectToken = reading.kind === 'found' ? reading.secrets.identityToken : undefined;
    const { host } = new URL(identityProvider);
    if (subjectToken === undefined) throw failure('machine-secret-missing', { host, what: 'identity token' });
    const provider = await this.#deps.identityProvider(context, identityProvider);
    const credentials: ClientCredentials = {
      issuer: provider.issuer,
      clientId: identityProviderClientId,
      authentication: 'none',
    };
    try {
      return await requestIdentityAssertion(context, {
        issuer: provider,
        credentials,
        subjectToken,
        audience: issuer.issuer,
        resource,
        scopes,
      });
    } catch (error) {
      // The ID token ran out or was taken back (RFC 8693 §2.2.2, RFC 6749 §5.2): asking again does not help.
      if (error instanceof IssuerRefusal && error.refusal.error === 'invalid_grant') {
        throw new TokenEndpointFailure('grant-invalid', error.problem, null, { cause: error });
      }
      throw error;
    }
  }
}

/** The token a platform keeps in a file, for example a projected service account token. */
async function workloadToken(path: string, { issuer }: IssuerMetadata): Promise<string> {
  const missing = (cause: unknown) =>
    failure(
      'machine-secret-missing',
      { host: new URL(issuer).host, what: 'workload token' },
      (cause as NodeJS.ErrnoException | null)?.code ?? null,
      cause,
    );
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw missing(error);
  });
  const token = text.trim();
  if (token === '') throw missing(null);
  return token;
}
