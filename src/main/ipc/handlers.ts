import { accountHandlers } from './accounts.ts';
import { appHandlers } from './app.ts';
import { catalogHandlers } from './catalog.ts';
import type { HandlerDependencies } from './dependencies.ts';
import { elicitationHandlers } from './elicitations.ts';
import { importHandlers } from './imports.ts';
import { logHandlers } from './logs.ts';
import { promptHandlers } from './prompts.ts';
import { resourceHandlers } from './resources.ts';
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
    ...catalogHandlers(dependencies),
    ...toolHandlers(dependencies),
    ...resourceHandlers(dependencies),
    ...promptHandlers(dependencies),
    ...elicitationHandlers(dependencies),
    ...logHandlers(dependencies),
    ...importHandlers(dependencies),
  };
}
