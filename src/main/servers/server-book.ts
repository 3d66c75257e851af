import { join } from 'node:path';
import * as z from 'zod';
import { type Server, server } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import { canonicalServerUrl } from '../oauth/url-policy.ts';
import { Book } from '../store/book.ts';

/** The servers the person added, with their settings. */
export class ServerBook extends Book<Server> {
  constructor(folder: string) {
    super({ path: join(folder, 'servers.json'), schema: z.array(server) });
  }

  /** @throws ProblemError `server-unknown` */
  require(serverId: string): Server {
    const found = this.get(serverId);
    if (!found) throw failure('server-unknown');
    return found;
  }

  /** The server already added under this address, whatever its spelling. */
  findByUrl(url: URL): Server | undefined {
    const canonical = canonicalServerUrl(url);
    return this.all().find((one) => canonicalServerUrl(new URL(one.url)) === canonical);
  }
}
