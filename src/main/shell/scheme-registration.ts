import { join } from 'node:path';
import type { App } from 'electron';
import { isSchemeHandler, type LinkCommand, linkCommand, registerScheme } from './deep-links.ts';
import { linkEntry, writeDesktopEntry } from './desktop-entry.ts';

/** In development the scheme is taken only when asked for: an installed Gatehouse must not lose it. */
const REGISTER_SWITCH = '--register-scheme';

export interface SchemeRegistrationOptions {
  readonly app: Pick<
    App,
    'setAsDefaultProtocolClient' | 'isDefaultProtocolClient' | 'isPackaged' | 'getAppPath'
  >;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly execPath: string;
  readonly argv: readonly string[];
  /** Absolute path of the person's home folder. */
  readonly home: string;
}

/** Our place in the operating system's list of who opens which scheme. */
export class SchemeRegistration {
  readonly #options: SchemeRegistrationOptions;
  readonly #command: LinkCommand;

  constructor(options: SchemeRegistrationOptions) {
    const { app, execPath, environment, platform } = options;
    this.#options = options;
    // The file the person has, not the place it is mounted at while it runs.
    const appImage = platform === 'linux' ? environment.APPIMAGE : undefined;
    this.#command = linkCommand(app, app.isPackaged && appImage ? appImage : execPath);
  }

  /** Whether the operating system hands our scheme to this app; asks it each time. */
  isRegistered(): boolean {
    return isSchemeHandler(this.#options.app, this.#command);
  }

  /**
   * Registers where nobody else does. The deb and rpm packages bring a desktop entry of their own, and
   * whoever chose another program for our scheme keeps it.
   */
  async register(): Promise<void> {
    const { app, platform, environment, argv, home } = this.#options;
    if (!app.isPackaged && !argv.includes(REGISTER_SWITCH)) return;
    if (platform === 'linux') {
      if (app.isPackaged && !environment.APPIMAGE) return;
      const dataHome = environment.XDG_DATA_HOME || join(home, '.local', 'share');
      await writeDesktopEntry(join(dataHome, 'applications'), linkEntry(this.#command));
      if (this.isRegistered()) return;
    }
    registerScheme(app, this.#command);
  }
}
