import type { Tool } from '../../src/shared/domain/tool.ts';
import type { ScenarioContext } from './scenario.ts';

export interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** The calls to make: those the suite prescribes, else each listed tool once with plausible values. */
export function plannedCalls(tools: readonly Tool[], { toolCalls }: ScenarioContext): ToolCall[] {
  if (toolCalls) return toolCalls;
  return tools.map((tool) => ({ name: tool.name, arguments: plausibleArguments(tool, tools) }));
}

function plausibleArguments({ inputSchema }: Tool, tools: readonly Tool[]): Record<string, unknown> {
  const properties = (inputSchema.properties ?? {}) as Record<string, { type?: string }>;
  const required = (inputSchema.required ?? []) as string[];
  return Object.fromEntries(
    required.map((name) => [name, plausibleValue(name, properties[name]?.type, tools)]),
  );
}

function plausibleValue(name: string, type: string | undefined, tools: readonly Tool[]): unknown {
  // json-schema-2020-12-preservation: the echo tool wants the schema the client received for its sibling.
  if (name === 'schema') return tools[0]?.inputSchema;
  switch (type) {
    case 'number':
    case 'integer':
      return 2;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'text';
  }
}
