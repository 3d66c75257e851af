const ACCENTED: Readonly<Record<string, string>> = {
  ...{
    a: 'á',
    b: 'ƀ',
    c: 'ç',
    d: 'đ',
    e: 'é',
    f: 'ƒ',
    g: 'ğ',
    h: 'ĥ',
    i: 'í',
    j: 'ĵ',
    k: 'ķ',
    l: 'ļ',
    m: 'ɱ',
  },
  ...{
    n: 'ñ',
    o: 'ó',
    p: 'þ',
    q: 'ʠ',
    r: 'ŕ',
    s: 'š',
    t: 'ť',
    u: 'ú',
    v: 'ṽ',
    w: 'ŵ',
    x: 'ẋ',
    y: 'ý',
    z: 'ž',
  },
  ...{
    A: 'Á',
    B: 'Ɓ',
    C: 'Ç',
    D: 'Đ',
    E: 'É',
    F: 'Ƒ',
    G: 'Ğ',
    H: 'Ĥ',
    I: 'Í',
    J: 'Ĵ',
    K: 'Ķ',
    L: 'Ļ',
    M: 'Ṁ',
  },
  ...{
    N: 'Ñ',
    O: 'Ó',
    P: 'Þ',
    Q: 'Ǫ',
    R: 'Ŕ',
    S: 'Š',
    T: 'Ť',
    U: 'Ú',
    V: 'Ṽ',
    W: 'Ŵ',
    X: 'Ẋ',
    Y: 'Ý',
    Z: 'Ž',
  },
};
/** How much longer than English, as German and Finnish are at times. */
const LONGER_BY = 0.4;
const FILLING = ' ~ôňé ŧŵö ťĥŕéé ƒóúŕ ƒíṽé';

/**
 * A text as a language would have it that nobody speaks: accented, two fifths longer, in brackets. What is
 * shown without brackets does not come from the catalogue; what has only one of them is cut.
 * Placeholders, `{name}` and `{{name}}`, stay as they are.
 */
export function pseudo(text: string): string {
  const parts = text.split(/(\{\{?\w+\}?\})/);
  const accented = parts.map((part, index) =>
    index % 2 === 1 ? part : part.replace(/[A-Za-z]/g, (letter) => ACCENTED[letter] ?? letter),
  );
  const words = parts.filter((_, index) => index % 2 === 0).join('');
  const wanted = Math.ceil(words.length * LONGER_BY);
  return `[${accented.join('')}${FILLING.repeat(Math.ceil(wanted / FILLING.length)).slice(0, wanted)}]`;
}

/** All texts of a catalogue. */
export function pseudoWords<T>(words: T): T {
  if (typeof words === 'string') return pseudo(words) as T;
  return Object.fromEntries(
    Object.entries(words as object).map(([key, value]) => [key, pseudoWords(value)]),
  ) as T;
}
