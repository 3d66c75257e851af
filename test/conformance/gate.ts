import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { AttemptLimit } from '../../src/main/servers/attempt-limit.ts';

/** Tells a client where the gate is; absent: it starts at once. */
const VARIABLE = 'GATEHOUSE_CONFORMANCE_GATE';

export interface Gate {
  /** What a client's environment needs to find the gate. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/**
 * Lets a bounded number of clients play at once. The suite starts all of them together: on a small or busy
 * machine forty would only wait for each other, and time limits would measure the machine.
 */
export async function openGate(places: number): Promise<Gate> {
  const limit = new AttemptLimit(places);
  const server = createServer((client) => {
    const gone = new AbortController();
    let leave = () => gone.abort();
    client.on('error', () => undefined);
    // A place is held as long as the client lives.
    client.once('close', () => leave());
    limit.enter(gone.signal).then(
      (left) => {
        leave = left;
        if (client.destroyed) left();
        else client.write('go');
      },
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { environment: { [VARIABLE]: String(port) }, close: () => server.close() };
}

/** Waits until this client may start; the place is given back when the process ends. */
export async function passGate(environment: NodeJS.ProcessEnv): Promise<void> {
  const port = environment[VARIABLE];
  if (port === undefined) return;
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'data');
}
