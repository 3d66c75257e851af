import type { NewerVersion, UpdateWay } from '../shared/domain/update.ts';

/**
 * What the core needs from the world outside. Handed in by the composition root, so that a test can
 * hold time, randomness, the network, the browser and the clipboard.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Stops what it was returned for; calling it again does nothing. */
export type Cancel = () => void;

export interface Scheduler {
  /** Runs once after `delayMs` milliseconds unless cancelled. Never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Cancel;
}

export interface Randomness {
  /** An identifier nobody can guess: lower-case letters, digits and dashes. */
  id(): string;
  /** A number from 0 up to, not including, 1; for jitter only. */
  fraction(): number;
}

export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

export interface SystemBrowser {
  /**
   * Opens an address in the person's own browser. The caller has checked it with the URL policy.
   * @throws when no browser could be started
   */
  open(url: URL): Promise<void>;
}

export interface Clipboard {
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
}

/** Lets the person choose where a file goes, and writes it there. */
export interface FileSaver {
  /**
   * @param suggestedName a file name, without a folder
   * @throws ProblemError `file-not-saved`
   */
  save(suggestedName: string, content: string | Uint8Array): Promise<'saved' | 'cancelled'>;
}

/** Where newer versions of the app come from. */
export interface UpdateSource {
  /** How they come to this installation; only with `itself` is the rest ever asked for. */
  readonly way: UpdateWay;
  /**
   * Asks whether there is a newer version.
   * @throws when nobody answered
   */
  check(): Promise<NewerVersion | null>;
  /**
   * Fetches the version {@link check} found, and checks that it is the maker's.
   * @param progress told how much is there, 0 to 100
   * @throws when it could not be fetched, or is somebody else's
   */
  download(progress: (percent: number) => void): Promise<void>;
  /** Ends the app and starts the version that was fetched. */
  install(): void;
}

/** Whether the operating system hands our private-use scheme to this app (RFC 8252 §7.1). */
export interface SchemeHandler {
  isRegistered(): Promise<boolean>;
}

/** The real clock and timers of the process. */
export const systemClock: Clock = { now: () => Date.now() };

export const systemScheduler: Scheduler = {
  after(delayMs, run) {
    // setTimeout overflows above 2^31-1 ms; whoever waits longer looks again when it fires.
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), 2_147_483_647));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemRandomness: Randomness = {
  id: () => crypto.randomUUID(),
  fraction: () => Math.random(),
};
