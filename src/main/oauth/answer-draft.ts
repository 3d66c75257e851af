import type { JsonObject } from './json.ts';

/** What an answer is meant to be. */
export type AnswerKind =
  | 'protected-resource'
  | 'issuer'
  | 'registration'
  | 'token'
  | 'pushed-authorization'
  | 'revocation'
  | 'introspection'
  | 'userinfo';

/** An answer while it is tidied; repairs change it. */
export interface Draft {
  readonly kind: AnswerKind;
  status: number;
  readonly headers: Headers;
  /** Null when the body is no JSON object. */
  json: JsonObject | null;
  readonly body: string;
}

/** Changes every member `change` has a value for; says which, at most five. */
export function eachMember(draft: Draft, change: (value: unknown, name: string) => unknown): string | null {
  const notes = Object.keys(draft.json ?? {}).flatMap((name) => replaceMember(draft, name, change) ?? []);
  return notes.length > 0 ? notes.slice(0, 5).join(' ') : null;
}

/** Changes one member if `change` has a value for it; says so. */
export function replaceMember(
  draft: Draft,
  name: string,
  change: (value: unknown, name: string) => unknown,
): string | null {
  const changed = draft.json ? change(draft.json[name], name) : undefined;
  if (!draft.json || changed === undefined) return null;
  draft.json[name] = changed;
  return `${name} has the wrong type; read as ${JSON.stringify(changed).slice(0, 80)}.`;
}

/** Removes the members `drop` names; says which, at most five. */
export function dropMembers(
  draft: Draft,
  drop: (value: unknown, name: string) => boolean,
  what: string,
): string | null {
  const names = Object.entries(draft.json ?? {}).flatMap(([name, value]) =>
    drop(value, name) ? [name] : [],
  );
  for (const name of names) delete draft.json?.[name];
  return names.length > 0 ? `Dropped ${what}: ${names.slice(0, 5).join(', ')}.` : null;
}
