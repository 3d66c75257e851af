import { join } from 'node:path';
import { type Settings, type SettingsChange, settings } from '../../shared/domain/settings.ts';
import type { Problem } from '../../shared/problems.ts';
import { JsonFile } from './json-file.ts';

/** The app-wide settings, in memory and on disk. */
export class SettingsFile {
  readonly #file: JsonFile<Settings>;
  readonly #decided: Partial<Settings>;
  #chosen: Settings = settings.parse({});

  /**
   * @param folder absolute path of the user data folder
   * @param decided settings that are not the person's to choose; what they chose before is kept beneath
   */
  constructor(folder: string, decided: Partial<Settings> = {}) {
    this.#decided = decided;
    this.#file = new JsonFile<Settings>({
      path: join(folder, 'settings.json'),
      schema: settings,
      empty: () => settings.parse({}),
    });
  }

  get current(): Settings {
    return { ...this.#chosen, ...this.#decided };
  }

  async load(): Promise<Problem | null> {
    const { value, notice } = await this.#file.load();
    this.#chosen = value;
    return notice;
  }

  /** @throws the file system's error; the change is then in memory only */
  async change(change: SettingsChange): Promise<Settings> {
    const named = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#chosen = { ...this.#chosen, ...Object.fromEntries(named) };
    await this.#file.save(this.#chosen);
    return this.current;
  }

  /** Everything as on the first day. */
  reset(): Promise<Settings> {
    return this.change(settings.parse({}));
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
