import { EventEmitter } from 'node:events';
import { type ClientRequest as NodeRequest, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const REDIRECTS = [301, 302, 303, 307, 308];

/** An address in one piece, or in the parts that Node's requests take. */
function addressOf({
  url,
  protocol = 'http:',
  host,
  hostname,
  port,
  path = '/',
}: Electron.ClientRequestConstructorOptions): URL {
  if (url !== undefined) return new URL(url);
  const authority = hostname !== undefined && port ? `${hostname}:${port}` : (host ?? hostname);
  if (authority === undefined) throw new Error('A request needs a url, a host or a hostname');
  return new URL(path, `${protocol}//${authority}`);
}

const MOST_REDIRECTS = 20;

/** `net.request` with `redirect: 'manual'` or `'follow'`: Node's request, reporting redirects as Electron does. */
export class ClientRequest extends EventEmitter {
  readonly #redirect: 'manual' | 'follow';
  #method: string;
  #headers: Record<string, string> = {};
  #body: string | Buffer | undefined;
  #request: NodeRequest;
  #redirects = 0;
  #over = false;

  constructor(options: Electron.ClientRequestConstructorOptions) {
    super();
    const { redirect = 'follow', method = 'GET', headers = {} } = options;
    if (redirect === 'error') throw new Error('stand-in: net.request does not know redirect: error');
    this.#redirect = redirect;
    this.#method = method;
    this.#request = this.#open(addressOf(options));
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, String(value));
  }

  #open(url: URL): NodeRequest {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(url, { method: this.#method, headers: this.#headers });
    let led = false;
    request.on('response', (message) => {
      const status = message.statusCode ?? 0;
      const { location } = message.headers;
      if (!REDIRECTS.includes(status) || location === undefined) {
        this.emit('response', message);
        return;
      }
      led = true;
      message.resume();
      const headers = Object.fromEntries(
        Object.entries(message.headersDistinct).map(([name, values]) => [name, values ?? []]),
      );
      this.#led(status, new URL(location, url), headers);
    });
    request.on('error', (error) => {
      if (!this.#over) this.emit('error', error);
    });
    request.on('close', () => {
      // One that led elsewhere is not the end, unless nobody went there.
      if (!led || this.#over) this.emit('close');
    });
    return request;
  }

  /** Another address is to be asked. */
  #led(status: number, to: URL, headers: Record<string, string[]>): void {
    const keeps = status === 307 || status === 308 || this.#method === 'HEAD';
    if (!keeps && (status === 303 || this.#method === 'POST')) {
      this.#method = 'GET';
      this.#body = undefined;
    }
    this.emit('redirect', status, this.#method, to.href, headers);
    if (this.#over) return;
    this.#redirects += 1;
    if (this.#redirect === 'follow' && this.#redirects <= MOST_REDIRECTS) {
      this.#request = this.#open(to);
      this.#request.end(this.#body);
      return;
    }
    // Whoever does not follow at once has the request cancelled.
    const reason = this.#redirect === 'manual' ? 'Redirect was cancelled' : 'net::ERR_TOO_MANY_REDIRECTS';
    this.emit('error', new Error(reason));
    this.abort();
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
    this.#request.setHeader(name, value);
  }

  end(chunk?: string | Buffer): void {
    this.#body = chunk;
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
