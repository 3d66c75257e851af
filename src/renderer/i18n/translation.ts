import type { ProblemCode } from '../../shared/problems.ts';
import type { en } from './en.ts';

/** The plural forms of Intl.PluralRules beside `other`, which every language has. */
type FurtherForm = 'zero' | 'one' | 'two' | 'few' | 'many';

/** The shape of the words of a language: that of English, but with the plural forms of the language itself. */
type Translated<T, Form extends FurtherForm> = {
  readonly [Key in keyof T as Key extends `${infer Name}_other`
    ? `${Name}_${Form | 'other'}`
    : Key extends `${string}_one`
      ? never
      : Key]: T[Key] extends string ? string : Translated<T[Key], Form>;
};

/**
 * All words of one language but those of problems.
 * @template Form its plural forms beside `other`; `never` for a language without any, such as Chinese
 */
export type Translation<Form extends FurtherForm> = Translated<typeof en, Form>;

/** The sentences of all problems; `{name}` stands for a parameter. */
export type ProblemWords = {
  readonly [Code in ProblemCode]: { readonly sentence: string; readonly advice: string };
};
