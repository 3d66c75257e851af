import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody else's computer on the network: what it hears is what got out. */
export interface ForeignHost {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  /** For datagrams, as a STUN server would get them. */
  readonly datagramPort: number;
  /** Connections and datagrams heard so far. */
  readonly heard: readonly string[];
  /** Forgets what was heard. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a host that answers `/redirect` with a redirect to `/target`, and everything else with an HTML page. */
export async function startForeignHost(): Promise<ForeignHost> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`request ${request.url}`);
    if (request.url === '/redirect') response.writeHead(302, { location: '/target' }).end();
    else {
      response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
      response.end('<!doctype html><title>Foreign</title>');
    }
  });
  server.on('connection', () => heard.push('connection'));
  server.listen(0, '127.0.0.1');
  const datagrams = createSocket('udp4').on('message', () => heard.push('datagram'));
  datagrams.bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(datagrams, 'listening')]);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    datagramPort: datagrams.address().port,
    heard,
    reset: () => heard.splice(0),
    close: async () => {
      datagrams.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
