import { expect, test } from 'vitest';
import { structuredCloneWire } from './structured-clone-wire.ts';

const { encode, decode } = structuredCloneWire();
const copy = (value: unknown) => decode(encode(value));

test('carries what the structured clone algorithm carries', () => {
  const value = {
    nothing: undefined,
    none: null,
    numbers: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1.5],
    big: 12345678901234567890n,
    when: new Date(5),
    pattern: /a+/gi,
    map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 'two'])]]),
    bytes: new Uint8Array([1, 2, 255]),
    floats: new Float64Array([0.5]),
    buffer: new Uint8Array([9]).buffer,
    text: 'ünï\u2028\0',
    // biome-ignore lint/suspicious/noSparseArray: a hole is not undefined
    sparse: [1, , 3],
    ['__proto__']: 'own',
  };
  expect(copy(value)).toEqual(value);
  expect(1 in (copy(value) as { sparse: unknown[] }).sparse).toBe(false);
});

test('keeps cycles and shared references', () => {
  const shared = { a: 1 };
  const value: Record<string, unknown> = { first: shared, second: shared };
  value.self = value;
  const result = copy(value) as typeof value;
  expect(result.self).toBe(result);
  expect(result.first).toBe(result.second);
});

test('keeps errors with their kind, message and cause', () => {
  const result = copy(new TypeError('wrong', { cause: new RangeError('deeper') })) as TypeError;
  expect(result).toBeInstanceOf(TypeError);
  expect(result.message).toBe('wrong');
  expect(result.cause).toBeInstanceOf(RangeError);
});

test.each([() => {}, Symbol('s'), { deep: [() => {}] }, new WeakMap(), Promise.resolve()])(
  'refuses what cannot be cloned, in Electron’s words',
  (value) => {
    expect(() => encode(value)).toThrow('An object could not be cloned.');
  },
);

test('strips prototypes and getters, as cloning does', () => {
  class Thing {
    own = 1;
    get derived() {
      return 2;
    }
  }
  expect(Object.getPrototypeOf(copy(new Thing()))).toBe(Object.prototype);
  expect(copy(new Thing())).toEqual({ own: 1 });
});
