import type { NewerVersion, UpdateState } from '../shared/domain/update.ts';
import { makeProblem, visibleText } from '../shared/problems.ts';
import type { EventListener } from './events.ts';
import type { Cancel, Clock, Scheduler, UpdateSource } from './ports.ts';

/** The first question comes this long after the start, in milliseconds: connections go first. */
const FIRST_CHECK_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
const NOTES_LIMIT = 20_000;

export interface UpdateDeskOptions {
  readonly source: UpdateSource;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
  /** Whether anybody may be asked: what the person or the policy decided. */
  readonly wanted: () => boolean;
}

/**
 * Knows of newer versions: asks at start and once a day, and does nothing more by itself. Downloading and
 * installing are the person's to start.
 */
export class UpdateDesk {
  readonly #options: UpdateDeskOptions;
  #state: UpdateState;
  #next: Cancel | null = null;

  constructor(options: UpdateDeskOptions) {
    this.#options = options;
    const { way } = options.source;
    this.#state = way === 'itself' ? { kind: 'off' } : { kind: 'elsewhere', way };
  }

  get state(): UpdateState {
    return this.#state;
  }

  /** Begins to ask, or stops: at start, and when the setting changed. */
  settingChanged(): void {
    if (this.#options.source.way !== 'itself') return;
    const { wanted } = this.#options;
    if (!wanted()) {
      this.stop();
      // What the person began goes on.
      if (this.#state.kind === 'current' || this.#state.kind === 'available') this.#become({ kind: 'off' });
    } else if (!this.#next) {
      if (this.#state.kind === 'off') this.#become({ kind: 'current', checkedAt: null });
      this.#checkAfter(FIRST_CHECK_MS);
    }
  }

  stop(): void {
    this.#next?.();
    this.#next = null;
  }

  /** Asks now. What goes wrong shows in {@link state}. */
  async check(): Promise<void> {
    const { source, clock, wanted } = this.#options;
    const { kind } = this.#state;
    if (source.way !== 'itself' || !wanted()) return;
    if (kind === 'checking' || kind === 'downloading' || kind === 'ready') return;
    this.#become({ kind: 'checking' });
    try {
      const found = await source.check();
      const newer = found && { version: visibleText(found.version, 60), notes: cut(found.notes) };
      // Switched off meanwhile: the answer is nobody's.
      if (!wanted()) this.#become({ kind: 'off' });
      else if (newer) this.#become({ kind: 'available', ...newer });
      else this.#become({ kind: 'current', checkedAt: clock.now() });
    } catch (error) {
      this.#fail('update-check-failed', error, null);
    }
  }

  /** Fetches the newer version the person was told of. */
  async download(): Promise<void> {
    const newer = this.#known();
    if (!newer) return;
    this.#become({ kind: 'downloading', ...newer, percent: 0 });
    try {
      await this.#options.source.download((percent) => {
        const whole = Math.floor(percent);
        if (this.#state.kind !== 'downloading' || this.#state.percent === whole) return;
        this.#become({ kind: 'downloading', ...newer, percent: whole });
      });
      this.#become({ kind: 'ready', ...newer });
    } catch (error) {
      this.#fail('update-download-failed', error, newer);
    }
  }

  /** Ends the app and starts the version that was fetched. */
  install(): void {
    if (this.#state.kind === 'ready') this.#options.source.install();
  }

  #known(): NewerVersion | null {
    if (this.#state.kind === 'available') return { version: this.#state.version, notes: this.#state.notes };
    return this.#state.kind === 'failed' ? this.#state.newer : null;
  }

  #checkAfter(delayMs: number): void {
    this.#next = this.#options.scheduler.after(delayMs, () => {
      this.#checkAfter(DAY_MS);
      void this.check();
    });
  }

  #fail(
    code: 'update-check-failed' | 'update-download-failed',
    error: unknown,
    newer: NewerVersion | null,
  ): void {
    const detail = error instanceof Error ? error.message : null;
    this.#become({ kind: 'failed', problem: makeProblem(code, {}, detail), newer });
  }

  #become(state: UpdateState): void {
    this.#state = state;
    this.#options.emit('update.changed', state);
  }
}

/** Notes come from a server and are shown as text, line by line. */
function cut(notes: string | null): string | null {
  if (notes === null) return null;
  const lines = notes.slice(0, NOTES_LIMIT).split(/\r\n|\r|\n/);
  return lines.map((line) => visibleText(line, 2000)).join('\n');
}
