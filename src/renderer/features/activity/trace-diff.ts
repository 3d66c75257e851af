import type { Trace, TraceStep } from '../../../shared/domain/trace.ts';
import { addressParts, bodyParts } from './message-parts.ts';

/** What of a step can differ, what tells most first. */
const PARTS = [
  'problem',
  'responseStatus',
  'title',
  'rule',
  'notes',
  'requestMethod',
  'requestAddress',
  'requestParameter',
  'requestBody',
  'requestToken',
  'responseBody',
  'responseToken',
  'requestHeader',
  'responseHeader',
] as const;
export type Part = (typeof PARTS)[number];

export interface Difference {
  readonly part: Part;
  /** Which one, where there are several of a kind. */
  readonly name: string;
  /** Null: not there. */
  readonly first: string | null;
  readonly second: string | null;
  /** Differs in any two attempts: a time, an identifier, the port of a loopback address. */
  readonly volatile: boolean;
}

/** Two steps that belong together, or one that has no counterpart. Numbers count from 1. */
export interface StepPair {
  readonly first: { readonly number: number; readonly step: TraceStep } | null;
  readonly second: { readonly number: number; readonly step: TraceStep } | null;
  readonly differences: readonly Difference[];
}

/** Puts two traces side by side, step by step, and says what differs. */
export function compareTraces(first: Trace, second: Trace): StepPair[] {
  return aligned(first.steps, second.steps).map(([a, b]) => {
    const one = a === null ? null : { number: a + 1, step: first.steps[a] as TraceStep };
    const other = b === null ? null : { number: b + 1, step: second.steps[b] as TraceStep };
    return {
      first: one,
      second: other,
      differences: one && other ? differences(one.step, other.step) : [],
    };
  });
}

/** Whether a pair differs in more than what always differs. */
export function differs({ first, second, differences: found }: StepPair): boolean {
  return !first || !second || found.some(({ volatile }) => !volatile);
}

type IndexPair = readonly [first: number | null, second: number | null];

/** The alignment with the most in common (Needleman and Wunsch): steps keep their order, only akin ones meet. */
function aligned(first: readonly TraceStep[], second: readonly TraceStep[]): IndexPair[] {
  const width = second.length + 1;
  const one = first.map(gist);
  const other = second.map(gist);
  const best = new Float64Array((first.length + 1) * width);
  const at = (a: number, b: number) => best[a * width + b] ?? 0;
  const together = (a: number, b: number) => {
    const score = kinship(one[a], other[b]);
    return score === 0 ? -1 : at(a + 1, b + 1) + score;
  };
  for (let a = first.length - 1; a >= 0; a -= 1) {
    for (let b = second.length - 1; b >= 0; b -= 1) {
      best[a * width + b] = Math.max(at(a + 1, b), at(a, b + 1), together(a, b));
    }
  }
  const pairs: IndexPair[] = [];
  let [a, b] = [0, 0];
  while (a < first.length || b < second.length) {
    if (a < first.length && b < second.length && together(a, b) === at(a, b)) pairs.push([a++, b++]);
    else if (b >= second.length || (a < first.length && at(a + 1, b) === at(a, b))) pairs.push([a++, null]);
    else pairs.push([null, b++]);
  }
  return pairs;
}

interface Gist {
  readonly way: string;
  readonly title: string;
  readonly address: string;
}

function gist({ from, to, title, request }: TraceStep): Gist {
  const { base } = addressParts(request?.url ?? '');
  const path = base.replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '');
  // The same step at another issuer is the same step.
  return {
    way: `${from} ${to}`,
    title: title.replace(/\bhttps?:\/\/\S+/g, ''),
    address: request ? `${request.method} ${path}` : '',
  };
}

function kinship(one: Gist | undefined, other: Gist | undefined): number {
  if (!one || !other || one.way !== other.way) return 0;
  const title = one.title === other.title ? 3 : 0;
  const address = one.address !== '' && one.address === other.address ? 2 : 0;
  return title + address === 0 ? 0 : 1 + title + address;
}

/** Headers that say nothing of the protocol and differ each time. */
const VOLATILE_HEADERS =
  /^(age|date|expires|last-modified|etag|content-length|server-timing|traceparent|cf-ray|dpop-nonce|(x-)?(amzn-)?(request|correlation|trace)-?id|x-runtime|x-response-time)$/;
const VOLATILE_NAMES = new Set(['code_challenge', 'nonce', 'id', 'client_id_issued_at', 'expires_in']);
const VOLATILE_CLAIMS = new Set(['exp', 'iat', 'nbf', 'auth_time', 'jti', 'sid', 'uti']);

