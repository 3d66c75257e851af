/**
 * Carries structured-clone values over channels that know only JSON.
 *
 * One self-contained function, because its source text is also injected into pages: it must not refer to anything
 * outside itself but what every JavaScript realm has.
 */
export function structuredCloneWire() {
  type Coded = unknown;
  const typedArrays = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ];
  const errors = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

  function bytesToText(bytes: Uint8Array): string {
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000) {
      text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    }
    return btoa(text);
  }

  function textToBytes(text: string): Uint8Array<ArrayBuffer> {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
    return bytes;
  }

  function encode(root: unknown): string {
    const seen = new Map<object, number>();
    const encodeOne = (value: unknown): Coded => {
      if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
      if (typeof value === 'number') {
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ['n', Object.is(value, -0) ? '-0' : `${value}`];
      }
      if (value === undefined) return ['u'];
      if (typeof value === 'bigint') return ['i', `${value}`];
      const object = value as object;
      const known = seen.get(object);
      if (known !== undefined) return ['r', known];
      seen.set(object, seen.size);
      if (Array.isArray(object))
        return ['a', object.length, Object.entries(object).map(([k, v]) => [k, encodeOne(v)])];
      if (object instanceof Date) return ['d', object.getTime()];
      if (object instanceof RegExp) return ['x', object.source, object.flags];
      if (object instanceof Map) return ['m', [...object].map(([k, v]) => [encodeOne(k), encodeOne(v)])];
      if (object instanceof Set) return ['s', [...object].map(encodeOne)];
      if (object instanceof ArrayBuffer) return ['b', bytesToText(new Uint8Array(object))];
      if (ArrayBuffer.isView(object)) {
        const bytes = new Uint8Array(object.buffer, object.byteOffset, object.byteLength);
        return ['v', object.constructor.name, bytesToText(bytes)];
      }
      if (object instanceof Error) {
        return [
          'e',
          object.name,
          object.message,
          object.stack ?? '',
          'cause' in object ? [encodeOne(object.cause)] : [],
        ];
      }
      if (object instanceof Boolean || object instanceof Number || object instanceof String) {
        return ['w', encodeOne(object.valueOf())];
      }
      return ['o', Object.entries(object).map(([k, v]) => [k, encodeOne(v)])];
    };
    // The platform's own algorithm decides what can be cloned, and strips prototypes, getters and proxies.
    let cloned: unknown;
    try {
      cloned = structuredClone(root);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    return JSON.stringify(encodeOne(cloned));
  }

  function decode(text: string): unknown {
    const seen: unknown[] = [];
    const keep = <T>(value: T): T => {
      seen.push(value);
      return value;
    };
    const decodeOne = (coded: Coded): unknown => {
      if (!Array.isArray(coded)) return coded;
      const [kind, first, second, third, fourth] = coded;
      switch (kind) {
        case 'n':
          return Number(first);
        case 'u':
          return undefined;
        case 'i':
          return BigInt(first);
        case 'r':
          return seen[first];
        case 'a': {
          const array: unknown[] = keep(new Array(first));
          for (const [k, v] of second) array[k] = decodeOne(v);
          return array;
        }
        case 'd':
          return keep(new Date(first));
        case 'x':
          return keep(new RegExp(first, second));
        case 'm': {
          const map = keep(new Map());
          for (const [k, v] of first) map.set(decodeOne(k), decodeOne(v));
          return map;
        }
        case 's': {
          const set = keep(new Set());
          for (const one of first) set.add(decodeOne(one));
          return set;
        }
        case 'b':
          return keep(textToBytes(first).buffer);
        case 'v': {
          const { buffer } = textToBytes(second);
          const Kind = typedArrays.find(({ name }) => name === first);
          return keep(
            Kind ? new Kind(buffer) : first === 'DataView' ? new DataView(buffer) : new Uint8Array(buffer),
          );
        }
        case 'e': {
          const Kind = errors.find(({ name }) => name === first) ?? Error;
          const error = keep(new Kind(second));
          Object.defineProperty(error, 'stack', { value: third, configurable: true, writable: true });
          for (const cause of fourth) {
            Object.defineProperty(error, 'cause', {
              value: decodeOne(cause),
              configurable: true,
              writable: true,
            });
          }
          return error;
        }
        case 'w':
          return keep(Object(decodeOne(first)));
        default: {
          const object: Record<string, unknown> = keep({});
          for (const [k, v] of first) {
            Object.defineProperty(object, k, {
              value: decodeOne(v),
              enumerable: true,
              configurable: true,
              writable: true,
            });
          }
          return object;
        }
      }
    };
    return decodeOne(JSON.parse(text));
  }

  return { encode, decode };
}
