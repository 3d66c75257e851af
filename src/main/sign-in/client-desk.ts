import { appIdentity } from '../../shared/app-identity.ts';
import type { Registration } from '../../shared/domain/registration.ts';
import type { RemoteServer } from '../../shared/domain/server.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import { failure } from '../../shared/problems.ts';
import type { RegistrationBook } from '../accounts/registration-book.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { Discovery } from '../oauth/discovery.ts';
import {
  obtainClient,
  type PreRegisteredClient,
  type RegistrationOptions,
  registrationKind,
} from '../oauth/registration.ts';
import { unionScopes } from '../oauth/scopes.ts';
import type { Clock, Randomness, SchemeHandler } from '../ports.ts';
import { Turns } from '../turns.ts';
import type { Vault } from '../vault/vault.ts';
import { chooseRedirect, type RedirectKind } from './redirect/choice.ts';
import { type LoopbackListener, listenOnLoopback, loopbackPort } from './redirect/loopback.ts';
import type { KnownClient, ReadyClient, SuspendedSignIn } from './sign-in-attempt.ts';

export interface ClientDeskDependencies {
  readonly registrations: RegistrationBook;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly schemeHandler: SchemeHandler;
  readonly settings: () => Settings;
  /** URL of our client ID metadata document; null: never use one. */
  readonly clientMetadataUrl: string | null;
  /** Whether that document is online. One that is not is used only where nothing else would do. */
  readonly clientMetadataHosted: boolean;
}

type Receive = (parameters: URLSearchParams) => boolean;

/** Makes Gatehouse known at an issuer and decides how the browser comes back. */
export class ClientDesk {
  readonly #deps: ClientDeskDependencies;
  readonly #turns = new Turns();

  constructor(dependencies: ClientDeskDependencies) {
    this.#deps = dependencies;
  }

  /** How the browser will come back for this server. */
  async redirectOf(server: RemoteServer): Promise<RedirectKind> {
    return chooseRedirect({
      server: server.settings.redirect,
      app: this.#deps.settings().redirect,
      schemeRegistered: await this.#deps.schemeHandler.isRegistered(),
    });
  }

  /** How Gatehouse will identify itself at the issuer, without asking it. */
  kindOf(server: RemoteServer, discovery: Discovery): 'existing' | ReturnType<typeof registrationKind> {
    if (this.#known(server, discovery)) return 'existing';
    return registrationKind(discovery.issuer, {
      ...(server.settings.clientId && { preRegistered: { clientId: server.settings.clientId } }),
      clientMetadataUrl: this.#metadataUrlFor(discovery),
    });
  }

  /**
   * A client to sign in with: an earlier registration when its redirect still works, else a new one.
   * The listener, if any, is open when this resolves; the caller closes it.
   * @throws ProblemError when the issuer does not take us, or a fixed port is busy
   */
  async obtain(
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
    receive: Receive,
  ): Promise<ReadyClient> {
    // One at a time per issuer: the second of two sign-ins uses what the first registered.
    return this.#turns.take(discovery.issuer.issuer, () => this.#obtain(context, server, discovery, receive));
  }

  /**
   * The client of a server that is used without a browser: the one its settings name, for there is nobody to
   * register for (MCP extension OAuth client credentials, pre-registered clients).
   * @throws ProblemError `registration-not-offered` without a client ID
   */
  async machine(context: ProtocolContext, server: RemoteServer, discovery: Discovery): Promise<KnownClient> {
    const { registrations, clock, randomness } = this.#deps;
    const { issuer } = discovery.issuer;
    const known = this.#known(server, discovery);
    const preRegistered = await this.#preRegistered(server);
    if (!preRegistered) throw failure('registration-not-offered', { host: new URL(issuer).host });
    const options = { preRegistered, redirectUris: { customScheme: null, loopback: [] } };
    const client = await obtainClient(context, discovery.issuer, options);
    const id = known?.id ?? randomness.id();
    const registration = await registrations.keep(id, client, clock.now(), server.id);
    return { registration, credentials: client.credentials };
  }

  /**
   * The client of a sign-in that goes on after a restart, its listener open again on the same port.
   * Null when the registration or the port is gone.
   */
  async resume(suspended: SuspendedSignIn, receive: Receive): Promise<ReadyClient | null> {
    const registration = this.#deps.registrations.get(suspended.registrationId);
    const credentials = registration && (await this.#deps.registrations.credentials(registration.id));
    if (!registration || !credentials) return null;
    const { redirect } = suspended;
    const { redirectUri } = suspended.pending;
    const ready = { registration, credentials, redirectUri, fresh: false };
    if (redirect === 'custom-scheme') return { ...ready, redirect, listener: null };
    const listener = await listenOnLoopback({ port: loopbackPort(redirectUri) ?? 0, receive }).catch(
      () => null,
    );
    return listener && { ...ready, redirect, listener };
  }

  async #obtain(
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
    receive: Receive,
  ): Promise<ReadyClient> {
    const redirect = await this.redirectOf(server);
    const known = this.#known(server, discovery);
    const reused = known && (await this.#reuse(known, server, redirect, receive));
    if (reused) {
      context.observer.note(
        `The registration of ${new Date(known.registeredAt).toISOString()} is used again.`,
      );
      return reused;
    }
    return this.#register(context, server, discovery, redirect, receive);
  }

  #known(server: RemoteServer, { issuer, scopes }: Discovery): Registration | undefined {
    return this.#deps.registrations.find(issuer.issuer, server.id, server.settings, scopes);
  }

  async #reuse(
    known: Registration,
    server: RemoteServer,
    redirect: RedirectKind,
    receive: Receive,
  ): Promise<ReadyClient | null> {
    const expired =
      known.clientSecretExpiresAt !== null && known.clientSecretExpiresAt <= this.#deps.clock.now();
    const credentials = expired ? null : await this.#deps.registrations.credentials(known.id);
    if (!credentials) return null;
    const base = { registration: known, credentials, fresh: false };
    const custom = known.redirectUris.find((uri) => uri === appIdentity.customSchemeRedirectUri);
    if (redirect === 'custom-scheme' && custom) {
      return { ...base, redirect: 'custom-scheme', redirectUri: custom, listener: null };
    }
    const registered = known.redirectUris.find((uri) => loopbackPort(uri) !== null);
    if (!registered) return null;
    const fixed = server.settings.loopbackPort;
    const port = fixed ?? loopbackPort(registered) ?? 0;
    // A port that was asked for by the person must be that one; ours may change with a new registration.
    if (fixed !== undefined && known.kind === 'dynamic' && loopbackPort(registered) !== fixed) return null;
    const listener = await listenOnLoopback({ port, receive }).catch((error: unknown) => {
      if (fixed !== undefined) throw error;
      return null;
    });
    if (!listener) return null;
    return { ...base, redirect: 'loopback', redirectUri: redirectUriOf(registered, listener), listener };
  }

