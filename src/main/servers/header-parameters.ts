const DECLARATION = 'x-mcp-header';
/** A field name (RFC 9110 §5.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MIRRORED_TYPES = new Set(['string', 'integer', 'boolean']);

/** Keywords that hold a schema, or a list of them, off the chain of `properties` (JSON Schema 2020-12). */
const BESIDE = [
  'items',
  'prefixItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
];
/** The same with schemas by name. */
const BESIDE_BY_NAME = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

type Place = 'root' | 'property' | 'beside';

/**
 * Whether the parameter headers a tool declares (`x-mcp-header`) may be sent: each on a property of a plain
 * type reached through `properties` alone, each name a token and told apart without regard to case (MCP
 * 2026-07-28, Streamable HTTP, schema extension). A schema without any is fine.
 * @param inputSchema within bounds: depth costs stack
 */
export function mirrorsHeaders(inputSchema: Record<string, unknown>): boolean {
  const names = new Set<string>();

  const isFine = (schema: unknown, place: Place): boolean => {
    if (Array.isArray(schema)) return schema.every((one) => isFine(one, place));
    if (typeof schema !== 'object' || schema === null) return true;
    const keywords = schema as Record<string, unknown>;
    if (Object.hasOwn(keywords, DECLARATION) && !declares(keywords, place)) return false;
    const below = place === 'beside' ? 'beside' : 'property';
    return (
      valuesOf(keywords.properties).every((one) => isFine(one, below)) &&
      BESIDE.every((keyword) => isFine(keywords[keyword], 'beside')) &&
      BESIDE_BY_NAME.every((keyword) => valuesOf(keywords[keyword]).every((one) => isFine(one, 'beside')))
    );
  };

  const declares = (keywords: Record<string, unknown>, place: Place): boolean => {
    const { [DECLARATION]: name, type } = keywords;
    if (place !== 'property' || typeof name !== 'string' || !TOKEN.test(name)) return false;
    if (typeof type !== 'string' || !MIRRORED_TYPES.has(type) || names.has(name.toLowerCase())) return false;
    names.add(name.toLowerCase());
    return true;
  };

  return isFine(inputSchema, 'root');
}

function valuesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
