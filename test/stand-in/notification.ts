import { EventEmitter } from 'node:events';
import { StandInEvent } from './event.ts';
import { say } from './runtime.ts';

type Checked = Pick<Electron.Notification, 'show' | 'close'>;

/** A desktop notification that appears in the log; tests emit `click` on it. */
export class Notification extends EventEmitter implements Checked {
  /** Those shown and not yet closed, for tests to look at. */
  static readonly shown = new Set<Notification>();
  title: string;
  subtitle: string;
  body: string;
  silent: boolean;
  actions: Electron.NotificationAction[];

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    this.title = options.title ?? '';
    this.subtitle = options.subtitle ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
    this.actions = options.actions ?? [];
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    Notification.shown.add(this);
    say(`notification ${JSON.stringify({ title: this.title, body: this.body })}`);
    setImmediate(() => this.emit('show', new StandInEvent()));
  }

  close(): void {
    if (Notification.shown.delete(this)) this.emit('close', new StandInEvent());
  }
}
