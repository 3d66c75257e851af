/** What a command line stands for, before anybody has looked at it. */
export type CommandLine =
  | { ok: true; variables: readonly { name: string; value: string }[]; words: readonly string[] }
  | { ok: false; error: 'quote' };

const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/**
 * Cuts a command line into words: by blanks, except within quotes. Nothing is expanded and nothing is run, so
 * `$HOME`, `|` and `;` are characters like any other. Assignments in front are variables, as in a shell.
 * @param backslash whether a backslash takes the meaning from the next character; on Windows it parts folders
 */
export function readCommandLine(text: string, { backslash }: { backslash: boolean }): CommandLine {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const next = text[index + 1];
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (character === '\\' && quote === '"' && (next === '"' || (next === '\\' && backslash))) {
        word += next;
        index += 1;
      } else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\' && backslash && next !== undefined) {
      // A line that goes on in the next one.
      if (next !== '\n') word = (word ?? '') + next;
      index += 1;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) return { ok: false, error: 'quote' };
  if (word !== null) words.push(word);

  const program = words.findIndex((one) => !VARIABLE.test(one));
  const assignments = program < 0 ? words : words.slice(0, program);
  const variables = assignments.flatMap((one) => {
    const [, name, value] = VARIABLE.exec(one) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? '' }];
  });
  return { ok: true, variables, words: program < 0 ? [] : words.slice(program) };
}
