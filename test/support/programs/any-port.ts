// Loaded before a program that insists on a port: lets it listen on any free one of loopback, and says which.
import { type AddressInfo, Server } from 'node:net';

const { listen } = Server.prototype;

Server.prototype.listen = function (this: Server, ...given: unknown[]) {
  this.once('listening', () =>
    process.stderr.write(`listening on ${(this.address() as AddressInfo).port}\n`),
  );
  const told = given.find((one) => typeof one === 'function') as (() => void) | undefined;
  return listen.call(this, { port: 0, host: '127.0.0.1' }, told);
} as typeof listen;
