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
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a value is a JSON object, not an array and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Counted before parsing: a million brackets fit into one mebibyte.
function exceedsDepth(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      if (++depth > JSON_DEPTH_LIMIT) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}
