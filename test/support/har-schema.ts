/** What the HAR 1.2 specification demands of an archive, as JSON Schema (draft 2020-12): its required members and their types. */
const text = { type: 'string' };
const integer = { type: 'integer' };
const moment = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
};
const milliseconds = { type: 'number', minimum: 0 };
const optionalMilliseconds = { type: 'number', minimum: -1 };

/** An object with required and optional members; any other name has to begin with an underscore (custom fields). */
function object(required: Record<string, unknown>, optional: Record<string, unknown> = {}) {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional, comment: text },
    patternProperties: { '^_': true },
    additionalProperties: false,
  };
}
const list = (items: unknown) => ({ type: 'array', items });
const pair = object({ name: text, value: text });
const cookie = object(
  { name: text, value: text },
  { path: text, domain: text, expires: text, httpOnly: { type: 'boolean' }, secure: { type: 'boolean' } },
);
const wire = {
  httpVersion: text,
  cookies: list(cookie),
  headers: list(pair),
  headersSize: integer,
  bodySize: integer,
};

const request = object(
  { method: text, url: { type: 'string', format: 'uri' }, queryString: list(pair), ...wire },
  { postData: object({ mimeType: text, params: list(object({ name: text })), text }) },
);
const response = object({
  status: integer,
  statusText: text,
  content: object({ size: integer, mimeType: text }, { compression: integer, text, encoding: text }),
  redirectURL: text,
  ...wire,
});
const timings = object(
  { send: milliseconds, wait: milliseconds, receive: milliseconds },
  {
    blocked: optionalMilliseconds,
    dns: optionalMilliseconds,
    connect: optionalMilliseconds,
    ssl: optionalMilliseconds,
  },
);
const entry = object(
  { startedDateTime: moment, time: milliseconds, request, response, cache: object({}), timings },
  { pageref: text, serverIPAddress: text, connection: text },
);
const page = object({
  startedDateTime: moment,
  id: text,
  title: text,
  pageTimings: object({}, { onContentLoad: optionalMilliseconds, onLoad: optionalMilliseconds }),
});
const named = object({ name: text, version: text });

export const harSchema = object({
  log: object(
    { version: { const: '1.2' }, creator: named, entries: list(entry) },
    { browser: named, pages: list(page) },
  ),
});
