import { appIdentity } from '../../shared/app-identity.ts';
import type { Trace, TraceStep } from '../../shared/domain/trace.ts';
import { describeProblem } from '../../shared/problems.ts';

type SteppedRequest = TraceStep & { request: NonNullable<TraceStep['request']> };

/**
 * A trace as an HTTP archive (HAR 1.2), for any tool that reads one. Secrets were removed when it was recorded, so
 * sizes are those of what is left. What is not in HAR is in members that begin with an underscore, as HAR asks for.
 * @param version of Gatehouse, named as the archive's creator
 */
export function traceAsHar(trace: Trace, version: string) {
  const { startedAt, steps } = trace;
  const exchanges = steps.filter((step): step is SteppedRequest => step.request !== null);
  return {
    log: {
      version: '1.2',
      creator: { name: appIdentity.productName, version },
      pages: [
        {
          startedDateTime: moment(startedAt),
          id: PAGE,
          title: trace.title,
          pageTimings: { onContentLoad: -1, onLoad: -1 },
          comment: [trace.kind, trace.outcome, ...decisions(trace)].join('\n'),
        },
      ],
      entries: exchanges.map(entry).sort((a, b) => a.startedDateTime.localeCompare(b.startedDateTime)),
      comment: 'Secrets are replaced by •••, bodies cut at 16 KiB.',
    },
  };
}
export type Har = ReturnType<typeof traceAsHar>;

const PAGE = 'trace';
const moment = (at: number) => new Date(at).toISOString();

function decisions({ problem, steps }: Trace): string[] {
  const ends = problem ? [`${problem.code}: ${describeProblem(problem).sentence}`] : [];
  return [...ends, ...steps.filter(({ request }) => request === null).map(({ title }) => title)];
}

function entry(step: SteppedRequest) {
  const { at, request, response, tokens, from, to } = step;
  const wait = step.durationMs ?? 0;
  return {
    pageref: PAGE,
    startedDateTime: moment(at - Math.floor(wait)),
    time: wait,
    request: {
      method: request.method,
      url: asciiUrl(request.url),
      httpVersion: HTTP_VERSION,
      cookies: [],
      headers: pairs(request.headers),
      queryString: queryOf(request.url),
      headersSize: -1,
      bodySize: -1,
      ...(request.body !== null && {
        postData: { mimeType: mimeTypeOf(request.headers), params: [], text: request.body },
      }),
    },
    response: responseOf(response),
    cache: {},
    timings: { send: 0, wait, receive: 0 },
    comment: commentOf(step),
    _from: from,
    _to: to,
    ...(tokens.length > 0 && { _tokens: tokens }),
  };
}

/** The recorder stands above the wire and is not told. */
const HTTP_VERSION = 'unknown';

function responseOf(response: TraceStep['response']) {
  const headers = response?.headers ?? {};
  const text = response?.body ?? '';
  return {
    // 0 is what browsers write where no answer came.
    status: response?.status ?? 0,
    // Traces keep no reason phrase: RFC 9112 §4 has clients ignore it, and HTTP/2 has none.
    statusText: '',
    httpVersion: HTTP_VERSION,
    cookies: [],
    headers: pairs(headers),
    content: { size: Buffer.byteLength(text), mimeType: mimeTypeOf(headers), ...(text && { text }) },
    redirectURL: headers.location ?? '',
    headersSize: -1,
    bodySize: -1,
  };
}

function commentOf({ title, rule, notes, problem }: TraceStep): string {
  return [
    title,
    ...(rule ? [`Rule: ${rule.text} (${rule.reference})`] : []),
    ...notes.map((note) => `Note: ${note}`),
    ...(problem ? [`Problem: ${problem.code}: ${describeProblem(problem).sentence}`] : []),
  ].join('\n');
}

function pairs(headers: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

function queryOf(url: string): { name: string; value: string }[] {
  const query = url.split('#', 1)[0]?.split('?').slice(1).join('?') ?? '';
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

/** HAR wants an address as RFC 3986 writes it; the sign of a removed secret is not ASCII. */
function asciiUrl(url: string): string {
  return url.toWellFormed().replace(/[^!-~]/gu, encodeURIComponent);
}

function mimeTypeOf(headers: Record<string, string>): string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return type?.[1] ?? 'application/octet-stream';
}
