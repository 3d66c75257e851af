import type { StorageProtection } from '../../shared/domain/account.ts';
import type { CertificateRequest } from '../../shared/domain/certificate-request.ts';
import type { ConnectionView } from '../../shared/domain/connection.ts';
import type { Elicitation } from '../../shared/domain/elicitation.ts';
import type { PolicyView } from '../../shared/domain/policy.ts';
import type { Registration } from '../../shared/domain/registration.ts';
import type { RevocationView } from '../../shared/domain/revocation.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { SignInView } from '../../shared/domain/sign-in.ts';
import type { AccountView, ServerView, Snapshot } from '../../shared/domain/snapshot.ts';
import type { UpdateState } from '../../shared/domain/update.ts';
import type { Problem } from '../../shared/problems.ts';
import type { MainEvent } from '../bridge.ts';

/** Everything the interface shows, by identifier. Each member is replaced, never changed. */
export interface World {
  servers: ReadonlyMap<string, ServerView>;
  accounts: ReadonlyMap<string, AccountView>;
  /** By {@link connectionKey}. */
  connections: ReadonlyMap<string, ConnectionView>;
  registrations: ReadonlyMap<string, Registration>;
  /** Sign-outs their issuers have not confirmed yet. */
  revocations: ReadonlyMap<string, RevocationView>;
  signIns: ReadonlyMap<string, SignInView>;
  /** Questions of servers that wait for the person. */
  elicitations: ReadonlyMap<string, Elicitation>;
  settings: Settings;
  storage: StorageProtection;
  policy: PolicyView | null;
  update: UpdateState;
  /** Servers that wait for the person to choose a certificate. */
  certificateRequests: ReadonlyMap<string, CertificateRequest>;
  notices: readonly Problem[];
  app: Snapshot['app'];
}

export function connectionKey(serverId: string, accountId: string | null): string {
  return `${serverId}/${accountId ?? ''}`;
}

function byId<T extends { id: string }>(entities: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entities.map((entity) => [entity.id, entity]));
}

export function worldOf(snapshot: Snapshot): World {
  return {
    servers: byId(snapshot.servers),
    accounts: byId(snapshot.accounts),
    connections: new Map(
      snapshot.connections.map((connection) => [
        connectionKey(connection.serverId, connection.accountId),
        connection,
      ]),
    ),
    registrations: byId(snapshot.registrations),
    revocations: byId(snapshot.revocations),
    signIns: byId(snapshot.signIns),
    elicitations: byId(snapshot.elicitations),
    settings: snapshot.settings,
    storage: snapshot.storage,
    policy: snapshot.policy,
    update: snapshot.update,
    certificateRequests: byId(snapshot.certificateRequests),
    notices: snapshot.notices,
    app: snapshot.app,
  };
}

/**
 * The parts of the world that a batch of events changes. Each map is copied at most once per batch,
 * whatever the number of events; parts not touched are absent.
 */
export function patchOf(world: World, events: readonly MainEvent[]): Partial<World> {
  const servers = new Patch(world.servers);
  const accounts = new Patch(world.accounts);
  const connections = new Patch(world.connections);
  const registrations = new Patch(world.registrations);
  const revocations = new Patch(world.revocations);
  const signIns = new Patch(world.signIns);
  const elicitations = new Patch(world.elicitations);
  const certificateRequests = new Patch(world.certificateRequests);
  const rest: Partial<World> = {};

  for (const event of events) {
    switch (event.name) {
      case 'server.changed':
        servers.set(event.payload.id, event.payload);
        break;
      case 'server.removed':
        servers.delete(event.payload.serverId);
        break;
      case 'account.changed':
        accounts.set(event.payload.id, event.payload);
        break;
      case 'account.removed':
        accounts.delete(event.payload.accountId);
        break;
      case 'connection.changed':
        connections.set(connectionKey(event.payload.serverId, event.payload.accountId), event.payload);
        break;
      case 'connection.removed':
        connections.delete(connectionKey(event.payload.serverId, event.payload.accountId));
        break;
      case 'registration.changed':
        registrations.set(event.payload.id, event.payload);
        break;
      case 'registration.removed':
        registrations.delete(event.payload.registrationId);
        break;
      case 'revocation.changed':
        revocations.set(event.payload.id, event.payload);
        break;
      case 'revocation.removed':
        revocations.delete(event.payload.revocationId);
        break;
      case 'sign-in.changed':
        signIns.set(event.payload.id, event.payload);
        break;
      case 'sign-in.removed':
        signIns.delete(event.payload.signInId);
        break;
      case 'elicitation.changed':
        elicitations.set(event.payload.id, event.payload);
        break;
      case 'elicitation.removed':
        elicitations.delete(event.payload.elicitationId);
        break;
      case 'certificate-request.changed':
        certificateRequests.set(event.payload.id, event.payload);
        break;
      case 'certificate-request.removed':
        certificateRequests.delete(event.payload.requestId);
        break;
      case 'update.changed':
        rest.update = event.payload;
        break;
      case 'settings.changed':
        rest.settings = event.payload;
        break;
      case 'storage.changed':
        rest.storage = event.payload;
        break;
      default:
    }
  }

  return {
    ...rest,
    ...(servers.changed && { servers: servers.map }),
    ...(accounts.changed && { accounts: accounts.map }),
    ...(connections.changed && { connections: connections.map }),
    ...(registrations.changed && { registrations: registrations.map }),
    ...(revocations.changed && { revocations: revocations.map }),
    ...(signIns.changed && { signIns: signIns.map }),
    ...(elicitations.changed && { elicitations: elicitations.map }),
    ...(certificateRequests.changed && { certificateRequests: certificateRequests.map }),
  };
}

/** Copy on first write. */
class Patch<Value> {
  map: ReadonlyMap<string, Value>;
  changed = false;
  #copy: Map<string, Value> | null = null;

  constructor(original: ReadonlyMap<string, Value>) {
    this.map = original;
  }

  set(key: string, value: Value): void {
    this.#own().set(key, value);
  }

  delete(key: string): void {
    if (this.map.has(key)) this.#own().delete(key);
  }

  #own(): Map<string, Value> {
    if (!this.#copy) {
      this.#copy = new Map(this.map);
      this.map = this.#copy;
      this.changed = true;
    }
    return this.#copy;
  }
}
