import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const renderer = join(import.meta.dirname, '..', '..', 'src', 'renderer');
const tokens = readFileSync(join(renderer, 'theme', 'tokens.css'), 'utf8');
const styles = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.css'))
  .map((file) => readFileSync(join(renderer, file), 'utf8'));

const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

const colors = Object.fromEntries(themes.map((theme) => [theme, colorsOf(theme)])) as Record<
  Theme,
  ReadonlyMap<string, string>
>;

function colorsOf(theme: Theme): ReadonlyMap<string, string> {
  const block = tokens.match(
    new RegExp(`:root\\[data-mantine-color-scheme="${theme}"\\] \\{([^}]*)\\}`),
  )?.[1];
  return new Map(
    [...(block ?? '').matchAll(/--gh-([\w-]+):\s*(#[\da-f]{6});/g)].map(([, name, hex]) => [
      name ?? '',
      hex ?? '',
    ]),
  );
}

/** Relative luminance of an sRGB colour (WCAG 2.2, definition). */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Theme, one: string, other: string): number {
  const [first, second] = [one, other].map((name) => {
    const hex = colors[theme].get(name);
    if (!hex) throw new Error(`no colour --gh-${name} in the ${theme} theme`);
    return luminance(hex) + 0.05;
  }) as [number, number];
  return Math.max(first, second) / Math.min(first, second);
}

const resting = ['ground', 'side', 'surface', 'sunken'];
const touched = ['hover', 'active'];
const callouts = ['accent-soft', 'good-soft', 'warn-soft', 'bad-soft'];

/** What words are written in, and everything they are written on. */
const writing: Record<string, readonly string[]> = {
  text: [...resting, ...touched, ...callouts, 'accent-line'],
  'text-soft': [...resting, ...touched, ...callouts],
  'text-faint': [...resting, ...touched],
  'accent-text': [...resting, ...touched, 'accent-soft'],
  'good-text': [...resting, ...touched, 'good-soft'],
  'warn-text': [...resting, ...touched, 'warn-soft'],
  'bad-text': [...resting, ...touched, 'bad-soft'],
  'on-accent': ['accent', 'accent-hover', 'bad', 'bad-hover'],
  // Tooltips are written in the colour of the ground on that of the text.
  ground: ['text'],
};

const pairs = Object.entries(writing).flatMap(([ink, papers]) =>
  papers.map((paper) => [ink, paper] as const),
);

/** The pairs that stay below the 7 : 1 of WCAG 1.4.6 (AAA): what one may miss, what is pointed at, and filled buttons. */
const belowAaa: Record<Theme, readonly string[]> = {
  light: [
    'text-soft on hover',
    'text-soft on active',
    'text-faint on ground',
    'text-faint on side',
    'text-faint on surface',
    'text-faint on sunken',
    'text-faint on hover',
    'text-faint on active',
    'accent-text on hover',
    'accent-text on active',
    'good-text on hover',
    'good-text on active',
    'warn-text on hover',
    'warn-text on active',
    'bad-text on hover',
    'bad-text on active',
    'on-accent on bad',
    'on-accent on bad-hover',
  ],
  dark: [
    'text on accent-line',
    'text-faint on ground',
    'text-faint on side',
    'text-faint on surface',
    'text-faint on sunken',
    'text-faint on hover',
    'text-faint on active',
    'bad-text on active',
    'on-accent on accent',
    'on-accent on accent-hover',
    'on-accent on bad',
    'on-accent on bad-hover',
  ],
};

test('everything the styles write in is measured', () => {
  const inks = new Set(
    styles.flatMap((css) =>
      [...css.matchAll(/(?<![\w-])color:\s*var\(--gh-([\w-]+)\)/g)].map(([, name]) => name),
    ),
  );
  // The mark while the app starts is no writing.
  inks.delete('line-strong');
  expect([...inks].sort()).toEqual(Object.keys(writing).sort());
});

describe.each(themes)('in the %s theme', (theme) => {
  test.each(pairs)('%s can be read on %s (WCAG 1.4.3, AA)', (ink, paper) => {
    expect(contrast(theme, ink, paper)).toBeGreaterThanOrEqual(4.5);
  });

  test('only what is known to is below AAA (WCAG 1.4.6)', () => {
    const missing = pairs.filter(([ink, paper]) => contrast(theme, ink, paper) < 7);
    expect(missing.map(([ink, paper]) => `${ink} on ${paper}`)).toEqual(belowAaa[theme]);
  });

  test.each(['focus', 'control-line', 'good', 'warn', 'bad', 'busy', 'idle'])(
    'the shape of %s can be seen on everything (WCAG 1.4.11)',
    (shape) => {
      for (const paper of [...resting, ...touched])
        expect(contrast(theme, shape, paper)).toBeGreaterThanOrEqual(3);
    },
  );
});
