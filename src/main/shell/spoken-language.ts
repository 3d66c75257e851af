import { type Language, languageOf } from '../../shared/languages.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import type { ShellWords } from './words/words.ts';
import { zh } from './words/zh.ts';

export const shellWords: Readonly<Record<Language, ShellWords>> = { en, de, zh };

/** The language spoken outside the window: that of the system until the person's choice is known. */
export class SpokenLanguage {
  /** The one spoken unless the person chose another. */
  readonly system: Language;
  readonly #listeners = new Set<() => void>();
  #current: Language;

  constructor(system: Language) {
    this.system = system;
    this.#current = system;
  }

  get words(): ShellWords {
    return shellWords[this.#current];
  }

  choose(chosen: Language | 'system'): void {
    const language = languageOf(chosen, this.system);
    if (language === this.#current) return;
    this.#current = language;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `changed` whenever other words hold than before. */
  onChange(changed: () => void): void {
    this.#listeners.add(changed);
  }
}
