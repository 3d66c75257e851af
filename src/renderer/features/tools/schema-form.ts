/**
 * A form for the arguments of a tool, made from its JSON Schema. The schema comes from a server:
 * depth, number of fields and references are bounded, and whatever has no plain form is entered as JSON.
 */

export type JsonSchema = Record<string, unknown>;

interface Described {
  title: string | null;
  description: string | null;
  default: unknown;
  /** `null` is allowed; it stands for “not set” where the field is required. */
  nullable: boolean;
}

export type Field = Described &
  (
    | { kind: 'string'; multiline: boolean; format: string | null }
    | { kind: 'number'; integer: boolean }
    | { kind: 'boolean' }
    | { kind: 'choice'; options: readonly { value: unknown; label: string }[] }
    | { kind: 'list'; item: Field }
    | { kind: 'object'; properties: readonly Property[] }
    | { kind: 'json' }
  );

export type ObjectField = Extract<Field, { kind: 'object' }>;

export interface Property {
  name: string;
  required: boolean;
  field: Field;
}

const DEPTH_LIMIT = 4;
const FIELD_LIMIT = 150;
const OPTION_LIMIT = 500;
/** Members of one schema; JSON Schema has no more keywords than that. */
const KEYWORD_LIMIT = 200;
const LONG_TEXT = 200;

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/** What a JSON pointer within the document leads to (RFC 6901), or undefined. */
export function resolvePointer(document: JsonSchema, pointer: string): unknown {
  if (pointer !== '#' && !pointer.startsWith('#/')) return undefined;
  let place: unknown = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = safeDecode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return undefined;
    place = (place as Record<string, unknown>)[name];
  }
  return place;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

interface Walk {
  document: JsonSchema;
  fields: number;
}

/**
 * The form for a tool's input schema, or null when only JSON will do: not an object, open to any
 * property, or too large.
 */
export function formOf(schema: JsonSchema): ObjectField | null {
  const walk: Walk = { document: schema, fields: 0 };
  const field = fieldOf(schema, walk, 0, []);
  if (walk.fields > FIELD_LIMIT) return null;
  if (field.kind === 'object') return field;
  const nothingDeclared = !isObject(schema.properties) || Object.keys(schema.properties).length === 0;
  const takesNothing = nothingDeclared && !opensProperties(schema) && !('$ref' in schema);
  return takesNothing ? { ...describe(schema), kind: 'object', properties: [] } : null;
}

function opensProperties(schema: JsonSchema): boolean {
  return (
    schema.additionalProperties === true ||
    isObject(schema.additionalProperties) ||
    isObject(schema.patternProperties) ||
    ['anyOf', 'oneOf', 'allOf', 'if'].some((keyword) => keyword in schema)
  );
}

function describe(schema: JsonSchema, nullable = false): Described {
  return {
    title: text(schema.title),
    description: text(schema.description),
    default: schema.default,
    nullable,
  };
}

