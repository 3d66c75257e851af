import type { TFunction } from 'i18next';

/** So many different words are kept of a language; a list seldom shows more. */
const MOST = 500;

const kept = new WeakMap<TFunction, Map<string, string>>();

/**
 * Words that many rows show alike, looked up once per language.
 * @param key names the words among all that are remembered
 */
export function remembered(t: TFunction, key: string, lookUp: () => string): string {
  const own = kept.get(t) ?? new Map<string, string>();
  kept.set(t, own);
  const known = own.get(key);
  if (known !== undefined) return known;
  if (own.size >= MOST) own.clear();
  const words = lookUp();
  own.set(key, words);
  return words;
}
