export type FilledValues = Readonly<Record<string, string>>;

/** The values that are not empty: an empty field is one not filled in. */
export function filledOf(values: FilledValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** The values beside one of them. */
export function without(values: FilledValues, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
}
