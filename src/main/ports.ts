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
