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
export function withoutCostlyPatterns(schema: unknown, depth = 0): unknown {
  if (depth > 60) return {};
  if (Array.isArray(schema)) return schema.map((part) => withoutCostlyPatterns(part, depth + 1));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, part]) => {
      if (name === 'pattern' && typeof part === 'string')
        return part.length <= PATTERN_LIMIT && !/\)[*+{]/.test(part) ? [[name, part]] : [];
      if (name === 'patternProperties' || name === '$schema' || name === '$id') return [];
      return [[name, withoutCostlyPatterns(part, depth + 1)]];
    }),
  );
}

/** Checks arguments against a tool's schema. A schema that can't be applied finds nothing: the server decides. */
export function validate(schema: JsonSchema, value: unknown): SchemaError[] {
  try {
    const safe = withoutCostlyPatterns(schema) as JsonSchema;
    const { errors } = new Validator(safe, draftNamed(schema.$schema), false).validate(value);
    return errors
      .filter(({ keyword }) => LEAF_KEYWORDS.has(keyword))
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
