import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const SECRET_FIELDS = [
  'code',
  'code_verifier',
  'client_secret',
  'refresh_token',
  'access_token',
  'registration_access_token',
  'id_token',
  'token',
];
const CHANNEL = 'http.server.request.start';

/** Every secret that crossed the wire, as the servers of this process saw it. */
export class ServerWire {
  readonly #secrets = new Map<string, Set<string>>();

  constructor() {
    subscribe(CHANNEL, this.#watch);
  }

  /** Values by the name they were sent under. */
  get secrets(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#secrets;
  }

  /** All values, each once. */
  values(): string[] {
    return [...new Set([...this.#secrets.values()].flatMap((values) => [...values]))];
  }

  stop(): void {
    unsubscribe(CHANNEL, this.#watch);
  }

  readonly #watch = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const [scheme, credentials] = (request.headers.authorization ?? '').split(' ');
    if (credentials && scheme !== 'Basic') this.#add('access_token', credentials);
    this.#form(new URL(request.url ?? '/', 'http://wire').search.slice(1));
    collect(request, (body) => this.#body(body));
    collectAnswer(response, (body) => this.#body(body));
    const writeHead = response.writeHead.bind(response) as (...parameters: unknown[]) => ServerResponse;
    response.writeHead = ((...parameters: unknown[]) => {
      const result = writeHead(...parameters);
      const location = response.getHeader('location');
      if (typeof location === 'string') this.#form(location.split('?')[1] ?? '');
      return result;
    }) as ServerResponse['writeHead'];
  };

  #body(body: string): void {
    if (body.startsWith('{')) {
      try {
        for (const [name, value] of Object.entries(JSON.parse(body) as Record<string, unknown>))
          this.#add(name, value);
      } catch {
        // Not one whole JSON document: an event stream, which carries no secret of ours.
      }
    } else this.#form(body);
  }

  #form(text: string): void {
    for (const [name, value] of new URLSearchParams(text)) this.#add(name, value);
  }

  #add(name: string, value: unknown): void {
    // Short values would be found everywhere; every secret here is long.
    if (!SECRET_FIELDS.includes(name) || typeof value !== 'string' || value.length < 16) return;
    const known = this.#secrets.get(name) ?? new Set<string>();
    known.add(value);
    this.#secrets.set(name, known);
  }
}

/** Listens to a request's body without reading it in the handler's place. */
function collect(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const emit = request.emit.bind(request) as (name: string | symbol, ...parameters: unknown[]) => boolean;
  request.emit = ((name: string | symbol, ...parameters: unknown[]) => {
    if (name === 'data') chunks.push(Buffer.from(parameters[0] as Uint8Array));
    if (name === 'end') done(Buffer.concat(chunks).toString('utf8'));
    return emit(name, ...parameters);
  }) as IncomingMessage['emit'];
}

function collectAnswer(response: ServerResponse, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
  };
  const write = response.write.bind(response) as (...parameters: unknown[]) => boolean;
  response.write = ((...parameters: unknown[]) => {
    keep(parameters[0]);
    return write(...parameters);
  }) as ServerResponse['write'];
  const end = response.end.bind(response) as (...parameters: unknown[]) => ServerResponse;
  response.end = ((...parameters: unknown[]) => {
    keep(parameters[0]);
    done(Buffer.concat(chunks).toString('utf8'));
    return end(...parameters);
  }) as ServerResponse['end'];
}
