import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from '../../../../src/main/servers/stdio/line-reader.ts';

function read(chunks: readonly Buffer[], limit: number) {
  const lines: [string, boolean][] = [];
  let tooLong = 0;
  const reader = new LineReader({
    limit,
    line: (text, isCut) => lines.push([text, isCut]),
    tooLong: () => {
      tooLong += 1;
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, tooLong };
}

/** A text in pieces, cut anywhere, also within a character. */
function pieces(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test('lines are the same however the stream is cut, and with either end of line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, ''))),
      fc.array(fc.nat()),
      fc.constantFrom('\n', '\r\n'),
      (lines, cuts, end) => {
        const text = lines.map((line) => line + end).join('');
        expect(read(pieces(text, cuts), 1_000_000).lines).toEqual(lines.map((line) => [line, false]));
      },
    ),
  );
});

test('a line over the limit is cut and told once, and the next one is whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.array(fc.nat()), (excess, cuts) => {
      const text = `${'x'.repeat(8_192 + excess)}\nnext\n`;
      const { lines, tooLong } = read(pieces(text, cuts), 8_192);
      expect(lines).toEqual([
        ['x'.repeat(8_192), true],
        ['next', false],
      ]);
      expect(tooLong).toBe(1);
    }),
  );
});

test('a line of exactly the limit is whole, and the last one needs no end', () => {
  expect(read([Buffer.from('12345678\nrest')], 8)).toEqual({
    lines: [
      ['12345678', false],
      ['rest', false],
    ],
    tooLong: 0,
  });
});