function fieldOf(given: unknown, walk: Walk, depth: number, followed: readonly string[]): Field {
  walk.fields++;
  // Beyond the limit there is no form: what is left of the schema is not looked at.
  const plain = walk.fields > FIELD_LIMIT ? null : simplify(given, walk.document, followed);
  if (!plain) return { ...describe(isObject(given) ? given : {}), kind: 'json' };
  const { schema, nullable, references } = plain;
  const described = describe(schema, nullable);
  const json: Field = { ...described, kind: 'json' };
  if (depth > DEPTH_LIMIT) return json;

  if ('const' in schema)
    return { ...described, kind: 'choice', options: [{ value: schema.const, label: labelOf(schema.const) }] };
  if (Array.isArray(schema.enum)) {
    const options = schema.enum.filter((value) => value !== null);
    if (options.length > OPTION_LIMIT) return json;
    return {
      ...described,
      nullable: nullable || schema.enum.includes(null),
      kind: 'choice',
      options: options.map((value) => ({ value, label: labelAt(schema, value) })),
    };
  }
  const alternatives = Array.isArray(schema.oneOf) ? schema.oneOf : schema.anyOf;
  if (Array.isArray(alternatives)) {
    const constants = alternatives.every((option) => isObject(option) && 'const' in option);
    if (!constants || alternatives.length > OPTION_LIMIT) return json;
    return {
      ...described,
      kind: 'choice',
      options: (alternatives as JsonSchema[]).map((option) => ({
        value: option.const,
        label: text(option.title) ?? labelOf(option.const),
      })),
    };
  }

  switch (schema.type ?? (isObject(schema.properties) ? 'object' : undefined)) {
    case 'string':
      return {
        ...described,
        kind: 'string',
        format: text(schema.format),
        multiline: typeof schema.maxLength === 'number' && schema.maxLength > LONG_TEXT && !schema.format,
      };
    case 'number':
    case 'integer':
      return { ...described, kind: 'number', integer: schema.type === 'integer' };
    case 'boolean':
      return { ...described, kind: 'boolean' };
    case 'array': {
      if (!isObject(schema.items) || 'prefixItems' in schema) return json;
      return { ...described, kind: 'list', item: fieldOf(schema.items, walk, depth + 1, references) };
    }
    case 'object': {
      if (!isObject(schema.properties) || Object.keys(schema.properties).length === 0) return json;
      if ('allOf' in schema || 'if' in schema) return json;
      const properties = Object.entries(schema.properties);
      if (properties.length > FIELD_LIMIT) {
        walk.fields += properties.length;
        return json;
      }
      const required = new Set(Array.isArray(schema.required) ? schema.required : []);
      return {
        ...described,
        kind: 'object',
        properties: properties.map(([name, property]) => ({
          name,
          required: required.has(name),
          field: fieldOf(property, walk, depth + 1, references),
        })),
      };
    }
    default:
      return json;
  }
}

/** `enumNames` beside `enum`, as older questions of servers have them (MCP 2025-11-25, elicitation). */
function labelAt({ enum: values, enumNames }: JsonSchema, value: unknown): string {
  const name = Array.isArray(values) && Array.isArray(enumNames) ? enumNames[values.indexOf(value)] : null;
  return text(name) ?? labelOf(value);
}

function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const overlarge = new WeakMap<object, boolean>();

/** Whether a schema has more members than any schema has; counted once, many references may lead to it. */
function isOverlarge(schema: JsonSchema): boolean {
  const known = overlarge.get(schema) ?? Object.keys(schema).length > KEYWORD_LIMIT;
  overlarge.set(schema, known);
  return known;
}

/** Follows references, takes `null` out of alternatives, and unwraps what has only one; null when it can't. */
function simplify(
  given: unknown,
  document: JsonSchema,
  followed: readonly string[],
): { schema: JsonSchema; nullable: boolean; references: readonly string[] } | null {
  let schema = given;
  let nullable = false;
  let references = followed;
  for (let turn = 0; turn < 20; turn++) {
    if (!isObject(schema) || isOverlarge(schema)) return null;
    const { $ref, ...rest } = schema;
    if (typeof $ref === 'string') {
      // A schema that contains itself has no finite form.
      if (references.includes($ref)) return null;
      const target = resolvePointer(document, $ref);
      if (!isObject(target) || isOverlarge(target)) return null;
      references = [...references, $ref];
      schema = { ...target, ...rest };
      continue;
    }
    if (Array.isArray(schema.type)) {
      const types: unknown[] = schema.type.filter((type) => type !== 'null');
      nullable ||= types.length < schema.type.length;
      if (types.length !== 1) return null;
      schema = { ...schema, type: types[0] };
      continue;
    }
    const only = soleAlternative(schema);
    if (only) {
      nullable ||= only.nullable;
      schema = only.schema;
      continue;
    }
    return { schema, nullable, references };
  }
  return null;
}

