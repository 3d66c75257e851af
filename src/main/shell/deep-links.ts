import type { App } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import { linkAmongArguments } from '../../shared/deep-link.ts';

/**
 * Collects links of our scheme from wherever the system hands them over: the arguments of a cold start
 * (Windows, Linux), a second instance, or `open-url` (macOS, also before ready). What arrives before
 * somebody listens waits its turn.
 */
export class DeepLinks {
  readonly #waiting: string[] = [];
  #listener: ((link: string) => void) | null = null;

  /** Starts collecting. Must run before the app is ready: macOS hands over the first link early. */
  constructor(app: Pick<App, 'on'>, argv: readonly string[]) {
    app.on('open-url', (event, link) => {
      event.preventDefault();
      this.#take(link);
    });
    this.takeArguments(argv);
  }

  /** Takes the link among a program's arguments, if there is exactly one. */
  takeArguments(argv: readonly string[]): void {
    const link = linkAmongArguments(argv);
    if (link !== null) this.#take(link);
  }

  /** Hands over what waited, then everything that comes. */
  listen(listener: (link: string) => void): void {
    this.#listener = listener;
    for (const link of this.#waiting.splice(0)) listener(link);
  }

  #take(link: string): void {
    if (this.#listener) this.#listener(link);
    else this.#waiting.push(link);
  }
}

/** Registers our scheme with the operating system. In development the app's folder is part of the command. */
export function registerScheme(
  app: Pick<App, 'setAsDefaultProtocolClient' | 'isPackaged' | 'getAppPath'>,
  execPath: string,
): boolean {
  // `--` ends the switches, so that a link can never become one.
  const argv = app.isPackaged ? ['--'] : [app.getAppPath(), '--'];
  return app.setAsDefaultProtocolClient(appIdentity.scheme, execPath, argv);
}

/** Whether the operating system hands our scheme to this app. */
export function isSchemeHandler(
  app: Pick<App, 'isDefaultProtocolClient' | 'isPackaged' | 'getAppPath'>,
  execPath: string,
): boolean {
  const argv = app.isPackaged ? ['--'] : [app.getAppPath(), '--'];
  return app.isDefaultProtocolClient(appIdentity.scheme, execPath, argv);
}
