import type { Tool } from '../../src/shared/domain/tool.ts';

export const nestedTool: Tool = {
  name: 'update_project',
  title: 'Update a project',
  description: 'Changes members, labels and the schedule of a project.',
  annotations: { destructiveHint: true, idempotentHint: true },
  inputSchema: {
    type: 'object',
    required: ['project', 'members', 'notify'],
    properties: {
      project: { $ref: '#/$defs/reference' },
      members: {
        type: 'array',
        title: 'Members',
        description: 'Everyone who may see the project.',
        minItems: 1,
        items: { type: 'string', format: 'email' },
        default: ['ada@lovelace.example', 'charles@babbage.example'],
      },
      labels: { type: 'array', title: 'Labels', items: { enum: ['bug', 'feature', 'chore', 'research'] } },
      schedule: {
        type: 'object',
        title: 'Schedule',
        properties: {
          start: { type: 'string', title: 'Start', format: 'date' },
          weeks: { type: 'integer', title: 'Weeks', minimum: 1, maximum: 52 },
        },
      },
      notify: { type: 'boolean', title: 'Notify everyone', description: 'Sends one message to each member.' },
      extra: {
        title: 'Extra',
        description: 'Anything else, as JSON.',
        type: 'object',
        additionalProperties: true,
      },
    },
    $defs: {
      reference: {
        type: 'object',
        title: 'Project',
        required: ['id'],
        properties: {
          id: { type: 'string', title: 'Identifier', description: 'For example PRJ-12.' },
          archived: { type: ['boolean', 'null'], title: 'Archived' },
        },
      },
    },
  },
};

export const tools: Tool[] = [
  {
    name: 'search_issues',
    title: 'Search issues',
    description: 'Finds issues by text. Results are the newest first.',
    annotations: { readOnlyHint: true, openWorldHint: true },
    inputSchema: {
      type: 'object',
      required: ['query'],
      properties: {
        query: { type: 'string', title: 'Query', minLength: 2 },
        limit: { type: 'integer', title: 'Limit', default: 20, minimum: 1, maximum: 100 },
        includeArchived: { type: 'boolean', title: 'Archived too' },
      },
    },
  },
  {
    name: 'create_issue',
    title: 'Create an issue',
    description:
      'Creates an issue in a team.\n\nThe description may be Markdown. It is <b>not</b> rendered here: [link](https://evil.example).',
    annotations: { destructiveHint: false },
    inputSchema: {
      type: 'object',
      required: ['team', 'title'],
      properties: {
        team: { type: 'string', title: 'Team', enum: ['ENG', 'DESIGN', 'OPS'] },
        title: { type: 'string', title: 'Title', description: 'One line.', maxLength: 120 },
        description: { type: 'string', title: 'Description', maxLength: 10_000 },
        estimate: {
          anyOf: [{ type: 'number', minimum: 0 }, { type: 'null' }],
          title: 'Estimate',
          description: 'In days.',
        },
        priority: {
          title: 'Priority',
          oneOf: [
            { const: 0, title: 'None' },
            { const: 1, title: 'Urgent' },
            { const: 2, title: 'High' },
          ],
          default: 0,
        },
        draft: { type: 'boolean', title: 'As a draft', default: false },
      },
    },
  },
  nestedTool,
  {
    name: 'run_query',
    description: 'Runs a query of nested conditions.',
    inputSchema: {
      $ref: '#/$defs/node',
      $defs: { node: { anyOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/$defs/node' } }] } },
    },
  },
  {
    name: 'whoami',
    description: 'Says who you are signed in as.',
    annotations: { readOnlyHint: true },
    inputSchema: { type: 'object' },
  },
  {
    name: 'a_tool_with_an_extraordinarily_long_name_that_no_one_would_ever_type_but_some_server_generates_from_its_routes',
    description: 'Generated.',
    inputSchema: { type: 'object', properties: {} },
  },
];
