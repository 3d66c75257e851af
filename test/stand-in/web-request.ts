type Filter = Electron.WebRequestFilter;
type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (response: Electron.CallbackResponse) => void,
) => void;
type HeadersReceived = (
  details: Electron.OnHeadersReceivedListenerDetails,
  callback: (response: Electron.HeadersReceivedResponse) => void,
) => void;

/** Reads `(filter, listener)`, `(listener)` and `(null)`, the three ways to call a `webRequest` method. */
function filtered<Listener>(
  first: Filter | Listener | null,
  second?: Listener | null,
): { matches(url: string): boolean; listener: Listener } | undefined {
  const listener = typeof first === 'function' ? first : second;
  if (!listener) return undefined;
  const patterns = first && typeof first === 'object' && 'urls' in first ? first.urls : [];
  const expressions = patterns.map((pattern) =>
    pattern === '<all_urls>'
      ? /^/
      : new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`),
  );
  return {
    matches: (url) => expressions.length === 0 || expressions.some((expression) => expression.test(url)),
    listener,
  };
}

/** `session.webRequest`, for requests of pages. */
export class WebRequest {
  #beforeRequest: ReturnType<typeof filtered<BeforeRequest>>;
  #headersReceived: ReturnType<typeof filtered<HeadersReceived>>;

  onBeforeRequest(first: Filter | BeforeRequest | null, second?: BeforeRequest | null): void {
    this.#beforeRequest = filtered(first, second);
  }

  onHeadersReceived(first: Filter | HeadersReceived | null, second?: HeadersReceived | null): void {
    this.#headersReceived = filtered(first, second);
  }

  /** What is to become of a request that is about to be made. */
  async beforeRequest(details: Electron.OnBeforeRequestListenerDetails): Promise<Electron.CallbackResponse> {
    const entry = this.#beforeRequest;
    if (!entry?.matches(details.url)) return {};
    return await new Promise((resolve) => entry.listener(details, resolve));
  }

  /** Whether anybody wants to see the response of this address. */
  wantsHeadersOf(url: string): boolean {
    return this.#headersReceived?.matches(url) ?? false;
  }

  /** What is to become of a response that has arrived. */
  async headersReceived(
    details: Electron.OnHeadersReceivedListenerDetails,
  ): Promise<Electron.HeadersReceivedResponse> {
    const entry = this.#headersReceived;
    if (!entry?.matches(details.url)) return {};
    return await new Promise((resolve) => entry.listener(details, resolve));
  }
}
