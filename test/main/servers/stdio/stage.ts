import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandDigest } from '../../../../src/main/servers/stdio/command-digest.ts';
import type { Command, CommandDraft } from '../../../../src/shared/domain/command.ts';
import type { LocalServer } from '../../../../src/shared/domain/server.ts';
import type { ToolCallOutcome } from '../../../../src/shared/domain/tool.ts';
import { startCore, type TestCore, type TestCoreOptions } from '../../../support/core.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { until } from '../../../support/time.ts';

/** A program of `programs/`, run by the Node that runs the tests. */
export function program(name: string, ...options: string[]): Pick<Command, 'program' | 'arguments'> {
  const path = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return { program: process.execPath, arguments: [path, ...options] };
}

/** A command as a person would enter it. */
export function draft(over: Partial<CommandDraft> = {}): CommandDraft {
  return { ...program('speaker'), folder: null, environment: [], ...over };
}

export interface LocalStage {
  readonly app: TestCore;
  /** File the program logs into when it is started with `--log` and this path. */
  readonly log: string;
  add(command: CommandDraft): Promise<LocalServer>;
  approve(server: LocalServer): Promise<void>;
  /** Adds and approves; a connection is on its way. */
  started(command: CommandDraft): Promise<LocalServer>;
  call(server: LocalServer, what: string, value?: unknown): Promise<ToolCallOutcome>;
  connection(
    server: LocalServer,
  ): TestCore['core']['supervisor'] extends { connection(...of: never): infer C } ? C : never;
  /** Lines the programs logged so far. */
  logged(): Promise<string[]>;
}

/** A core for local servers, and what a test does with them. */
export async function localStage(options: TestCoreOptions = {}): Promise<LocalStage> {
  const app = await startCore(options);
  const log = join(await temporaryFolder(), 'log');
  const { core } = app;
  const stage: LocalStage = {
    app,
    log,
    add: (command) => core.commands.add('Local', command),
    approve: ({ id }) => core.commands.approve(id, commandDigest(core.servers.requireLocal(id).command)),
    async started(command) {
      const server = await stage.add(command);
      await stage.approve(server);
      return core.servers.requireLocal(server.id);
    },
    call: (server, what, value) =>
      core.calls.call(stage.connection(server), {
        callId: crypto.randomUUID(),
        name: 'run',
        arguments: { what, value },
      }),
    connection: (server) => core.supervisor.connection(core.servers.require(server.id), null),
    logged: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean),
  };
  return stage;
}

/** Waits until the connection of a server is open. */
export function connected({ connection }: LocalStage, server: LocalServer): Promise<void> {
  return until(() => connection(server).view.status === 'connected');
}

/** The text of a result. */
export function textOf(outcome: ToolCallOutcome): string {
  if (outcome.kind !== 'result') throw new Error(`no result but ${JSON.stringify(outcome)}`);
  const [block] = outcome.content;
  return block?.type === 'text' ? block.text : JSON.stringify(block);
}
