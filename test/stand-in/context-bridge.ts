import type { structuredCloneWire } from './structured-clone-wire.ts';

type Wire = ReturnType<typeof structuredCloneWire>;

/** What the two ends tell each other; `value` and `args` are {@link Crossing} trees. */
type Request =
  | { type: 'expose'; key: string; value: Crossing }
  | { type: 'call'; id: number; args: Crossing[] }
  | { type: 'settle'; id: number; value: Crossing; failed: boolean };

type Answer = { value: Crossing } | { thrown: Crossing };

/** A value on its way between two worlds. */
type Crossing =
  | { kind: 'clone'; value: unknown }
  | { kind: 'error'; message: string; stack: string }
  | { kind: 'function'; id: number }
  | { kind: 'your function'; id: number }
  | { kind: 'promise'; id: number }
  | { kind: 'array'; items: Crossing[] }
  | { kind: 'object'; entries: [string, Crossing][] }
  | { kind: 'seen'; index: number };

/**
 * One end of the bridge between the isolated world and the page's.
 *
 * The two worlds share the DOM's objects but none of JavaScript's. So both hold the same `EventTarget`, which no page
 * script ever sees, and everything crosses as the text of an event on it. `dispatchEvent` is synchronous, hence calls are.
 *
 * Injected as source text into both worlds: it must not refer to anything outside itself. It holds on to the platform's functions as
 * they are before any script of the page could replace them.
 */
export function contextBridgeEnd(
  wire: Wire,
  target: EventTarget,
  mine: string,
  theirs: string,
  onExposed: (key: string, api: unknown) => void,
) {
  const { apply } = Reflect;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const Message = CustomEvent;
  const detailOf = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get as () => string;
  const NativePromise = Promise;
  const { then } = Promise.prototype;
  const { defineProperty, freeze, entries: entriesOf, prototype: objectPrototype } = Object;
  const { toString: describe } = objectPrototype;

  let lastId = 0;
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const promises = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  const proxies = new WeakMap<object, number>();
  let reply = '';

  const listen = (name: string, listener: (text: string) => void): void => {
    apply(addEventListener, target, [name, (event: Event) => listener(apply(detailOf, event, []))]);
  };
  const tell = (name: string, text: string): void => {
    apply(dispatchEvent, target, [new Message(name, { detail: text })]);
  };
  const ask = (request: Request): Answer => {
    tell(`to ${theirs}`, wire.encode(request));
    return wire.decode(reply) as Answer;
  };

  function leave(root: unknown): Crossing {
    const seen = new Map<object, number>();
    const one = (value: unknown, depth: number): Crossing => {
      if (depth > 1000)
        throw new Error(
          'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.',
        );
      if (typeof value === 'function') {
        const known = proxies.get(value);
        if (known !== undefined) return { kind: 'your function', id: known };
        const id = ++lastId;
        functions.set(id, value as (...args: unknown[]) => unknown);
        return { kind: 'function', id };
      }
      if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
      if (value === null || typeof value !== 'object') return { kind: 'clone', value };
      const index = seen.get(value);
      if (index !== undefined) return { kind: 'seen', index };
      seen.set(value, seen.size);
      if (value instanceof NativePromise) {
        const id = ++lastId;
        const settle = (failed: boolean) => (outcome: unknown) => {
          let crossing: Crossing;
          try {
            crossing = leave(outcome);
          } catch (error) {
            crossing = leave(error);
            failed = true;
          }
          ask({ type: 'settle', id, value: crossing, failed });
        };
        apply(then, value, [settle(false), settle(true)]);
        return { kind: 'promise', id };
      }
      if (value instanceof Error) return { kind: 'error', message: value.message, stack: value.stack ?? '' };
      if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => one(item, depth + 1)) };
      if (apply(describe, value, []) === '[object Object]') {
        // As in Electron: own properties only, whatever the prototype was.
        const entries = entriesOf(value).map(([key, item]): [string, Crossing] => [
          key,
          one(item, depth + 1),
        ]);
        return { kind: 'object', entries };
      }
      wire.encode(value);
      return { kind: 'clone', value };
    };
    return one(root, 0);
  }

  function arrive(root: Crossing): unknown {
    const seen: unknown[] = [];
    const one = (crossing: Crossing): unknown => {
      switch (crossing.kind) {
        case 'clone':
          if (typeof crossing.value === 'object' && crossing.value !== null) seen.push(crossing.value);
          return crossing.value;
        case 'error': {
          const error = new Error(crossing.message);
          seen.push(error);
          return error;
        }
        case 'seen':
          return seen[crossing.index];
        case 'your function':
          return functions.get(crossing.id);
        case 'function': {
          const { id } = crossing;
          const proxy = (...args: unknown[]): unknown => {
            const answer = ask({ type: 'call', id, args: args.map(leave) });
            if ('thrown' in answer) throw arrive(answer.thrown);
            return arrive(answer.value);
          };
          proxies.set(proxy, id);
          return proxy;
        }
        case 'promise': {
          const { id } = crossing;
          const promise = new NativePromise((resolve, reject) => promises.set(id, { resolve, reject }));
          seen.push(promise);
          return promise;
        }
        case 'array': {
          const array: unknown[] = [];
          seen.push(array);
          for (const item of crossing.items) array.push(one(item));
          return array;
        }
        case 'object': {
          const object = {};
          seen.push(object);
          for (const [key, item] of crossing.entries) {
            defineProperty(object, key, {
              value: one(item),
              enumerable: true,
              configurable: true,
              writable: true,
            });
          }
          return object;
        }
      }
    };
    return one(root);
  }

  function deepFreeze(value: unknown): void {
    if (value === null || typeof value !== 'object' || Object.isFrozen(value) || ArrayBuffer.isView(value))
      return;
    freeze(value);
    for (const [, item] of entriesOf(value)) deepFreeze(item);
  }

  function handle(request: Request): Answer {
    try {
      switch (request.type) {
        case 'expose': {
          const api = arrive(request.value);
          deepFreeze(api);
          onExposed(request.key, api);
          return { value: leave(undefined) };
        }
        case 'settle': {
          const promise = promises.get(request.id);
          promises.delete(request.id);
          if (request.failed) promise?.reject(arrive(request.value));
          else promise?.resolve(arrive(request.value));
          return { value: leave(undefined) };
        }
        case 'call':
          return { value: leave(functions.get(request.id)?.(...request.args.map(arrive))) };
      }
    } catch (error) {
      try {
        return { thrown: leave(error) };
      } catch {
        return {
          thrown: leave(
            new Error('An unknown exception occurred while sending a function call over the Context Bridge'),
          ),
        };
      }
    }
  }

  listen(`to ${mine}`, (text) => {
    const answer = wire.encode(handle(wire.decode(text) as Request));
    tell(`answer from ${mine}`, answer);
  });
  listen(`answer from ${theirs}`, (text) => {
    reply = text;
  });

  return {
    /** Puts a copy of `api` on the other world's global object. */
    expose(key: string, api: unknown): void {
      const answer = ask({ type: 'expose', key, value: leave(api) });
      if ('thrown' in answer) throw arrive(answer.thrown);
    },
  };
}
