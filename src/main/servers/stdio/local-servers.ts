import { basename } from 'node:path';
import { type JSONRPCMessage, ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { ProcessState, ProcessView } from '../../../shared/domain/process.ts';
import type { LocalServer } from '../../../shared/domain/server.ts';
import { failure, makeProblem, type Problem, ProblemError } from '../../../shared/problems.ts';
import type { Clock, Randomness, Scheduler } from '../../ports.ts';
import { SHORTEST_ENTERED } from '../../trace/redaction.ts';
import { MESSAGE_LIMIT_SHOWN } from '../bounded-answer.ts';
import type { OpenClient, Opening } from '../connection.ts';
import { connectClient, type McpClient, mcpFailure } from '../mcp-client.ts';
import { commandDigest } from './command-digest.ts';
import { launch } from './launch.ts';
import { ProcessOutput } from './process-output.ts';
import { MARK_NAME, processTable } from './process-table.ts';
import { TreeEnding } from './process-tree.ts';
import { programEnvironment } from './program-environment.ts';
import { RunningProcesses } from './running-processes.ts';
import { type Ending, StdioTransport } from './stdio-transport.ts';

/** How long a program may stay silent when asked for its era; old ones never answer what they don't know. */
const ERA_TIMEOUT_MS = 20_000;
/** The page is told of what a program writes at most this often. */
const TELL_MS = 250;
/** Last lines of a program in the details of a problem. */
const LINES_IN_PROBLEM = 5;

export interface LocalServersDependencies {
  /** Absolute path of the user data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly platform: NodeJS.Platform;
  /** The environment Gatehouse itself was started with. */
  readonly environment: NodeJS.ProcessEnv;
  /**
   * Values of a server's secret variables, by name.
   * @throws ProblemError `secrets-locked`
   */
  readonly secrets: (server: LocalServer) => Promise<Readonly<Record<string, string>>>;
  /** Told which era a program spoke, when that is news. */
  readonly learned: (serverId: string, era: 'modern' | 'legacy') => void;
  /** Told now and then when a program started, ended or wrote something. */
  readonly changed: (serverId: string) => void;
}

/** What is known of one server's program in this run. */
interface Watched {
  state: ProcessState;
  readonly output: ProcessOutput;
}

type Era = NonNullable<LocalServer['era']>;

/** Starts the programs of local servers, speaks with them over stdio, and leaves none of them behind. */
export class LocalServers {
  readonly processes: RunningProcesses;
  readonly #deps: LocalServersDependencies;
  readonly #ending: TreeEnding;
  readonly #watched = new Map<string, Watched>();
  readonly #telling = new Set<string>();
  #cleanedUp: Promise<void> = Promise.resolve();

  constructor(dependencies: LocalServersDependencies) {
    this.#deps = dependencies;
    const table = processTable(dependencies.platform);
    this.#ending = new TreeEnding(table, dependencies.platform);
    this.processes = new RunningProcesses(dependencies.folder, table, this.#ending);
  }

  /** Ends what an earlier run left behind, in the background; programs start once that is done. */
  start(): void {
    this.#cleanedUp = this.processes.endLeftovers();
  }

  /** Resolves when everything noted so far is on disk. */
  async settled(): Promise<void> {
    await this.#cleanedUp;
    await this.processes.settled();
  }

  view(serverId: string): ProcessView {
    const { state, output } = this.#watch(serverId);
    return { state, lines: [...output.lines] };
  }

  forget(serverId: string): void {
    this.#watched.delete(serverId);
  }

  /** How a connection opens this server. The command has to be the approved one, each time. */
  opens(server: LocalServer): OpenClient {
    let { era } = server;
    return async (opening) => {
      const opened = await this.#open(server, era, opening);
      const spoken: Era = opened.client.getProtocolEra() === 'legacy' ? 'legacy' : 'modern';
      if (spoken !== era) this.#deps.learned(server.id, spoken);
      era = spoken;
      return opened;
    };
  }

  async #open(server: LocalServer, era: Era | undefined, opening: Opening): Promise<McpClient> {
    const { name, command } = server;
    if (server.approval !== commandDigest(command)) throw failure('command-not-approved', { name });
    await this.#cleanedUp;
    const secrets = await this.#deps.secrets(server);
    const named: Record<string, string> = {};
    for (const entry of command.environment) {
      const value = 'secret' in entry ? secrets[entry.name] : entry.value;
      if (value === undefined) throw failure('secret-value-missing', { name: entry.name });
      named[entry.name] = value;
    }
    this.#guard(server, opening, Object.values(secrets));
    const environment = programEnvironment(this.#deps.environment, named, this.#deps.platform);
    // Looked for as the specification says, unless it is known; either may turn out wrong, then the other is tried.
    const first = era === 'legacy' ? 'legacy' : 'auto';
    try {
      return await this.#connect(server, environment, opening, first);
    } catch (error) {
      if (opening.signal.aborted || !(error instanceof WrongEra)) throw error;
      opening
        .trace()
        ?.note(
          first === 'auto'
            ? 'The program ended when it was asked for its era. It is started again, the old way.'
            : 'The program does not speak the old way any more. It is started again and asked for its era.',
        );
      return this.#connect(server, environment, opening, first === 'auto' ? 'legacy' : 'auto');
    }
  }

  /** What a program says may repeat the secrets it was given. */
  #guard(server: LocalServer, { redactor, trace }: Opening, secrets: readonly string[]): void {
    this.#watch(server.id).output.guard(secrets);
    for (const secret of secrets) redactor.learn(secret, SHORTEST_ENTERED);
    trace()?.learnEntered(secrets);
  }

  async #connect(
    server: LocalServer,
    environment: Readonly<Record<string, string>>,
    opening: Opening,
    mode: 'auto' | 'legacy',
  ): Promise<McpClient> {
    const endpoint = { host: server.name, timeoutMs: server.settings.requestTimeoutSeconds * 1000 };
    const transport = this.#transport(server, environment, opening);
    const ended = () => this.#endedProblem(server, transport.ended);
    try {
      const opened = await connectClient(transport, mode, {
        ...opening,
        timeoutMs: endpoint.timeoutMs,
        eraTimeoutMs: Math.min(endpoint.timeoutMs, ERA_TIMEOUT_MS),
        closed: () => opening.closed(ended() ?? undefined),
      });
      return { ...opened, ended };
    } catch (error) {
      // While the era is looked for the SDK's client does not own the transport yet.
      await transport.close();
      const problem = ended() ?? notMcp(server, error);
      const known = problem ? new ProblemError(problem, { cause: error }) : mcpFailure(error, endpoint);
      throw isAboutEra(error, mode, transport.ended) ? new WrongEra(known) : known;
    }
  }

  #transport(
    server: LocalServer,
    environment: Readonly<Record<string, string>>,
    opening: Opening,
  ): StdioTransport {
    const { clock, scheduler, randomness, platform } = this.#deps;
    const { command } = server;
    const watched = this.#watch(server.id);
    const mark = randomness.id();
    const become = (state: ProcessState) => {
      watched.state = state;
      this.#tell(server.id);
    };
    return new StdioTransport({
      ending: this.#ending,
      scheduler,
      output: watched.output,
      launch: async () => {
        // On disk before it starts, so that there is no moment in which the app could be killed and forget it.
        await this.processes.put({ id: mark, program: command.program, pid: null, startedAt: null });
        opening.trace()?.step('gatehouse', 'server', `Start ${basename(command.program)}`);
        const marked = { ...environment, [MARK_NAME]: mark };
        const { child, pid } = await launch({ command, environment: marked, platform }).catch(
          async (error) => {
            await this.processes.remove(mark);
            throw error;
          },
        );
        become({ kind: 'running', pid, since: clock.now() });
        void this.processes.started(mark, pid);
        return { child, tree: { pid, mark } };
      },
      passed: (from, message) => {
        const to = from === 'server' ? 'gatehouse' : 'server';
        opening.trace()?.step(from, to, titleOf(message));
      },
      exited: (exitCode, signal) => become({ kind: 'ended', at: clock.now(), exitCode, signal }),
      over: () => void this.processes.remove(mark),
    });
  }

  #endedProblem(server: LocalServer, ending: Ending | null): Problem | null {
    const { name } = server;
    if (ending === null) return null;
    if (ending.kind === 'wrote-too-much') {
      return makeProblem('message-too-long', { name, limit: MESSAGE_LIMIT_SHOWN });
    }
    const { exitCode, signal } = ending;
    const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
    const last = this.#watch(server.id).output.tail(LINES_IN_PROBLEM);
    return makeProblem('command-ended', { name, how }, last || null);
  }

  #watch(serverId: string): Watched {
    const known = this.#watched.get(serverId);
    if (known) return known;
    const output = new ProcessOutput(this.#deps.clock.now, () => this.#tell(serverId));
    const watched: Watched = { state: { kind: 'not-started' }, output };
    this.#watched.set(serverId, watched);
    return watched;
  }

  #tell(serverId: string): void {
    if (this.#telling.has(serverId)) return;
    this.#telling.add(serverId);
    this.#deps.scheduler.after(TELL_MS, () => {
      this.#telling.delete(serverId);
      this.#deps.changed(serverId);
    });
  }
}

/** The program may answer when it is spoken to in the other era. */
class WrongEra extends ProblemError {
  constructor(known: ProblemError) {
    super(known.problem, { cause: known });
  }
}

/** A program that answers, but not as the protocol wants it. */
function notMcp({ name }: LocalServer, error: unknown): Problem | null {
  const isRefusal = error instanceof ProtocolError;
  if (!isRefusal && !(error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed))
    return null;
  return makeProblem(
    'program-not-mcp',
    { name, what: isRefusal ? `error ${error.code}` : 'no known version' },
    error.message,
  );
}

function isAboutEra(error: unknown, mode: 'auto' | 'legacy', ended: Ending | null): boolean {
  // Programs that know nothing before `initialize` end at the first question of the new era.
  if (mode === 'auto') {
    return (
      ended?.kind === 'exited' &&
      error instanceof SdkError &&
      error.code === SdkErrorCode.EraNegotiationFailed
    );
  }
  return ended === null && error instanceof ProtocolError;
}

function titleOf(message: JSONRPCMessage): string {
  return 'method' in message ? `MCP ${message.method}` : 'error' in message ? 'MCP error' : 'MCP result';
}
