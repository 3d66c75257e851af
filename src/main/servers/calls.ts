import { type CallToolResult, ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { ToolCallOutcome } from '../../shared/domain/tool.ts';
import { failure, type ProblemError, problemOf } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clock, Scheduler } from '../ports.ts';
import type { Catalog } from './catalog.ts';
import type { Connection } from './connection.ts';
import { blockOf, ContentRoom } from './content.ts';
import { jsonSize } from './json-size.ts';
import { type McpClient, type McpEndpoint, mcpFailure, refusalIn } from './mcp-client.ts';
import { Pacer } from './pacer.ts';
import type { RequestBasics, Requests } from './requests.ts';
import { carriedParts } from './result-door.ts';

const STRUCTURED_BOUNDS = { depth: 64, characters: 4 * 1024 * 1024 };
/** Progress of one call is told at most this often, in milliseconds. */
const PROGRESS_PAUSE_MS = 100;
/** The server wants parameters repeated as headers that its list of tools names (SEP-2243). */
const HEADER_MISMATCH = -32020;
/** The SDK's own progress of multi-round-trip requests; the person sees the question instead. */
const ROUND = /^Fulfilling input required by '/;

export interface CallOptions {
  readonly callId: string;
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

export interface CallDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
  readonly requests: Requests;
  readonly catalog: Catalog;
}

/** Calls tools over connections, translating the SDK's answers and errors to ours. */
export class Calls {
  readonly #deps: CallDependencies;
  readonly #running = new Map<string, AbortController>();

  constructor(dependencies: CallDependencies) {
    this.#deps = dependencies;
  }

  /** Calls a tool. Never throws: a failure is an outcome. */
  async call(connection: Connection, options: CallOptions): Promise<ToolCallOutcome> {
    const { callId, name } = options;
    const { clock, requests } = this.#deps;
    const { endpoint } = connection;
    const abort = new AbortController();
    this.#running.set(callId, abort);
    const progress = this.#progressOf(connection, callId);
    const startedAt = clock.now();
    try {
      const result = await requests.run(
        connection,
        { callId, name },
        (opened, basics) => this.#send(connection, opened, options, basics, progress.tell),
        (error) => callFailure(error, name, endpoint),
        abort,
      );
      return outcomeOf(result, clock.now() - startedAt);
    } catch (error) {
      // Time that is up ends a request in the same way, with an error of its own.
      if (abort.signal.aborted && !(abort.signal.reason instanceof SdkError)) return { kind: 'cancelled' };
      return { kind: 'problem', problem: problemOf(error) };
    } finally {
      progress.stop();
      this.#running.delete(callId);
    }
  }

  /** Cancels a running call; unknown calls are fine. */
  cancel(callId: string): void {
    this.#running.get(callId)?.abort();
  }

  async #send(
    connection: Connection,
    opened: McpClient,
    { name, arguments: values }: CallOptions,
    { meta, options, alive }: RequestBasics,
    tell: (progress: Progress) => void,
  ): Promise<CallToolResult> {
    const send = () => {
      const inputSchema = this.#deps.catalog.heldTool(connection, name)?.inputSchema;
      return opened.client.callTool(
        { name, arguments: values, ...meta },
        {
          ...options,
          onprogress: (progress) => {
            alive();
            if (!ROUND.test(progress.message ?? '')) tell(progress);
          },
          // Whether the answer fits the output schema is shown beside it; the SDK would hide the answer.
          toolDefinition: { name, inputSchema: { ...inputSchema, type: 'object' } },
        },
      );
    };
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ProtocolError && error.code === HEADER_MISMATCH)) throw error;
      // The list is older than the tool, or was never asked for; the server has not run anything.
      this.#deps.catalog.changed(connection, 'tools');
      await this.#deps.catalog.tools(connection);
      return send();
    }
  }

  #progressOf(
    connection: Connection,
    callId: string,
  ): { tell: (progress: Progress) => void; stop: () => void } {
    let latest: Progress | null = null;
    const pacer = new Pacer(this.#deps.scheduler, PROGRESS_PAUSE_MS, () => {
      if (!latest) return;
      const { progress, total = null } = latest;
      const message =
        latest.message === undefined ? null : connection.redacted(latest.message).slice(0, 1000);
      this.#deps.emit('call.progress', { callId, progress, total, message });
    });
    return {
      tell: (progress) => {
        latest = progress;
        pacer.tell();
      },
      stop: () => pacer.flush(),
    };
  }
}

interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

function outcomeOf(result: CallToolResult, durationMs: number): ToolCallOutcome {
  const { isError, structuredContent } = result;
  const room = new ContentRoom();
  const { shown, leftOut } = room.parts(carriedParts(result), (block) => blockOf(block, room));
  const fits = structuredContent === undefined || jsonSize(structuredContent, STRUCTURED_BOUNDS) !== null;
  return {
    kind: 'result',
    isError: isError === true,
    content: shown,
    ...(structuredContent !== undefined && fits && { structuredContent }),
    ...((leftOut > 0 || !fits) && { leftOut: { blocks: leftOut, structuredContent: !fits } }),
    durationMs,
  };
}

function callFailure(error: unknown, name: string, endpoint: McpEndpoint): ProblemError {
  const refusal = refusalIn(error);
  if (refusal) {
    const { message, code } = refusal;
    return failure('call-refused', { tool: name, message }, `JSON-RPC ${code}`, error);
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    const seconds = String(Math.round(endpoint.timeoutMs / 1000));
    return failure('call-timeout', { tool: name, seconds }, null, error);
  }
  return mcpFailure(error, endpoint);
}
