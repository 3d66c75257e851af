import { ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import {
  type ContentBlock,
  contentBlock,
  type Tool,
  type ToolCallOutcome,
  tool,
} from '../../shared/domain/tool.ts';
import { failure, type ProblemError } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clock } from '../ports.ts';
import type { Connection } from './connection.ts';
import { mcpFailure } from './mcp-client.ts';

/** Tools kept of one server's list. */
const TOOL_LIMIT = 10_000;
/** Blocks shown of one answer. */
const BLOCK_LIMIT = 500;
const UNKNOWN_BLOCK_LIMIT = 10_000;

export interface CallOptions {
  readonly callId: string;
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** Lists and calls tools over connections, translating the SDK's answers and errors to ours. */
export class Calls {
  readonly #running = new Map<string, AbortController>();
  readonly #clock: Clock;
  readonly #emit: EventListener;

  constructor(clock: Clock, emit: EventListener) {
    this.#clock = clock;
    this.#emit = emit;
  }

  /**
   * All tools the server lists, pages joined; what is no tool by our schema is left out.
   * @throws ProblemError
   */
  async list(connection: Connection): Promise<Tool[]> {
    const { serverUrl, timeoutMs } = endpointOf(connection);
    const listed = await connection.use(
      ({ client }) => client.listTools({}, { timeout: timeoutMs }),
      (error) => mcpFailure(error, { serverUrl, timeoutMs }),
    );
    return listed.tools.slice(0, TOOL_LIMIT).flatMap((one) => tool.safeParse(one).data ?? []);
  }

  /** Calls a tool. Never throws: a failure is an outcome. */
  async call(connection: Connection, options: CallOptions): Promise<ToolCallOutcome> {
    const { callId, name } = options;
    const { serverUrl, timeoutMs } = endpointOf(connection);
    const abort = new AbortController();
    this.#running.set(callId, abort);
    const startedAt = this.#clock.now();
    try {
      const result = await connection.use(
        ({ client }) =>
          client.callTool(
            { name, arguments: options.arguments },
            {
              timeout: timeoutMs,
              resetTimeoutOnProgress: true,
              signal: abort.signal,
              onprogress: ({ progress, total, message }) => {
                this.#emit('call.progress', {
                  callId,
                  progress,
                  total: total ?? null,
                  message: message?.slice(0, 1000) ?? null,
                });
              },
            },
          ),
        (error) => callFailure(error, name, { serverUrl, timeoutMs }),
      );
      return {
        kind: 'result',
        isError: result.isError === true,
        content: result.content.slice(0, BLOCK_LIMIT).map(blockOf),
        ...(result.structuredContent !== undefined && {
          structuredContent: result.structuredContent as Record<string, unknown>,
        }),
        durationMs: this.#clock.now() - startedAt,
      };
    } catch (error) {
      if (abort.signal.aborted) return { kind: 'cancelled' };
      return { kind: 'problem', problem: (error as ProblemError).problem };
    } finally {
      this.#running.delete(callId);
    }
  }

  /** Cancels a running call; unknown calls are fine. */
  cancel(callId: string): void {
    this.#running.get(callId)?.abort();
  }
}

function endpointOf({ server }: Connection): { serverUrl: URL; timeoutMs: number } {
  return { serverUrl: new URL(server.url), timeoutMs: server.settings.requestTimeoutSeconds * 1000 };
}

function callFailure(
  error: unknown,
  name: string,
  endpoint: { serverUrl: URL; timeoutMs: number },
): ProblemError {
  if (error instanceof ProtocolError) {
    return failure('call-refused', { tool: name, message: error.message }, `JSON-RPC ${error.code}`, error);
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    const seconds = String(Math.round(endpoint.timeoutMs / 1000));
    return failure('call-timeout', { tool: name, seconds }, null, error);
  }
  return mcpFailure(error, endpoint);
}

function blockOf(block: unknown): ContentBlock {
  const embedded = block as { type?: unknown; resource?: Record<string, unknown> };
  const candidate = embedded.type === 'resource' ? { ...embedded.resource, type: 'resource' } : block;
  const parsed = contentBlock.safeParse(candidate);
  if (parsed.success) return parsed.data;
  return { type: 'unknown', json: JSON.stringify(block).slice(0, UNKNOWN_BLOCK_LIMIT) };
}
