/** Longest query looked at, in UTF-16 code units. */
export const QUERY_LIMIT = 100;

const MOST_WORDS = 8;

/** A text as it is compared: small letters, without accents. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The words of a query, as they are compared. */
export function wordsOf(query: string): readonly string[] {
  const words = folded(query.slice(0, QUERY_LIMIT)).split(/\s+/).filter(Boolean);
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/**
 * How well a text fits: each word has to be in it, at the start of a word best, with letters left out worst.
 * @param words of {@link wordsOf}
 * @param text of {@link folded}
 * @returns null where a word is not in it; else the larger the better
 */
export function fitOf(words: readonly string[], text: string): number | null {
  let sum = 0;
  for (const word of words) {
    const fit = fitOfWord(word, text);
    if (fit === 0) return null;
    sum += fit;
  }
  // Of two that fit alike the shorter one is meant.
  return sum - Math.min(text.length, 500) / 1000;
}

function fitOfWord(word: string, text: string): number {
  let best = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (isStart(text, at)) return at === 0 ? 4 : 3.5;
    best = 2;
  }
  return best || fitWithGaps(word, text);
}

/** The letters of a word in their order, beginning where a word begins and not too far apart: `gha` in `github actions`. */
function fitWithGaps(word: string, text: string): number {
  if (word.length < 2) return 0;
  const first = word[0] ?? '';
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    if (!isStart(text, start)) continue;
    let at = start;
    let matched = 1;
    while (matched < word.length && at >= 0 && at - start <= word.length * 4) {
      at = text.indexOf(word[matched] ?? '', at + 1);
      matched += 1;
    }
    if (at >= 0 && at - start <= word.length * 4) return 1;
  }
  return 0;
}

/** Whether a word begins there. */
function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (before < 128) return !((before >= 48 && before <= 57) || (before >= 97 && before <= 122));
  return !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}

/**
 * The entries that fit best, the best first; those that fit alike in the order they came.
 * @param limit how many at most
 */
export function bestFits<Entry extends { readonly text: string }>(
  entries: readonly Entry[],
  words: readonly string[],
  limit: number,
): readonly Entry[] {
  const fits = entries.flatMap((entry) => {
    const fit = fitOf(words, entry.text);
    return fit === null ? [] : [{ entry, fit }];
  });
  return fits
    .sort((one, other) => other.fit - one.fit)
    .slice(0, limit)
    .map(({ entry }) => entry);
}
