const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Blocks whose end is the end of a line. */
const BLOCK_END = /<\/(p|div|h[1-6]|ul|ol|pre|blockquote|tr|table|li)\s*>|<br\s*\/?>/gi;

/**
 * Release notes as plain text: some hosts write them in HTML. What is left is shown as text, so a tag this
 * does not know is at worst read as such.
 */
export function releaseNotesAsText(notes: string | null): string | null {
  if (notes === null) return null;
  const text = notes
    .slice(0, 100_000)
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<li\b[^>]*>/gi, '• ')
    .replace(BLOCK_END, '\n')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (all, decimal, hex, name) => {
      if (name) return ENTITIES[name.toLowerCase()] ?? all;
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return text === '' ? null : text;
}
