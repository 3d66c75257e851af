import { join } from 'node:path';
import { type Settings, settings } from '../../shared/domain/settings.ts';
import type { Problem } from '../../shared/problems.ts';
import { JsonFile } from './json-file.ts';

/** The app-wide settings, in memory and on disk. */
export class SettingsFile {
  readonly #file: JsonFile<Settings>;
  #current: Settings = settings.parse({});

  constructor(folder: string) {
    this.#file = new JsonFile<Settings>({
      path: join(folder, 'settings.json'),
      schema: settings,
      empty: () => settings.parse({}),
    });
  }

  get current(): Settings {
    return this.#current;
  }

  async load(): Promise<Problem | null> {
    const { value, notice } = await this.#file.load();
    this.#current = value;
    return notice;
  }

  /** @throws the file system's error; the change is then in memory only */
  async change(change: Partial<Settings>): Promise<Settings> {
    this.#current = { ...this.#current, ...change };
    await this.#file.save(this.#current);
    return this.#current;
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
