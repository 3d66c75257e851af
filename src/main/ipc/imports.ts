import type { importCalls } from '../../shared/contract/imports.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function importHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof importCalls> {
  return {
    'imports.look': () => core.imports.look(),
    'imports.add': async ({ entryId, answers }) => {
      const found = core.imports.take(entryId, answers);
      const server =
        found.kind === 'remote'
          ? await core.addServer(found.url, found.name, undefined, found.headers)
          : await core.commands.add(found.name, found.command);
      // A command fails, for want of approval, and says so.
      core.connection(server.id, null).start();
      return { serverId: server.id, kind: server.kind };
    },
    'imports.forget': () => core.imports.forget(),
  };
}