function soleAlternative(schema: JsonSchema): { schema: JsonSchema; nullable: boolean } | null {
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    const options = schema[keyword];
    if (!Array.isArray(options)) continue;
    const others = options.filter((option) => !(isObject(option) && option.type === 'null'));
    const [only] = others;
    if (others.length !== 1 || !isObject(only)) continue;
    const { [keyword]: _, ...rest } = schema;
    return { schema: { ...only, ...rest }, nullable: others.length < options.length };
  }
  return null;
}

/**
 * What the fields hold while one types: like the value, but numbers and JSON are the text typed,
 * and undefined is “not set”.
 */
export type Draft = unknown;

/** The draft for a value; for no value, what the schema offers as default. */
export function draftOf(field: Field, value: unknown): Draft {
  const given = value === undefined || value === null ? field.default : value;
  if (given === undefined || given === null) {
    if (field.kind !== 'object') return undefined;
    const drafts = objectDraft(field, {});
    return Object.values(drafts).some((draft) => draft !== undefined) ? drafts : undefined;
  }
  switch (field.kind) {
    case 'number':
      return String(given);
    case 'json':
      return JSON.stringify(given, null, 2);
    case 'list':
      return Array.isArray(given) ? given.map((item) => draftOf(field.item, item)) : undefined;
    case 'object':
      return isObject(given) ? objectDraft(field, given) : undefined;
    default:
      return given;
  }
}

export function objectDraft(field: ObjectField, value: Record<string, unknown>): Record<string, Draft> {
  return Object.fromEntries(
    field.properties.map(({ name, field: property }) => [name, draftOf(property, own(value, name))]),
  );
}

const own = (value: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

export type FormErrorKey = 'required' | 'integer' | 'number' | 'json';

export interface FormError {
  /** JSON pointer of the field, `` for the whole. */
  pointer: string;
  key: FormErrorKey;
}

export const pointerTo = (parent: string, name: string | number): string =>
  `${parent}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The arguments a draft stands for, and which fields can't be read. */
export function argumentsOf(
  field: ObjectField,
  draft: Draft,
): { value: Record<string, unknown>; errors: FormError[] } {
  const errors: FormError[] = [];
  const value = read(field, draft ?? {}, '', errors);
  return { value: isObject(value) ? value : {}, errors };
}

function read(field: Field, draft: Draft, pointer: string, errors: FormError[]): unknown {
  if (draft === undefined || draft === '') return undefined;
  switch (field.kind) {
    case 'number': {
      const number = Number(String(draft).trim());
      if (!Number.isFinite(number)) errors.push({ pointer, key: 'number' });
      else if (field.integer && !Number.isInteger(number)) errors.push({ pointer, key: 'integer' });
      return number;
    }
    case 'json':
      try {
        return JSON.parse(String(draft));
      } catch {
        errors.push({ pointer, key: 'json' });
        return undefined;
      }
    case 'list':
      return Array.isArray(draft)
        ? draft.map((item, index) => {
            const place = pointerTo(pointer, index);
            const value = read(field.item, item, place, errors);
            if (value !== undefined) return value;
            if (field.item.kind === 'string') return '';
            if (!errors.some((error) => error.pointer === place))
              errors.push({ pointer: place, key: 'required' });
            return null;
          })
        : undefined;
    case 'object': {
      const values: [string, unknown][] = [];
      for (const { name, required, field: property } of field.properties) {
        const place = pointerTo(pointer, name);
        const given = isObject(draft) ? own(draft, name) : undefined;
        const value =
          given === undefined && required && property.kind === 'object'
            ? read(property, {}, place, errors)
            : read(property, given, place, errors);
        if (value !== undefined) values.push([name, value]);
        else if (required && property.nullable) values.push([name, null]);
        else if (required && property.kind === 'boolean') values.push([name, false]);
        else if (required && property.kind === 'list') values.push([name, []]);
        else if (required && !errors.some((error) => error.pointer === place))
          errors.push({ pointer: place, key: 'required' });
      }
      return Object.fromEntries(values);
    }
    default:
      return draft;
  }
}
