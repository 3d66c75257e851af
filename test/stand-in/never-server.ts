import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** An address that is always about to load. */
export const neverAddress = 'http://not-yet.invalid/';

/**
 * Listens on loopback and never answers.
 *
 * @returns the port
 */
export function startNeverServer(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => {
      connection.on('error', () => {});
      connection.unref();
    });
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    server.unref();
  });
}
