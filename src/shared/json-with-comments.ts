/**
 * The plain JSON in a text as editors keep their settings: blanks in place of comments, of a comma after the last
 * member and of a byte order mark, so that everything else stays where it is. What is no JSON stays none: a comment or
 * string without an end, or a comma with nothing in front of it.
 */
export function plainJson(text: string): string {
  const out = text.split('');
  const blank = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      if (out[index] !== '\n' && out[index] !== '\r') out[index] = ' ';
    }
  };
  if (text.startsWith('\ufeff')) out[0] = ' ';
  /** The last character that means something, and the comma that may turn out to be one too many. */
  let last = '';
  let comma = -1;
  for (let index = out[0] === ' ' ? 1 : 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (/\s/.test(character)) continue;
    const end = character === '/' ? endOfComment(text, index) : -1;
    if (end > 0) {
      blank(index, end);
      index = end - 1;
      continue;
    }
    if (comma >= 0 && (character === '}' || character === ']')) out[comma] = ' ';
    comma = character === ',' && !['', '[', '{', ',', ':'].includes(last) ? index : -1;
    last = character;
    if (character === '"') index = endOfString(text, index) - 1;
  }
  return out.join('');
}

/** Where a comment ends; -1 where none begins, or it has no end. */
function endOfComment(text: string, start: number): number {
  if (text[start + 1] === '/') {
    let end = start;
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return end;
  }
  if (text[start + 1] !== '*') return -1;
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? -1 : end + 2;
}

/** The place behind a string that begins at `start`; a string has one line. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"' && text[index] !== '\n') {
    index += text[index] === '\\' ? 2 : 1;
  }
  return Math.min(index + 1, text.length);
}
