import { join } from 'node:path';
import * as z from 'zod';
import { type LocalServer, type RemoteServer, type Server, server } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import { canonicalServerUrl } from '../oauth/url-policy.ts';
import { Book } from '../store/book.ts';
import { ListFile } from '../store/list-file.ts';

/** The servers the person added, with their settings. */
export class ServerBook extends Book<Server> {
  constructor(folder: string) {
    const path = join(folder, 'servers.json');
    super(new ListFile({ path, schema: z.array(server), migrations: [allRemote] }));
  }

  /** @throws ProblemError `server-unknown` */
  require(serverId: string): Server {
    const found = this.get(serverId);
    if (!found) throw failure('server-unknown');
    return found;
  }

  /** A server with an address, if there is one by that identifier. */
  remote(serverId: string): RemoteServer | undefined {
    const found = this.get(serverId);
    return found?.kind === 'remote' ? found : undefined;
  }

  /** @throws ProblemError `server-unknown`, `server-without-accounts` */
  requireRemote(serverId: string): RemoteServer {
    const found = this.require(serverId);
    if (found.kind !== 'remote') throw failure('server-without-accounts', { name: found.name });
    return found;
  }

  /** @throws ProblemError `server-unknown` */
  requireLocal(serverId: string): LocalServer {
    const found = this.require(serverId);
    if (found.kind !== 'local') throw failure('server-unknown');
    return found;
  }

  /** The server already added under this address, whatever its spelling. */
  findByUrl(url: URL): Server | undefined {
    const canonical = canonicalServerUrl(url);
    return this.all().find(
      (one) => one.kind === 'remote' && canonicalServerUrl(new URL(one.url)) === canonical,
    );
  }
}

/** Version 1 to 2: there were no local servers, so kinds were not told apart. */
function allRemote(content: unknown): unknown {
  return Array.isArray(content) ? content.map((entry: object) => ({ ...entry, kind: 'remote' })) : content;
}
