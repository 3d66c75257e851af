import { visibleText } from '../../shared/problems.ts';

/**
 * Like {@link visibleText}, but line breaks and tabs stay: for text that has lines, shown preformatted.
 * @param limit greatest length in UTF-16 code units
 */
export function visibleLines(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut
    .split(/\r\n|\n|\r/)
    .map((line) =>
      line
        .split('\t')
        .map((part) => visibleText(part, Number.POSITIVE_INFINITY))
        .join('\t'),
    )
    .join('\n');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A letter or digit of ASCII that nothing after it can be joined to. */
const PLAIN_INITIAL = /^[a-z0-9](?![\u0300-\uffff])/i;

/** The first letter of a name, for its tile. */
export function initialOf(name: string): string {
  const [plain] = PLAIN_INITIAL.exec(name) ?? [];
  if (plain) return plain.toLocaleUpperCase();
  for (const { segment } of graphemes.segment(name.trim().slice(0, 64)))
    if (/[\p{L}\p{N}\p{S}]/u.test(segment)) {
      const shown = visibleText(segment);
      // Of several signs joined by one that is not seen, the first stands for all: there is room for one.
      return (shown === segment ? shown : visibleText([...segment][0] ?? '')).toLocaleUpperCase();
    }
  return '•';
}
