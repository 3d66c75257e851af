import { describe, expect, test } from 'vitest';
import {
  argumentsOf,
  draftOf,
  type Field,
  formOf,
  type JsonSchema,
  objectDraft,
} from '../../src/renderer/features/tools/schema-form.ts';
import {
  schemasInPlace,
  validate,
  withoutCostlyPatterns,
} from '../../src/renderer/features/tools/schema-validation.ts';
import { nestedTool, tools } from '../screens/tools.ts';

const object = (properties: JsonSchema, rest: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...rest,
});

function fieldOf(schema: unknown, rest: JsonSchema = {}): Field {
  const field = formOf(object({ it: schema }, rest))?.properties[0]?.field;
  if (!field) throw new Error('no form');
  return field;
}

describe('a form from a schema', () => {
  test.each<[string, unknown, Field['kind']]>([
    ['a string', { type: 'string' }, 'string'],
    ['an integer', { type: 'integer' }, 'number'],
    ['a boolean', { type: 'boolean' }, 'boolean'],
    ['an enum', { enum: ['a', 'b'] }, 'choice'],
    ['a constant', { const: 7 }, 'choice'],
    ['constants with titles', { oneOf: [{ const: 1, title: 'One' }] }, 'choice'],
    ['an array', { type: 'array', items: { type: 'string' } }, 'list'],
    ['an object', object({ a: { type: 'string' } }), 'object'],
    ['anything', true, 'json'],
    ['alternatives of different kinds', { anyOf: [{ type: 'string' }, { type: 'number' }] }, 'json'],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }] }, 'json'],
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }, 'json'],
  ])('%s', (_, schema, kind) => expect(fieldOf(schema).kind).toBe(kind));

  test('an optional value written as “or null” is the plain field', () => {
    for (const schema of [
      { anyOf: [{ type: 'number' }, { type: 'null' }], title: 'N' },
      { type: ['number', 'null'], title: 'N' },
    ])
      expect(fieldOf(schema)).toMatchObject({ kind: 'number', nullable: true, title: 'N' });
  });

  test('follows references within the document, with what is said beside them', () => {
    const schema = { $ref: '#/$defs/a~1b', description: 'here' };
    expect(fieldOf(schema, { $defs: { 'a/b': { type: 'boolean', description: 'there' } } })).toMatchObject({
      kind: 'boolean',
      description: 'here',
    });
  });

  test('references to elsewhere, to nothing and in circles are entered as JSON', () => {
    expect(fieldOf({ $ref: 'https://evil.example/schema' }).kind).toBe('json');
    expect(fieldOf({ $ref: '#/$defs/nothing' }).kind).toBe('json');
    expect(fieldOf({ $ref: '#/$defs/a' }, { $defs: { a: { $ref: '#/$defs/a' } } }).kind).toBe('json');
    const tree = { $defs: { node: object({ child: { $ref: '#/$defs/node' } }) } };
    const node = fieldOf({ $ref: '#/$defs/node' }, tree);
    expect(node.kind === 'object' && node.properties[0]?.field.kind).toBe('json');
  });

  test('what is too deep is entered as JSON, what is too wide has no form', () => {
    let deep: JsonSchema = { type: 'string' };
    for (let level = 0; level < 12; level++) deep = object({ next: deep });
    expect(formOf(deep)).not.toBeNull();
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`p${at}`, { type: 'string' }]));
    expect(formOf(object(wide))).toBeNull();
  });

  test('choices are shown by their names where they have some', () => {
    const choices = (schema: JsonSchema) => {
      const field = formOf(object({ one: schema }))?.properties[0]?.field;
      return field?.kind === 'choice' ? field.options.map(({ label }) => label) : null;
    };
    expect(choices({ enum: ['a', 'b'], enumNames: ['Anna', 'Bob'] })).toEqual(['Anna', 'Bob']);
    expect(choices({ enum: ['a', 'b'], enumNames: ['Anna'] })).toEqual(['Anna', 'b']);
    expect(choices({ enum: ['a', 7], enumNames: 'Anna' })).toEqual(['a', '7']);
    expect(choices({ oneOf: [{ const: 'a', title: 'Anna' }, { const: 'b' }] })).toEqual(['Anna', 'b']);
  });

  test('a tool without arguments has an empty form; one open to anything has none', () => {
    expect(formOf({ type: 'object' })?.properties).toEqual([]);
    expect(formOf({ type: 'object', additionalProperties: true })).toBeNull();
    expect(formOf({ type: 'object', anyOf: [object({}), object({})] })).toBeNull();
  });

  test('every tool of the pictures can be used', () => {
    expect(tools.map(({ inputSchema }) => formOf(inputSchema) !== null)).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('what is typed', () => {
  const form = formOf(nestedTool.inputSchema);
  if (!form) throw new Error('no form');

  test('starts with the defaults', () => {
    expect(objectDraft(form, {})).toMatchObject({
      members: ['ada@lovelace.example', 'charles@babbage.example'],
      schedule: undefined,
    });
  });

  test('becomes arguments: numbers read, empty left out, required lists and switches given', () => {
    const { value, errors } = argumentsOf(form, {
      project: { id: 'PRJ-12' },
      schedule: { start: '', weeks: ' 3 ' },
      extra: '{"a":[1]}',
    });
    expect(errors).toEqual([]);
    expect(value).toEqual({
      project: { id: 'PRJ-12' },
      members: [],
      schedule: { weeks: 3 },
      notify: false,
      extra: { a: [1] },
    });
  });

  test('is refused beside its field', () => {
    const { errors } = argumentsOf(form, { schedule: { weeks: 'three' }, extra: '{' });
    expect(errors).toEqual([
      { pointer: '/project/id', key: 'required' },
      { pointer: '/schedule/weeks', key: 'number' },
      { pointer: '/extra', key: 'json' },
    ]);
    expect(argumentsOf(form, { project: { id: 'x' }, schedule: { weeks: '1.5' } }).errors).toEqual([
      { pointer: '/schedule/weeks', key: 'integer' },
    ]);
  });

  test('goes to JSON and back', () => {
    const value = { project: { id: 'x' }, members: ['a@b.example'], notify: true, schedule: { weeks: 2 } };
    expect(argumentsOf(form, draftOf(form, value)).value).toEqual(value);
  });

  test('what is required and may be null is null when not set', () => {
    const nullable = formOf(object({ a: { type: ['string', 'null'] } }, { required: ['a'] }));
    if (!nullable) throw new Error('no form');
    expect(argumentsOf(nullable, {})).toEqual({ value: { a: null }, errors: [] });
  });

  test('names of the object prototype are ordinary names', () => {
    const odd = formOf(
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}',
      ),
    );
    if (!odd) throw new Error('no form');
    expect(argumentsOf(odd, {}).value).toEqual({});
  });
});

