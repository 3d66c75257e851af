import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Problem } from '../../shared/problems.ts';
import type { Core } from '../core.ts';
import type { Clipboard } from '../ports.ts';
import { accountHandlers } from './accounts.ts';
import { appHandlers } from './app.ts';
import type { Handlers } from './router.ts';
import { serverHandlers } from './servers.ts';
import { signInHandlers } from './sign-ins.ts';
import { toolHandlers } from './tools.ts';
import type { Views } from './views.ts';

export interface HandlerDependencies {
  readonly core: Core;
  readonly views: Views;
  readonly clipboard: Clipboard;
  readonly app: Snapshot['app'];
  /** What was found wrong at start. */
  readonly notices: readonly Problem[];
}

/** All handlers, one file per contract file. */
export function createHandlers(dependencies: HandlerDependencies): Handlers {
  return {
    ...appHandlers(dependencies),
    ...serverHandlers(dependencies),
    ...signInHandlers(dependencies),
    ...accountHandlers(dependencies),
    ...toolHandlers(dependencies),
  };
}
