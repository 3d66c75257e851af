import type { Connection } from './connection.ts';
import { mcpFailure } from './mcp-client.ts';

/** Values offered at most (MCP specification, completion: 100). */
const VALUE_LIMIT = 100;
const VALUE_LENGTH = 4096;

/** What an argument belongs to. */
export type CompletionOf = { kind: 'prompt'; name: string } | { kind: 'template'; uriTemplate: string };

export interface Completion {
  readonly values: readonly string[];
  /** There are more than these. */
  readonly more: boolean;
}

/**
 * Values a server proposes for an argument (MCP specification, completion); none where it offers no completion.
 * @param others values already filled in
 * @throws ProblemError what the server answered, or why there is no connection
 */
export async function complete(
  connection: Connection,
  of: CompletionOf,
  argument: { name: string; value: string },
  others: Readonly<Record<string, string>>,
): Promise<Completion> {
  const { endpoint } = connection;
  return connection.use(
    async ({ client }) => {
      if (!client.getServerCapabilities()?.completions) return { values: [], more: false };
      const { completion } = await client.complete(
        {
          ref:
            of.kind === 'prompt'
              ? { type: 'ref/prompt', name: of.name }
              : { type: 'ref/resource', uri: of.uriTemplate },
          argument,
          ...(Object.keys(others).length > 0 && { context: { arguments: { ...others } } }),
        },
        { timeout: endpoint.timeoutMs },
      );
      const values = completion.values.filter((value) => value.length <= VALUE_LENGTH);
      return {
        values: [...new Set(values)].slice(0, VALUE_LIMIT),
        more: completion.hasMore === true || values.length > VALUE_LIMIT,
      };
    },
    (error) => mcpFailure(error, endpoint),
  );
}
