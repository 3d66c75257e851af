import type { Core } from '../../src/main/core.ts';
import { commandDigest } from '../../src/main/servers/stdio/command-digest.ts';
import type { CommandDraft } from '../../src/shared/domain/command.ts';
import type { LocalServer } from '../../src/shared/domain/server.ts';

/**
 * The local server of a command, added when the profile has none. Who typed the command on the command line
 * has seen it in full, so it is approved.
 */
export async function localServerOf(core: Core, draft: CommandDraft): Promise<LocalServer> {
  const digest = commandDigest({
    ...draft,
    environment: draft.environment.map(({ name, value }) => ({ name, value: value ?? '' })),
  });
  const known = core.servers
    .all()
    .find((one) => one.kind === 'local' && commandDigest(one.command) === digest);
  const { id } = known ?? (await core.commands.add(draft.program, draft));
  await core.commands.approve(id, digest);
  return core.servers.requireLocal(id);
}
