/** A JSON object of unknown content. */
export type JsonObject = Record<string, unknown>;

/** Deepest nesting of a JSON document we read; real metadata has three or four levels. */
export const JSON_DEPTH_LIMIT = 32;

/**
 * Parses a JSON object (RFC 8259) no deeper than {@link JSON_DEPTH_LIMIT}.
 * @returns null for broken JSON, a value that is no object, or too deep nesting
 */
export function parseJsonObject(text: string): JsonObject | null {
  if (exceedsDepth(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject | null) : null;
  } catch {
    return null;
  }
}

/** The JSON object in the body of an answer; an empty one when it holds none. */
export async function objectIn(response: Response): Promise<JsonObject> {
  return parseJsonObject(await response.text()) ?? {};
}

/** A member that is a string, its first 1000 UTF-16 code units; null when it is none. */
export function textMember(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === 'string' ? value.slice(0, 1000) : null;
}

// Counted before parsing: a million brackets fit into one mebibyte.
function exceedsDepth(text: string): boolean {
  let depth = 0;
  let inString = false;
  let escaped = false;
  for (const character of text) {
    if (escaped) escaped = false;
    else if (inString) {
      escaped = character === '\\';
      inString = character !== '"';
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      if (++depth > JSON_DEPTH_LIMIT) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}
