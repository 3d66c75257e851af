import { expect, test } from 'vitest';
import { JSON_DEPTH_LIMIT, objectIn, parseJsonObject, textMember } from '../../../src/main/oauth/json.ts';

const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

test('objects are read', () =>
  expect(parseJsonObject('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] }));
test('everything else is not', () => {
  for (const text of ['', 'null', '1', '"x"', '[]', '{', '{"a":}', 'undefined'])
    expect(parseJsonObject(text)).toBeNull();
});
test('depth is limited', () => {
  expect(parseJsonObject(nested(JSON_DEPTH_LIMIT))).not.toBeNull();
  expect(parseJsonObject(nested(JSON_DEPTH_LIMIT + 1))).toBeNull();
});
test('a million brackets are refused', () => {
  const brackets = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  expect(parseJsonObject(`{"a":${brackets}}`)).toBeNull();
});
test('breadth is no depth', () => {
  const wide = {
    lists: Array.from({ length: 100 }, () => []),
    objects: Array.from({ length: 100 }, () => ({})),
  };
  expect(parseJsonObject(JSON.stringify(wide))).toEqual(wide);
});
test('the end of a string is found behind escaped quotes and backslashes', () => {
  for (const text of ['"', '\\', '\\"', 'x\\\\"[']) {
    const deep = `{"a":${JSON.stringify(text)},"b":${'['.repeat(40)}${']'.repeat(40)}}`;
    expect(JSON.parse(deep).a).toBe(text);
    expect(parseJsonObject(deep)).toBeNull();
  }
});
test('brackets within strings do not count', () => {
  const text = JSON.stringify({ a: `${'['.repeat(100)}\\"${'{'.repeat(100)}` });
  expect(parseJsonObject(text)).toEqual(JSON.parse(text));
});
test('a member named __proto__ changes nothing', () => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(parseJsonObject('{"__proto__":{"polluted":true}}')).not.toBeNull();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
test('an answer without an object is an empty one', async () => {
  expect(await objectIn(new Response('{"a":1}'))).toEqual({ a: 1 });
  for (const body of [null, '', '[1]', '<html>']) expect(await objectIn(new Response(body))).toEqual({});
});
test('a text from outside is bounded, and nothing else is a text', () => {
  expect(textMember({ a: 'x'.repeat(5000) }, 'a')).toBe('x'.repeat(1000));
  for (const a of [7, null, ['x'], { x: 'x' }, undefined]) expect(textMember({ a }, 'a')).toBeNull();
});