describe('a hostile schema', () => {
  test('of ten thousand properties has no form', () => {
    const big = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, {}]));
    const properties = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { $ref: '#/$defs/big' }]),
    );
    expect(formOf({ type: 'object', properties, $defs: { big } })).toBeNull();
    const few = Object.fromEntries(Object.entries(properties).slice(0, 100));
    const form = formOf({ type: 'object', properties: few, $defs: { big } });
    expect(form?.properties.every(({ field }) => field.kind === 'json')).toBe(true);
  });

  test('of ten thousand properties is checked by the server', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`p${index}`, { type: 'string' }]),
    );
    expect(validate({ type: 'object', properties }, { p1: 7 })).toEqual([]);
    const choice = { enum: Array.from({ length: 30_000 }, (_, index) => `choice ${index}`) };
    expect(validate(object({ choice }), { choice: 'none' })).toMatchObject([{ keyword: 'enum' }]);
  });

  test('of a hundred thousand choices is entered as JSON', () => {
    const choice = { enum: Array.from({ length: 100_000 }, (_, index) => `choice ${index}`) };
    expect(formOf(object({ choice }))?.properties[0]?.field.kind).toBe('json');
  });
});

describe('validation', () => {
  test('says where and by which limit', () => {
    expect(validate(object({ n: { type: 'number', minimum: 3 } }), { n: 1 })).toEqual([
      { pointer: '/n', keyword: 'minimum', limit: 3, format: null },
    ]);
    expect(
      validate(nestedTool.inputSchema, { project: { id: 'x' }, members: ['nobody'], notify: true }),
    ).toEqual([{ pointer: '/members/0', keyword: 'format', limit: null, format: 'email' }]);
  });

  test('a schema that can not be applied stops nothing', () => {
    expect(validate({ $ref: '#/$defs/nothing' }, {})).toEqual([]);
  });

  test('alternatives that double at every level are counted, not tried', () => {
    const $defs: Record<string, JsonSchema> = { level0: { type: 'string' } };
    for (let level = 1; level <= 40; level += 1) {
      const one = { $ref: `#/$defs/level${level - 1}` };
      $defs[`level${level}`] = { anyOf: [one, one] };
    }
    const schema = { ...object({ a: { $ref: '#/$defs/level40' } }), $defs };
    expect(schemasInPlace(schema)).toBeGreaterThan(2 ** 40);
    expect(validate(schema, { a: 7 })).toEqual([]);
    expect(schemasInPlace(nestedTool.inputSchema)).toBeLessThan(10);
  });

  test('a schema that contains itself is applied as deep as the value goes', () => {
    const tree = {
      type: 'object',
      properties: { left: { $ref: '#' }, right: { $ref: '#' }, value: { type: 'number' } },
    };
    expect(validate(tree, { left: { right: { value: 'x' } } })).toMatchObject([
      { pointer: '/left/right/value', keyword: 'type' },
    ]);
    const endless = { anyOf: [{ $ref: '#' }, { $ref: '#' }] };
    expect(validate(endless, {})).toEqual([]);
  });

  test('patterns that could run for ever are left to the server', () => {
    const schema = object({
      a: { type: 'string', pattern: '^(a+)+$' },
      b: { type: 'string', pattern: '^b+$' },
    });
    expect(withoutCostlyPatterns(schema)).toEqual(
      object({ a: { type: 'string' }, b: { type: 'string', pattern: '^b+$' } }),
    );
    const started = performance.now();
    expect(validate(schema, { a: `${'a'.repeat(60)}!`, b: 'b' })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