interface Fact {
  readonly part: Part;
  readonly name: string;
  readonly value: string;
  readonly volatile: boolean;
  /** The fact this one is a part of. */
  readonly of: string | null;
}

function differences(first: TraceStep, second: TraceStep): Difference[] {
  const [one, other] = [factsOf(first), factsOf(second)];
  const found = [...new Set([...one.keys(), ...other.keys()])].flatMap((key): Difference[] => {
    const [a, b] = [one.get(key), other.get(key)];
    const known = a ?? b;
    if (!known || a?.value === b?.value) return [];
    const { part, name, of } = known;
    // Of a token that only one side has it is enough to say so.
    if (of !== null && !(one.has(of) && other.has(of))) return [];
    // A member that one side does not have at all is news, whatever its value.
    const volatile =
      a && b
        ? known.volatile || withoutPorts(a.value) === withoutPorts(b.value)
        : known.volatile && part.endsWith('Header');
    return [{ part, name, first: a?.value ?? null, second: b?.value ?? null, volatile }];
  });
  return found.toSorted((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
}

/** RFC 8252 §7.3: any port may be asked for in a loopback address. */
const withoutPorts = (text: string) => text.replace(/(127\.0\.0\.1|\[::1\]|localhost):\d+/g, '$1');

function factsOf(step: TraceStep): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const add = (part: Part, value: string | null, name = '', volatile = false, of: string | null = null) => {
    if (value === null) return;
    const key = `${part} ${name}`;
    const before = facts.get(key)?.value;
    // A parameter may be there several times.
    facts.set(key, { part, name, value: before === undefined ? value : `${before}, ${value}`, volatile, of });
  };
  const { rule, notes, problem, request, response } = step;
  add('title', step.title);
  add('rule', rule && `${rule.text} (${rule.reference})`);
  add('notes', notes.length > 0 ? notes.join('\n') : null);
  add('problem', problem && [problem.code, problem.detail].filter(Boolean).join(': '));
  if (request) {
    const { base, parameters } = addressParts(request.url);
    add('requestMethod', request.method);
    add('requestAddress', base);
    for (const [name, value] of parameters) add('requestParameter', value, name, VOLATILE_NAMES.has(name));
  }
  add('responseStatus', response && String(response.status));
  for (const [side, message] of [
    ['request', request],
    ['response', response],
  ] as const) {
    for (const [name, value] of Object.entries(message?.headers ?? {})) {
      const lower = name.toLowerCase();
      add(`${side}Header`, value, lower, VOLATILE_HEADERS.test(lower));
    }
    for (const [name, value] of bodyFacts(message)) add(`${side}Body`, value, name, VOLATILE_NAMES.has(name));
  }
  for (const { side, place, kind, header, claims, withheld } of step.tokens) {
    const part = `${side}Token` as const;
    add(part, kind, place);
    const of = `${part} ${place}`;
    for (const [name, value] of Object.entries(header))
      add(part, claimText(value), `${place}, ${name} (header)`, false, of);
    for (const [name, value] of Object.entries(claims))
      add(part, claimText(value), `${place}, ${name}`, VOLATILE_CLAIMS.has(name), of);
    for (const name of withheld) add(part, '•••', `${place}, ${name}`, false, of);
  }
  return facts;
}

const claimText = (value: string | number | boolean | readonly string[]) =>
  typeof value === 'object' ? value.join(', ') : String(value);

const MEMBER_LIMIT = 300;
const DEPTH_LIMIT = 4;

function bodyFacts(
  message: { body: string | null; headers: Record<string, string> } | null,
): [string, string][] {
  if (!message?.body) return [];
  const parts = bodyParts(message.body, message.headers);
  switch (parts.kind) {
    case 'json':
      return members(parts.value, '', 0).slice(0, MEMBER_LIMIT);
    case 'form':
      return parts.parameters.slice(0, MEMBER_LIMIT).map(([name, value]) => [name, value]);
    case 'text':
      return [['', parts.text]];
  }
}

/** The members of JSON by their path, `a.b`; lists of plain values as one value, what is nested deeper as JSON. */
function members(value: unknown, path: string, depth: number): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const plainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (plainList) return [[path, value.join(', ')]];
  if (depth >= DEPTH_LIMIT) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, member]) =>
    members(member, path === '' ? name : `${path}.${name}`, depth + 1),
  );
}

/** Two texts cut where they begin and end to differ, for marking what is between. */
export function differingParts(first: string, second: string): { before: number; after: number } {
  const shortest = Math.min(first.length, second.length);
  let before = 0;
  while (before < shortest && first[before] === second[before]) before += 1;
  let after = 0;
  while (after < shortest - before && first.at(-1 - after) === second.at(-1 - after)) after += 1;
  return { before, after };
}
