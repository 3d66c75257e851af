/** A name with its value, as text. */
export type NamedText = readonly [name: string, value: string];

/** Longest body that is looked into; a longer one is shown as it is. */
const READ_LIMIT = 100_000;

/** An address in two: without its query, and the parameters of that. */
export function addressParts(url: string): { base: string; parameters: NamedText[] } {
  const [beforeFragment = ''] = url.split('#', 1);
  const at = beforeFragment.indexOf('?');
  if (at < 0) return { base: url, parameters: [] };
  return { base: url.slice(0, at), parameters: [...new URLSearchParams(beforeFragment.slice(at + 1))] };
}

export type BodyParts =
  | { readonly kind: 'json'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'form'; readonly parameters: NamedText[] }
  | { readonly kind: 'text'; readonly text: string };

/** What a body is: JSON, a form by its content type, or text. */
export function bodyParts(body: string, headers: Readonly<Record<string, string>>): BodyParts {
  if (body.length > READ_LIMIT) return { kind: 'text', text: body };
  if (/^\s*[[{]/.test(body)) {
    try {
      const value: unknown = JSON.parse(body);
      return { kind: 'json', value, text: JSON.stringify(value, null, 2) };
    } catch {
      return { kind: 'text', text: body };
    }
  }
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return /^application\/x-www-form-urlencoded\b/i.test(type)
    ? { kind: 'form', parameters: [...new URLSearchParams(body)] }
    : { kind: 'text', text: body };
}
