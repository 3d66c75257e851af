import { type FilledPrompt, type PromptMessage, promptMessage } from '../../shared/domain/prompt.ts';
import { failure, type ProblemError } from '../../shared/problems.ts';
import type { Connection } from './connection.ts';
import { blockOf, ContentRoom } from './content.ts';
import { mcpFailure, refusalIn } from './mcp-client.ts';
import type { Requests } from './requests.ts';
import { carriedParts } from './result-door.ts';

const DESCRIPTION_LIMIT = 16_384;

/** Gets prompts (MCP specification, prompts). */
export class Prompts {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * A prompt's messages with these arguments.
   * @throws ProblemError `prompt-refused`, `answer-timeout`, or why there is no connection
   */
  async get(
    connection: Connection,
    name: string,
    values: Readonly<Record<string, string>>,
  ): Promise<FilledPrompt> {
    const { endpoint } = connection;
    const result = await this.#requests.run(
      connection,
      { callId: null, name },
      ({ client }, { meta, options }) =>
        client.request(
          { method: 'prompts/get', params: { name, arguments: { ...values }, ...meta } },
          options,
        ),
      (error) => promptFailure(error, name, endpoint),
    );
    const { description } = result;
    const sent = carriedParts(result);
    const messages = sent.filter(isMessage);
    const room = new ContentRoom();
    const { shown, leftOut } = room.parts(messages, ({ role, content }) => ({
      role,
      content: blockOf(content, room),
    }));
    return {
      ...(description !== undefined && { description: description.slice(0, DESCRIPTION_LIMIT) }),
      messages: shown,
      leftOut: leftOut + sent.length - messages.length,
    };
  }
}

function isMessage(sent: unknown): sent is { role: PromptMessage['role']; content: unknown } {
  return promptMessage.shape.role.safeParse((sent as { role?: unknown } | null)?.role).success;
}

function promptFailure(error: unknown, prompt: string, endpoint: Connection['endpoint']): ProblemError {
  const refusal = refusalIn(error);
  if (refusal) {
    const { message, code } = refusal;
    return failure('prompt-refused', { prompt, message }, `JSON-RPC ${code}`, error);
  }
  return mcpFailure(error, endpoint);
}
