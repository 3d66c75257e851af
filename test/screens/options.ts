import { parseArgs } from 'node:util';
import { type Spoken, spokenLanguages } from './speech.ts';

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const contrasts = ['usual', 'more', 'forced'] as const;
export type Contrast = (typeof contrasts)[number];
export const namings = ['usual', 'unkind'] as const;
export type Naming = (typeof namings)[number];

export interface Options {
  /** Only measure, without pictures. */
  readonly measure: boolean;
  /** Parts of the names of the screens wanted; null: all. */
  readonly only: readonly string[] | null;
  readonly languages: readonly Spoken[];
  readonly themes: readonly Theme[];
  /** In CSS pixels. */
  readonly widths: readonly number[];
  readonly contrasts: readonly Contrast[];
  readonly namings: readonly Naming[];
  readonly axe: boolean;
  readonly out: string;
}

const PICTURED = [1280, 800, 480];
const MEASURED = [...PICTURED, 320];

/**
 * @param argv without node and script
 * @throws Error naming the option that can't be used
 */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      measure: { type: 'boolean', default: false },
      only: { type: 'string' },
      language: { type: 'string' },
      theme: { type: 'string' },
      width: { type: 'string' },
      contrast: { type: 'string' },
      names: { type: 'string' },
      'no-axe': { type: 'boolean', default: false },
      out: { type: 'string', default: 'out/screens' },
    },
  });
  const { measure } = values;
  const widths = values.width?.split(',').map(Number) ?? (measure ? MEASURED : PICTURED);
  if (!widths.every((width) => Number.isInteger(width) && width >= 200))
    throw new Error('--width takes numbers of pixels, 200 or more');
  return {
    measure,
    only: values.only?.split(',') ?? null,
    languages: chosen('language', values.language, spokenLanguages, spokenLanguages),
    themes: chosen('theme', values.theme, themes, measure ? ['light'] : themes),
    widths,
    contrasts: chosen('contrast', values.contrast, contrasts, ['usual']),
    namings: chosen('names', values.names, namings, measure ? namings : ['usual']),
    axe: !values['no-axe'],
    out: values.out,
  };
}

function chosen<T extends string>(
  option: string,
  given: string | undefined,
  known: readonly T[],
  otherwise: readonly T[],
): readonly T[] {
  if (given === undefined) return otherwise;
  return given.split(',').map((name) => {
    const one = known.find((each) => each === name);
    if (!one) throw new Error(`--${option} takes ${known.join(', ')}`);
    return one;
  });
}
