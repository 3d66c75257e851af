import { expect, test } from 'vitest';
import { mirrorsHeaders } from '../../../src/main/servers/header-parameters.ts';

const declared = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });
const tool = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

test('headers on plain properties, at any depth of properties, may be sent', () => {
  expect(mirrorsHeaders(tool({}))).toBe(true);
  expect(mirrorsHeaders({})).toBe(true);
  expect(mirrorsHeaders(tool({ region: declared('Region'), count: declared('Count', 'integer') }))).toBe(
    true,
  );
  expect(mirrorsHeaders(tool({ where: tool({ region: declared('Region') }) }))).toBe(true);
  expect(mirrorsHeaders(tool({ on: declared('On', 'boolean') }))).toBe(true);
});

test('a property that is only named like the keyword declares nothing', () => {
  expect(mirrorsHeaders(tool({ 'x-mcp-header': { type: 'string' } }))).toBe(true);
});

const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
  ['no name', tool({ a: declared('') })],
  ['no string', tool({ a: declared(7) })],
  ['a name with a line break', tool({ a: declared('a\r\nb') })],
  ['a name with a space', tool({ a: declared('a b') })],
  ['a name beyond ASCII', tool({ a: declared('Größe') })],
  ['the same name twice, in another case', tool({ a: declared('Region'), b: declared('REGION') })],
  ['a number', tool({ a: declared('A', 'number') })],
  ['an object', tool({ a: declared('A', 'object') })],
  ['a list of types', tool({ a: declared('A', ['string', 'null']) })],
  ['the whole of the arguments', { ...tool({}), ...declared('A', 'object') }],
  ['items', tool({ a: { type: 'array', items: declared('A') } })],
  ['an item by place', tool({ a: { prefixItems: [{}, declared('A')] } })],
  ['an alternative', tool({}, { anyOf: [tool({ a: declared('A') })] })],
  ['a condition', tool({}, { if: tool({ a: declared('A') }) })],
  ['any other property', tool({}, { additionalProperties: declared('A') })],
  ['a property by pattern', tool({}, { patternProperties: { x: declared('A') } })],
  ['a definition', tool({}, { $defs: { a: declared('A') } })],
  ['properties below an alternative', tool({ a: { oneOf: [tool({ b: tool({ c: declared('A') }) })] } })],
];

for (const [name, schema] of wrong) {
  test(`a header declared on ${name} makes the tool unusable over HTTP`, () => {
    expect(mirrorsHeaders(schema)).toBe(false);
  });
}
