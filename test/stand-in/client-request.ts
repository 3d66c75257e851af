import { EventEmitter } from 'node:events';
import { type ClientRequest as NodeRequest, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const REDIRECTS = [301, 302, 303, 307, 308];

/** `net.request` with `redirect: 'manual'`: Node's request, reporting redirects as Electron does. */
export class ClientRequest extends EventEmitter {
  readonly #request: NodeRequest;
  #over = false;

  constructor(options: Electron.ClientRequestConstructorOptions) {
    super();
    if (options.redirect !== 'manual') throw new Error('stand-in: net.request knows redirect: manual only');
    const url = new URL(options.url ?? '');
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    this.#request = send(url, { method: options.method ?? 'GET' });
    this.#request.on('response', (message) => {
      const status = message.statusCode ?? 0;
      const { location } = message.headers;
      if (!REDIRECTS.includes(status) || location === undefined) {
        this.emit('response', message);
        return;
      }
      message.resume();
      const headers = Object.fromEntries(
        Object.entries(message.headersDistinct).map(([name, values]) => [name, values ?? []]),
      );
      const method = status === 303 ? 'GET' : (options.method ?? 'GET');
      this.emit('redirect', status, method, new URL(location, url).href, headers);
      // Whoever does not follow at once has the request cancelled.
      if (!this.#over) this.emit('error', new Error('Redirect was cancelled'));
      this.abort();
    });
    this.#request.on('error', (error) => {
      if (!this.#over) this.emit('error', error);
    });
    this.#request.on('close', () => this.emit('close'));
  }

  setHeader(name: string, value: string): void {
    this.#request.setHeader(name, value);
  }

  end(chunk?: string | Buffer): void {
    if (chunk === undefined) this.#request.end();
    else this.#request.end(chunk);
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#request.destroy();
  }
}

// `end` gives the request back in Electron; nobody here chains on it.
ClientRequest.prototype satisfies Pick<Electron.ClientRequest, 'setHeader' | 'abort'>;
