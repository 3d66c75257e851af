import * as z from 'zod';

/**
 * Headers the protocols speak with themselves, the browser's identity, and everything about the connection:
 * who could set them by hand could break a request or pretend to be somebody else.
 */
const RESERVED = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'date',
  'dpop',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);
const RESERVED_PREFIXES = ['mcp-', 'proxy-', 'sec-', 'access-control-'];

/** Whether a person may add a header of this name to requests; names are compared without case (RFC 9110 §5.1). */
export function isFreeHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return !RESERVED.has(lower) && !RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** Name of a header the person adds: a token (RFC 9110 §5.6.2) that no protocol uses. */
export const headerName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'is no header name')
  .refine(isFreeHeader, 'is a header of the protocol');

/** Value of such a header: visible ASCII, spaces and tabs within, no line breaks (RFC 9110 §5.5). */
export const headerValue = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/, 'is no header value');

/** Headers with their values, as the person enters them; they go no further than the vault. */
export const extraHeaders = z
  .record(headerName, headerValue)
  .refine((headers) => Object.keys(headers).length <= 50, 'are too many headers')
  .refine(
    (headers) =>
      new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    'names a header twice',
  );
export type ExtraHeaders = z.infer<typeof extraHeaders>;

/** A change of a server's headers: a string sets a value, null removes the header, an absent one stays. */
export const extraHeadersChange = z.record(headerName, headerValue.nullable());
export type ExtraHeadersChange = z.infer<typeof extraHeadersChange>;
