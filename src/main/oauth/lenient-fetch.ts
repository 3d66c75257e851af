import type { AnswerKind, Draft } from './answer-draft.ts';
import { repairs } from './answer-repairs.ts';
import type { ProtocolContext, Rule } from './context.ts';
import { send } from './http.ts';
import { parseJsonObject } from './json.ts';

/** What a request is for, as the trace shows it. */
export interface Purpose {
  readonly kind: AnswerKind;
  readonly to?: 'server' | 'issuer';
  readonly title: string;
  readonly rule: Rule;
}

/** The members of `RequestInit` oauth4webapi sets. */
interface LibraryRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/**
 * A fetch for oauth4webapi that keeps our bounds and tidies the answer by the table of repairs before the
 * library's strict reading (RFC 6749 §5, RFC 7591 §3.2, RFC 7009 §2.2); each repair is noted.
 * @throws ProblemError what {@link send} throws
 */
export function lenientFetch(
  ctx: ProtocolContext,
  purpose: Purpose,
): (url: string, request: LibraryRequest) => Promise<Response> {
  return async (url, request) => {
    const draft = await sendTidied(ctx, purpose, new URL(url), request);
    const body = draft.json ? JSON.stringify(draft.json) : draft.body;
    // What a Response can't be made of: a status off the scale, a body beside 304. Other bodiless ones are mended.
    const status = draft.status <= 599 ? draft.status : 502;
    return new Response(status === 304 ? null : body, { status, headers: draft.headers });
  };
}

/**
 * Gets a JSON document (RFC 8414 §3.2, RFC 9728 §3.2), tidied.
 * @param examine reads the document; may add notes
 * @throws ProblemError what {@link send} and `examine` throw
 */
export function fetchDocument<T>(
  ctx: ProtocolContext,
  purpose: Purpose,
  url: URL,
  examine: (draft: Draft, notes: string[]) => T,
  headers: Record<string, string> = {},
): Promise<T> {
  return sendTidied(ctx, purpose, url, { headers: { accept: 'application/json', ...headers } }, examine);
}

async function sendTidied<T = Draft>(
  ctx: ProtocolContext,
  purpose: Purpose,
  url: URL,
  request: LibraryRequest,
  examine: (draft: Draft, notes: string[]) => T = (draft) => draft as T,
): Promise<T> {
  const { to = 'issuer', title, rule } = purpose;
  const { method = 'GET', headers = {}, body } = request;
  const wire = { to, title, rule, method, url, headers, body: body === undefined ? null : String(body) };
  return send(ctx, wire, (answer, notes) => examine(tidy(answer, purpose.kind, notes), notes));
}

/**
 * Applies the table of repairs to an answer.
 * @param notes takes what was mended, in words
 */
export function tidy(
  answer: { readonly status: number; readonly headers: Headers; readonly body: string },
  kind: AnswerKind,
  notes: string[],
): Draft {
  const headers = new Headers(answer.headers);
  const draft: Draft = {
    kind,
    status: answer.status,
    headers,
    json: parseJsonObject(answer.body),
    body: answer.body,
  };
  for (const repair of repairs) {
    const note = repair.kinds.includes(kind) ? repair.apply(draft) : null;
    if (note !== null) notes.push(note);
  }
  const error = draft.json?.error;
  if (draft.status >= 400 && typeof error === 'string') notes.push(`The OAuth error is ${error}.`);
  return draft;
}
