import type { DevToolsSession, Protocol } from './devtools.ts';
import { fromChromium, isMapped, policyToChromium, toChromium } from './scheme-urls.ts';
import type { Session } from './session.ts';
import type { WebContents } from './web-contents.ts';

type Paused = Protocol.Fetch.requestPausedPayload;
type HeaderEntry = Protocol.Fetch.HeaderEntry;

const resourceTypes: Partial<
  Record<Protocol.Network.ResourceType, Electron.OnBeforeRequestListenerDetails['resourceType']>
> = {
  Document: 'mainFrame',
  Stylesheet: 'stylesheet',
  Script: 'script',
  Image: 'image',
  Font: 'font',
  Media: 'media',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  WebSocket: 'webSocket',
};

const isAddress = new Set(['origin', 'referer', 'location', 'access-control-allow-origin']);
const isPolicy = new Set(['content-security-policy', 'content-security-policy-report-only']);

function headersFromChromium(headers: Record<string, string>): Headers {
  const mapped = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    mapped.set(name, isAddress.has(lower) ? fromChromium(value) : value);
  }
  return mapped;
}

function headerToChromium(name: string, value: string): HeaderEntry {
  const lower = name.toLowerCase();
  if (isAddress.has(lower))
    return { name, value: toChromium(value).replace(/\/$/, value.endsWith('/') ? '/' : '') };
  return { name, value: isPolicy.has(lower) ? policyToChromium(value) : value };
}

function listsByName(headers: Iterable<[string, string]>): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    const list = lists[name] ?? [];
    list.push(value);
    lists[name] = list;
  }
  return lists;
}

function entriesOf(lists: Record<string, string | string[]>): HeaderEntry[] {
  return Object.entries(lists).flatMap(([name, values]) =>
    [values].flat().map((value) => headerToChromium(name, value)),
  );
}

/** Stands between a page and the network: navigation events, `webRequest`, and the schemes of `protocol.handle`. */
export class RequestInterception {
  #devtools: DevToolsSession;
  #contents: WebContents;
  #session: Session;
  #lastId = 0;

  constructor(devtools: DevToolsSession, contents: WebContents, session: Session) {
    this.#devtools = devtools;
    this.#contents = contents;
    this.#session = session;
    devtools.on('Fetch.requestPaused', (paused) => {
      this.#paused(paused).catch((error) => {
        console.error(error);
        this.#fail(paused, 'Failed');
      });
    });
  }

  #fail({ requestId }: Paused, errorReason: Protocol.Network.ErrorReason): void {
    this.#devtools.post('Fetch.failRequest', { requestId, errorReason });
  }

  async #paused(paused: Paused): Promise<void> {
    if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined) {
      await this.#responsePaused(paused);
      return;
    }
    if (paused.resourceType === 'Document') {
      const goes = await this.#contents.mayNavigate(paused);
      if (!goes) {
        this.#fail(paused, 'Aborted');
        return;
      }
    }
    const details = this.#details(paused);
    const verdict = await this.#session.webRequest.beforeRequest(
      details as unknown as Electron.OnBeforeRequestListenerDetails,
    );
    if (verdict.cancel) this.#fail(paused, 'BlockedByClient');
    else if (verdict.redirectURL) this.#redirect(paused, verdict.redirectURL);
    else if (isMapped(paused.request.url)) await this.#answer(paused);
    else {
      this.#devtools.post('Fetch.continueRequest', {
        requestId: paused.requestId,
        interceptResponse: this.#session.webRequest.wantsHeadersOf(paused.request.url),
      });
    }
  }

  #details({ request, resourceType, frameId }: Paused) {
    const frame = this.#contents.frame(frameId);
    const isSubFrame = resourceType === 'Document' && frameId !== this.#contents.mainFrame.frameToken;
    return {
      id: ++this.#lastId,
      url: fromChromium(request.url),
      method: request.method,
      webContentsId: this.#contents.id,
      webContents: this.#contents,
      frame,
      resourceType: isSubFrame ? 'subFrame' : (resourceTypes[resourceType] ?? 'other'),
      referrer: fromChromium(request.headers.Referer ?? ''),
      timestamp: Date.now(),
      uploadData: [],
    };
  }

  #redirect({ requestId }: Paused, url: string): void {
    this.#devtools.post('Fetch.fulfillRequest', {
      requestId,
      responseCode: 307,
      responseHeaders: [{ name: 'Location', value: toChromium(url) }],
    });
  }

  async #answer(paused: Paused): Promise<void> {
    const { requestId, request } = paused;
    const url = fromChromium(request.url);
    const handler = this.#session.protocol.handlerFor(new URL(url).protocol.slice(0, -1));
    if (!handler) {
      this.#fail(paused, 'AddressUnreachable');
      return;
    }
    const body = request.hasPostData ? await this.#body(paused) : undefined;
    const response = await handler(
      new Request(url, {
        method: request.method,
        headers: headersFromChromium(request.headers),
        ...(body === undefined ? {} : { body }),
      }),
    );
    if (response.type === 'error') {
      this.#fail(paused, 'Failed');
      return;
    }
    const headers = await this.#session.webRequest.headersReceived({
      ...this.#details(paused),
      statusLine: `HTTP/1.1 ${response.status} ${response.statusText}`,
      statusCode: response.status,
      responseHeaders: listsByName(response.headers),
    } as unknown as Electron.OnHeadersReceivedListenerDetails);
    if (headers.cancel) {
      this.#fail(paused, 'BlockedByResponse');
      return;
    }
    if (paused.resourceType === 'Document') this.#contents.noteStatus(request.url, response.status);
    const bytes = Buffer.from(await response.arrayBuffer());
    this.#devtools.post('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      ...(response.statusText ? { responsePhrase: response.statusText } : {}),
      responseHeaders: entriesOf(headers.responseHeaders ?? listsByName(response.headers)),
      body: bytes.toString('base64'),
    });
  }

  async #body({ request }: Paused): Promise<Uint8Array<ArrayBuffer>> {
    const parts = (request.postDataEntries ?? []).map(({ bytes }) => Buffer.from(bytes ?? '', 'base64'));
    return parts.length > 0 ? Buffer.concat(parts) : Buffer.from(request.postData ?? '');
  }

  async #responsePaused(paused: Paused): Promise<void> {
    const { requestId, responseStatusCode, responseHeaders = [], responseStatusText } = paused;
    if (responseStatusCode === undefined) {
      this.#devtools.post('Fetch.continueRequest', { requestId });
      return;
    }
    const verdict = await this.#session.webRequest.headersReceived({
      ...this.#details(paused),
      statusLine: `HTTP/1.1 ${responseStatusCode} ${responseStatusText ?? ''}`,
      statusCode: responseStatusCode,
      responseHeaders: listsByName(responseHeaders.map(({ name, value }) => [name, value])),
    } as unknown as Electron.OnHeadersReceivedListenerDetails);
    if (verdict.cancel) this.#fail(paused, 'BlockedByResponse');
    else if (verdict.responseHeaders) {
      this.#devtools.post('Fetch.continueResponse', {
        requestId,
        responseCode: responseStatusCode,
        responseHeaders: entriesOf(verdict.responseHeaders),
      });
    } else this.#devtools.post('Fetch.continueResponse', { requestId });
  }
}
