import { expect, test } from 'vitest';
import { JSON_DEPTH_LIMIT, parseJsonObject } from '../../../src/main/oauth/json.ts';

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
test('a million brackets are refused quickly', () => {
  const started = performance.now();
  expect(parseJsonObject(`{"a":${'['.repeat(1_000_000)}`)).toBeNull();
  expect(performance.now() - started).toBeLessThan(200);
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
