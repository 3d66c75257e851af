import { accountHandlers } from './accounts.ts';
import { appHandlers } from './app.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';
import { serverHandlers } from './servers.ts';
import { signInHandlers } from './sign-ins.ts';
import { toolHandlers } from './tools.ts';

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
