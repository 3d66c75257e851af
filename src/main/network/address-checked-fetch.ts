import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns';
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { failure } from '../../shared/problems.ts';
import type { ProtocolContext, ProtocolRequestInit } from '../oauth/context.ts';
import { mayConnect } from '../oauth/reach.ts';

type ProtocolFetch = ProtocolContext['fetch'];

export interface AddressCheckedFetchOptions {
  /** Fetch without an address check: for what may reach anything, and for what a proxy connects. */
  readonly unchecked: ProtocolFetch;
  /** Whether a connection to this address is made by this computer itself; false behind a proxy. */
  readonly isDirect: (url: URL) => Promise<boolean>;
  /** Certificates of authorities trusted, PEM; absent: Node's own. */
  readonly certificateAuthorities?: readonly string[];
  /** Name resolution; absent: the system's. */
  readonly lookup?: typeof systemLookup;
  /** The address policy; absent: the product's. */
  readonly mayConnect?: typeof mayConnect;
}

/**
 * A fetch that holds the address policy at the moment of connecting: a request of reach `public` gets a
 * connection to a public address or none, even when a name changes its address between check and use
 * (RFC 9728 §7.7). Behind a proxy the proxy resolves names, and the policy ends with the check before.
 */
export function addressCheckedFetch(options: AddressCheckedFetchOptions): ProtocolFetch {
  return async (input, init = {}) => {
    if (init.reach !== 'public') return options.unchecked(input, init);
    const url = new URL(input);
    if (!(await options.isDirect(url))) return options.unchecked(input, init);
    return fetchDirectly(url, init, options);
  };
}

function fetchDirectly(
  url: URL,
  init: ProtocolRequestInit,
  {
    certificateAuthorities,
    lookup = systemLookup,
    mayConnect: allows = mayConnect,
  }: AddressCheckedFetchOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? secureRequest : plainRequest;
    const options: RequestOptions & { ca?: string[] } = {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      lookup: checkedLookup((address) => allows(init.reach ?? 'any', address), url.host, lookup),
      ...(init.signal && { signal: init.signal }),
      ...(certificateAuthorities && { ca: [...certificateAuthorities] }),
    };
    const sent = request(url, options, (answer) => resolve(responseOf(answer)));
    sent.once('error', reject);
    sent.end(typeof init.body === 'string' ? init.body : undefined);
  });
}

/** Name resolution that fails with a problem when any address is out of reach. */
function checkedLookup(
  allows: (address: string) => boolean,
  host: string,
  lookup: typeof systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, [], 0);
      const refused = addresses.length === 0 || addresses.some(({ address }) => !allows(address));
      if (refused) return callback(failure('private-address-refused', { host }), [], 0);
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family ?? 4);
    });
  };
}

function responseOf(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = answer.statusCode ?? 500;
  const hasBody = ![101, 204, 205, 304].includes(status);
  const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null;
  if (!hasBody) answer.resume();
  return new Response(body, { status, headers });
}
