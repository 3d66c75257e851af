import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import type { Answers, Emit } from './stage.ts';

/** Names as an unkind server would choose them. */
const UNKIND = [
  `Verantwortungsvolle-Zusammenarbeitsverwaltung ${'und noch mehr '.repeat(20)}`.slice(0, 200).trim(),
  'x'.repeat(200),
  'مساعد الشركة الذكي لإدارة المشاريع והעוזר החכם של החברה',
  '👩🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈 Rocket 🚀🚀🚀 Team 🇩🇪🇨🇳',
  'Git\u200bHub\u2060 \u200dIssues\ufeff',
  'ɢіtһuЬ Ρrοjесtѕ',
  'A\u202eevil\u202c B\u0000C\nD',
  '项目管理与协作平台的超长名称没有任何空格可以换行所以必须在任意位置断开才能显示完整',
] as const;

/** Members that hold a name beside those a snapshot names by itself. */
const TITLES = new Set(['title', 'serverName', 'suggestedName', 'label']);

/** How the names of one scene are changed; the same name always for the same. */
export interface Naming {
  snapshot(snapshot: Snapshot): Snapshot;
  answers(answers: Answers): Answers;
  wrap(emit: Emit): Emit;
  named(name: string): string;
}

export const asTheyAre = (): Naming => ({
  snapshot: (snapshot) => snapshot,
  answers: (answers) => answers,
  wrap: (emit) => emit,
  named: (name) => name,
});

/** Changes the names of servers, accounts, tools, resources and prompts in all that crosses to the page. */
export function unkindNames(): Naming {
  const changed = new Map<string, string>();
  const unkind = (name: string) => {
    // Numbered, so that a scene still finds the one it means.
    const number = String(changed.size).padStart(3, '0');
    const known = changed.get(name) ?? `${number} ${UNKIND[changed.size % UNKIND.length]}`.slice(0, 200);
    changed.set(name, known);
    return known;
  };
  const change = (value: unknown, member = ''): unknown => {
    if (typeof value === 'string') return changed.get(value) ?? (TITLES.has(member) ? unkind(value) : value);
    if (Array.isArray(value)) return value.map((item) => change(item, member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]));
  };
  return {
    snapshot(snapshot) {
      for (const { name } of snapshot.servers) unkind(name);
      for (const { label, identity } of snapshot.accounts) {
        unkind(label);
        if (identity?.name) unkind(identity.name);
      }
      return change(snapshot) as Snapshot;
    },
    answers: (answers) =>
      Object.fromEntries(
        Object.entries(answers).map(([name, answer]) => [
          name,
          async (input: never) => change(await (answer as (input: never) => unknown)(input)),
        ]),
      ) as Answers,
    wrap: (emit) => (name, payload) => emit(name, change(payload) as typeof payload),
    named: (name) => changed.get(name) ?? [...changed].find(([usual]) => usual.startsWith(name))?.[1] ?? name,
  };
}