  async #register(
    context: ProtocolContext,
    server: RemoteServer,
    discovery: Discovery,
    redirect: RedirectKind,
    receive: Receive,
  ): Promise<ReadyClient> {
    const { registrations, clock, randomness } = this.#deps;
    const preRegistered = await this.#preRegistered(server);
    // The listener first: some issuers insist on the exact port that was registered.
    const listener = await listenOnLoopback({ port: server.settings.loopbackPort ?? 0, receive });
    try {
      const options: RegistrationOptions = {
        ...(preRegistered && { preRegistered }),
        clientMetadataUrl: this.#metadataUrlFor(discovery),
        redirectUris: {
          customScheme: redirect === 'custom-scheme' ? appIdentity.customSchemeRedirectUri : null,
          loopback: [listener.redirectUri],
        },
        prefer: redirect,
        scopes: scopesToRegister(discovery),
      };
      const client = await obtainClient(context, discovery.issuer, options);
      const registration = await registrations.keep(
        randomness.id(),
        client,
        clock.now(),
        client.kind === 'pre-registered' ? server.id : null,
      );
      const redirectUri = client.redirectUris[0];
      if (redirectUri === undefined) throw failure('redirect-uri-refused', { host: discovery.issuer.issuer });
      const ready = { registration, credentials: client.credentials, fresh: true };
      if (redirectUri === appIdentity.customSchemeRedirectUri) {
        listener.close();
        return { ...ready, redirect: 'custom-scheme', redirectUri, listener: null };
      }
      return { ...ready, redirect: 'loopback', redirectUri: redirectUriOf(redirectUri, listener), listener };
    } catch (error) {
      listener.close();
      throw error;
    }
  }

  /**
   * The specification puts the metadata document before registration. An issuer that fetches it and finds
   * nothing refuses in the browser, where we can't see it: a document not online yet comes last instead.
   */
  #metadataUrlFor({ issuer }: Discovery): string | null {
    const { clientMetadataUrl, clientMetadataHosted } = this.#deps;
    return clientMetadataHosted || !issuer.server.registration_endpoint ? clientMetadataUrl : null;
  }

  async #preRegistered(server: RemoteServer): Promise<PreRegisteredClient | null> {
    const { clientId, clientAuthentication } = server.settings;
    if (!clientId) return null;
    const reading = await this.#deps.vault.read(server.id, 'server');
    // Without its secret the client would be told off by the issuer, for a reason that is none of its own.
    if (reading.kind === 'unavailable')
      throw failure('secrets-locked', { label: server.name }, reading.reason);
    const { clientSecret, privateKey } = reading.kind === 'found' ? reading.secrets : {};
    return {
      clientId,
      ...(clientSecret && { clientSecret }),
      ...(privateKey && { privateKey: privateKey as NonNullable<PreRegisteredClient['privateKey']> }),
      ...(clientAuthentication && { authentication: clientAuthentication }),
    };
  }
}

/** An issuer that lists no more than this serves these servers; a longer list is about other things as well. */
const OWN_SCOPES = 30;

/**
 * What a new client is registered for: all that is asked now, and all the server may want later, so that a step-up
 * needs no other client (RFC 7591 §2). It is no request for consent.
 */
function scopesToRegister({ scopes, protectedResource, issuer }: Discovery): string[] | null {
  if (scopes === null) return null;
  const listed = issuer.server.scopes_supported ?? [];
  return unionScopes(scopes, protectedResource?.scopesSupported, listed.length <= OWN_SCOPES ? listed : []);
}

/** A registered loopback redirect URI with the port that is really open (RFC 8252 §7.3). */
function redirectUriOf(registered: string, listener: LoopbackListener): string {
  const url = new URL(registered);
  url.port = String(listener.port);
  return url.href;
}
