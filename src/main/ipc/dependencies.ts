import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Problem } from '../../shared/problems.ts';
import type { Core } from '../core.ts';
import type { Clipboard, Clock, FileSaver } from '../ports.ts';
import type { Views } from './views.ts';

/** What the handlers work with. */
export interface HandlerDependencies {
  readonly core: Core;
  readonly views: Views;
  readonly clock: Clock;
  readonly clipboard: Clipboard;
  readonly files: FileSaver;
  readonly app: Snapshot['app'];
  /** What was found wrong at start. */
  readonly notices: readonly Problem[];
}
