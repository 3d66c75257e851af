import { type SchemaDraft, Validator } from '@cfworker/json-schema';
import { type JsonSchema, resolvePointer } from './schema-form.ts';

/** A value the tool's schema does not accept. */
export interface SchemaError {
  pointer: string;
  keyword: string;
  /** The number in the schema that was not kept, for example `minLength`. */
  limit: number | null;
  format: string | null;
}

const LEAF_KEYWORDS = new Set([
  'type',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'not',
]);

/** Every keyword that says by itself what is wrong. */
export const ALL_KEYWORDS: ReadonlySet<string> = new Set([...LEAF_KEYWORDS, 'required']);

function draftNamed($schema: unknown): SchemaDraft {
  const name = typeof $schema === 'string' ? $schema : '';
  if (name.includes('draft-04')) return '4';
  if (name.includes('draft-07') || name.includes('draft-06')) return '7';
  return name.includes('2019-09') ? '2019-09' : '2020-12';
}

const PATTERN_LIMIT = 200;

/**
 * The schema without what could stop the interface: a pattern with a repeated group can take for
 * ever on the right text, and both come from the server. The server checks those itself.
 */
export function withoutCostlyPatterns(schema: unknown, manyItems = false, depth = 0): unknown {
  if (depth > 60) return {};
  if (Array.isArray(schema)) return schema.map((part) => withoutCostlyPatterns(part, manyItems, depth + 1));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, part]) => {
      if (name === 'pattern' && typeof part === 'string')
        return part.length <= PATTERN_LIMIT && !/\)[*+{]/.test(part) ? [[name, part]] : [];
      if (name === 'patternProperties' || name === '$schema' || name === '$id') return [];
      if (name === 'uniqueItems' && manyItems) return [];
      return [[name, withoutCostlyPatterns(part, manyItems, depth + 1)]];
    }),
  );
}

/** Applications of a schema to a place in a value that one check may take. */
const WORK_LIMIT = 300_000;
/** Comparing all items with one another takes the square of their number. */
const UNIQUE_LIMIT = 2000;

/** Objects of a schema. The validator looks up the address of each before it checks anything. */
const OBJECT_LIMIT = 1500;

const IN_PLACE = ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else'];

/**
 * How many schemas at most apply to one place of a value: alternatives that name the same alternatives twice
 * double it at every level. A reference to what contains it counts once; the value ends that.
 */
export function schemasInPlace(document: JsonSchema): number {
  const known = new Map<object, number>();
  const inPlace = (schema: unknown): number => {
    if (Array.isArray(schema)) return schema.reduce<number>((sum, one) => sum + inPlace(one), 0);
    if (typeof schema !== 'object' || schema === null) return 0;
    const before = known.get(schema);
    if (before !== undefined) return before;
    known.set(schema, 0);
    const { $ref, dependentSchemas, ...keywords } = schema as JsonSchema;
    let count = 1 + (typeof $ref === 'string' ? inPlace(resolvePointer(document, $ref)) : 0);
    for (const keyword of IN_PLACE) count += inPlace(keywords[keyword]);
    if (typeof dependentSchemas === 'object') count += inPlace(Object.values(dependentSchemas ?? {}));
    known.set(schema, count);
    return count;
  };
  let most = 0;
  const open: unknown[] = [document];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    if (!Array.isArray(part)) most = Math.max(most, inPlace(part));
    for (const below of Object.values(part)) open.push(below);
  }
  return most;
}

/** Values in a value, no more than `limit` of them. */
function nodesIn(value: unknown, limit: number, counts: (part: unknown) => boolean = () => true): number {
  let count = 0;
  const open = [value];
  while (open.length > 0 && count < limit) {
    const part = open.pop();
    if (counts(part)) count += 1;
    if (typeof part === 'object' && part !== null) for (const below of Object.values(part)) open.push(below);
  }
  return count;
}

const isObject = (part: unknown) => typeof part === 'object' && part !== null;

/**
 * Checks a value against a schema of a server. A schema that can't be applied, or that would take too long,
 * finds nothing: the server decides.
 * @param keywords which of them count; by default those a form does not look after itself
 */
export function validate(
  schema: JsonSchema,
  value: unknown,
  keywords: ReadonlySet<string> = LEAF_KEYWORDS,
): SchemaError[] {
  try {
    if (nodesIn(schema, OBJECT_LIMIT, isObject) === OBJECT_LIMIT) return [];
    const nodes = nodesIn(value, WORK_LIMIT);
    const safe = withoutCostlyPatterns(schema, nodes > UNIQUE_LIMIT) as JsonSchema;
    if (nodes * schemasInPlace(safe) > WORK_LIMIT) return [];
    const { errors } = new Validator(safe, draftNamed(schema.$schema), false).validate(value);
    return errors
      .filter(({ keyword }) => keywords.has(keyword))
      .map(({ keyword, keywordLocation, instanceLocation }) => {
        const limit = resolvePointer(safe, keywordLocation);
        return {
          pointer: instanceLocation.replace(/^#/, ''),
          keyword,
          limit: typeof limit === 'number' ? limit : null,
          format: keyword === 'format' && typeof limit === 'string' ? limit : null,
        };
      });
  } catch {
    return [];
  }
}
