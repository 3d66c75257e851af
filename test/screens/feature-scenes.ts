import type { CatalogHit } from '../../src/shared/domain/catalog.ts';
import type { Elicitation } from '../../src/shared/domain/elicitation.ts';
import type { LogEntry } from '../../src/shared/domain/server-log.ts';
import type { Tool, ToolCallOutcome } from '../../src/shared/domain/tool.ts';
import { failure } from '../../src/shared/problems.ts';
import { aWorkday, LONG_NAME, NOW } from './fixtures.ts';
import type { Scene } from './scenes.ts';
import type { Answers } from './stage.ts';
import { tools } from './tools.ts';

type Act = NonNullable<Scene['act']>;

const TALL = 1150;
const RTL = 'מסמך של חברת אקמי';

const listed = <Entry>(entries: Entry[]) => ({ entries, leftOut: 0, note: null, fetchedAt: NOW });

const resources = [
  {
    name: 'roadmap',
    title: 'Roadmap 2027',
    uri: 'linear://documents/roadmap',
    summary: 'What we mean to do next year',
    mimeType: 'text/markdown',
  },
  { name: 'logo', title: 'The logo', uri: 'linear://files/logo.png', mimeType: 'image/png', size: 132 },
  { name: 'export', title: 'Export of all issues', uri: 'linear://exports/all.zip', size: 18_400_000 },
  { name: 'rtl', title: RTL, uri: 'linear://documents/%D7%90', summary: 'Right to left' },
  { name: 'long', title: LONG_NAME, uri: `linear://documents/${'very-'.repeat(60)}long`, summary: LONG_NAME },
];
const templates = [
  {
    name: 'issue',
    title: 'An issue',
    summary: 'One issue of a team, by its number',
    uriTemplate: 'linear://{team}/issues/{number}{?fields*}',
    variables: ['team', 'number', 'fields'],
  },
];
const text = `# Roadmap 2027

1. Sign-ins that hold
2. Everything a server offers

<script>alert(1)</script> stays text, and so does \u202egnp.exe.`;
const PIXELS =
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAQklEQVR42u3OMQEAAAgDIJfc6BpjDyQgt1MgIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIvIGC2oAAS1P2RsAAAAASUVORK5CYII=';

const resourceAnswers = (over: Answers = {}): Answers => ({
  'resources.list': () => ({
    resources: listed(resources),
    templates: listed(templates),
    canFollow: true,
    followed: ['linear://documents/roadmap'],
  }),
  'resources.read': ({ uri }) => ({
    contents: uri.endsWith('.png')
      ? [{ uri, mimeType: 'image/png', data: PIXELS, size: 132, cut: false }]
      : uri.endsWith('.zip')
        ? [{ uri, mimeType: 'application/zip', size: 18_400_000, cut: false }]
        : [{ uri, mimeType: 'text/markdown', text, size: 143, cut: false }],
    leftOut: 0,
  }),
  'catalog.complete': () => ({ values: ['ENG', 'DES', 'OPS'], more: false }),
  ...over,
});

const itemHash = (tab: string, key: string) =>
  `#/servers/linear/${tab}/${encodeURIComponent(key).replaceAll('.', '%2E')}`;

const resourceScene = (
  name: string,
  title: string,
  hash: string,
  act: Act,
  answers: Answers = {},
  rest: Partial<Scene> = {},
): Scene => ({
  name: `resources-${name}`,
  title: `Resources: ${title}`,
  hash,
  snapshot: aWorkday(),
  answers: resourceAnswers(answers),
  act,
  ...rest,
});

const shown: Act = async ({ page }) => page.getByTestId('resource-contents').waitFor();

const prompts = [
  {
    name: 'triage',
    title: 'Triage an issue',
    summary: 'Asks for a first look at an issue',
    arguments: [
      { name: 'issue', title: 'Issue', description: 'For example ENG-142.', required: true },
      { name: 'tone', description: 'How it should sound', required: false },
    ],
  },
  { name: 'standup', title: 'Standup notes', summary: 'Notes for the daily meeting', arguments: [] },
  { name: 'rtl', title: RTL, arguments: [] },
];
const promptAnswers = (over: Answers = {}): Answers => ({
  'prompts.list': () => listed(prompts),
  'catalog.complete': () => ({ values: ['ENG-142', 'ENG-97'], more: false }),
  'prompts.get': () => ({
    description: 'A first look at ENG-142',
    messages: [
      {
        role: 'user',
        content: { type: 'text', text: 'Look at this issue and say what you would do first:' },
      },
      {
        role: 'user',
        content: {
          type: 'resource',
          uri: 'linear://ENG/issues/142',
          mimeType: 'text/markdown',
          text: 'Crash on start with an empty keychain.',
          size: 38,
          cut: false,
        },
      },
      { role: 'assistant', content: { type: 'text', text: 'I would look at the keychain first.' } },
    ],
    leftOut: 0,
  }),
  ...over,
});

const form: Elicitation = {
  id: 'question-1',
  serverId: 'linear',
  accountId: 'linear-ada',
  request: { callId: 'call-1', name: 'update_project' },
  askedAt: NOW - 4000,
  message: 'Three people lose access to the project.\nHow shall they be told?',
  question: {
    mode: 'form',
    schema: {
      type: 'object',
      required: ['how', 'name'],
      properties: {
        how: {
          type: 'string',
          title: 'How',
          oneOf: [
            { const: 'mail', title: 'By mail' },
            { const: 'never', title: 'Not at all' },
          ],
          default: 'mail',
        },
        name: { type: 'string', title: 'Your name', description: 'As they know you.', minLength: 2 },
        days: { type: 'integer', title: 'Days until then', minimum: 0, maximum: 30, default: 7 },
        copy: { type: 'boolean', title: 'A copy to you', default: true },
        teams: {
          type: 'array',
          title: 'Teams to tell',
          items: { type: 'string', enum: ['Engineering', 'Design', 'Operations'] },
        },
      },
    },
  },
};
const address = {
  url: 'https://calendar.linear.example/connect?session=6b1f7a0e54c1&return=%2Fdone',
  host: 'calendar.linear.example',
  readableHost: 'calendar.linear.example',
  warnings: [],
};
const asks = (over: Partial<Elicitation> & Pick<Elicitation, 'question'>): Elicitation => ({
  ...form,
  message: 'Connect your calendar on its own page, then come back.',
  request: { callId: 'call-1', name: 'connect_calendar' },
  ...over,
});
const url = (over: Partial<Extract<Elicitation['question'], { mode: 'url' }>> = {}): Elicitation =>
  asks({ question: { mode: 'url', address, opened: false, announced: false, ...over } });

const elicitationScene = (
  name: string,
  title: string,
  elicitations: Elicitation[],
  act?: Act,
  rest: Partial<Scene> = {},
): Scene => ({
  name: `elicitation-${name}`,
  title: `Elicitation: ${title}`,
  hash: '#/servers/linear',
  snapshot: aWorkday({ elicitations }),
  answers: { 'elicitations.answer': () => undefined, 'elicitations.open': () => undefined },
  act: async (stage) => {
    await stage.page.getByTestId('elicitation').waitFor();
    await act?.(stage);
  },
  ...rest,
});

const entry = (number: number, over: Partial<LogEntry>): LogEntry => ({
  number,
  at: NOW - (20 - number) * 2000,
  accountId: 'linear-ada',
  level: 'info',
  logger: 'api',
  text: `Request ${number} answered`,
  source: 'server',
  ...over,
});
const log: LogEntry[] = [
  entry(1, {}),
  entry(2, { level: 'debug', logger: 'cache', text: '{"hits":12,"misses":3}' }),
  entry(3, { level: 'warning', text: 'The quota is nearly used up' }),
  entry(4, { level: 'error', logger: null, text: `Something failed:\n  at ${'deeply/'.repeat(30)}nested` }),
  entry(5, {
    level: 'warning',
    logger: null,
    source: 'gatehouse',
    text: 'A question of the server was declined unseen: it wants a javascript: address opened.',
  }),
];
const logScene = (name: string, title: string, entries: LogEntry[], rest: Partial<Scene> = {}): Scene => ({
  name: `log-${name}`,
  title: `Server log: ${title}`,
  hash: '#/servers/linear/activity',
  snapshot: aWorkday(),
  answers: {
    'activity.list': () => [],
    'logs.get': () => ({ entries, dropped: entries.length > 0 ? 120 : 0, level: null }),
  },
  act: async ({ page }) => {
    await page.getByText('Server log', { exact: true }).click();
    if (entries.length > 0) await page.getByTestId('server-log').waitFor();
  },
  ...rest,
});

const hits: CatalogHit[] = [
  {
    serverId: 'linear',
    accountId: 'linear-ada',
    kind: 'tools',
    key: 'search_issues',
    label: 'Search issues',
  },
  {
    serverId: 'github-work',
    accountId: 'github-work-ada',
    kind: 'tools',
    key: 'list_issues',
    label: 'List issues',
    summary: 'Lists the issues of a repository',
  },
  {
    serverId: 'linear',
    accountId: 'linear-ada',
    kind: 'templates',
    key: 'linear://{team}/issues/{number}',
    label: 'An issue',
  },
  { serverId: 'linear', accountId: 'linear-ada', kind: 'prompts', key: 'triage', label: 'Triage an issue' },
  {
    serverId: 'docs',
    accountId: null,
    kind: 'resources',
    key: 'docs://issues',
    label: LONG_NAME,
    summary: RTL,
  },
];
const searchScene = (name: string, title: string, query: string, found: CatalogHit[]): Scene => ({
  name: `search-${name}`,
  title: `Search: ${title}`,
  snapshot: aWorkday(),
  answers: { 'catalog.search': () => ({ hits: found, total: found.length, loading: 3 }) },
  act: async ({ page, narrow }) => {
    if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
    await page.getByTestId('search-all').click();
    await page.getByTestId('search-field').fill(query);
    await page.getByText(found.length > 0 ? `${found.length} matches` : 'Nothing matches').waitFor();
  },
});

const summaryOf = ({ name, title, description, annotations }: Tool) => ({
  name,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { summary: description.slice(0, 300) }),
  ...(annotations && { annotations }),
});
const outcome = (over: Partial<Extract<ToolCallOutcome, { kind: 'result' }>>): ToolCallOutcome => ({
  kind: 'result',
  isError: false,
  content: [],
  durationMs: 210,
  ...over,
});
const toolScene = (
  name: string,
  title: string,
  tool: string,
  act: Act,
  answers: Answers = {},
  rest: Partial<Scene> = {},
): Scene => ({
  name: `tool-${name}`,
  title: `Tools: ${title}`,
  hash: itemHash('tools', tool),
  snapshot: aWorkday(),
  answers: {
    'tools.list': () => listed(tools.map(summaryOf)),
    'tools.get': ({ name: wanted }) => tools.find((one) => one.name === wanted) as Tool,
    ...answers,
  },
  act: async (stage) => {
    await stage.page.getByTestId('tool-run').waitFor();
    await act(stage);
  },
  ...rest,
});
const promised: Tool = {
  name: 'count_issues',
  title: 'Count issues',
  inputSchema: { type: 'object' },
  outputSchema: {
    type: 'object',
    required: ['count', 'team'],
    properties: { count: { type: 'integer' }, team: { type: 'string' } },
  },
};
const many = Array.from({ length: 10_000 }, (_, index) => ({
  name: `tool_${index}`,
  title: `${index % 7 === 0 ? `\u202egnp.${index}` : `Tool number ${index}`}`,
  summary: `Does the work of number ${index}${index % 5 === 0 ? `, and ${'more and '.repeat(20)}more` : ''}`,
}));

export const featureScenes: Scene[] = [
  // Resources
  resourceScene('list', 'a list', '#/servers/linear/resources', async ({ page }) =>
    page.getByTestId('resource-linear://documents/roadmap').waitFor(),
  ),
  resourceScene('text', 'text, followed', itemHash('resources', 'linear://documents/roadmap'), shown),
  resourceScene('image', 'an image', itemHash('resources', 'linear://files/logo.png'), shown),
  resourceScene(
    'binary',
    'neither text nor picture',
    itemHash('resources', 'linear://exports/all.zip'),
    shown,
  ),
  resourceScene(
    'problem',
    'one the server does not give',
    itemHash('resources', 'linear://documents/gone'),
    async ({ page }) => page.getByTestId('problem').waitFor(),
    {
      'resources.read': () => {
        throw failure('resource-refused', { uri: 'linear://documents/gone', message: 'No such document' });
      },
    },
  ),
  resourceScene(
    'template',
    'a template',
    itemHash('resources', 'linear://{team}/issues/{number}{?fields*}'),
    async ({ page }) => {
      await page.getByTestId('argument-team').fill('ENG');
      await page.getByTestId('argument-number').fill('142');
    },
  ),
  resourceScene(
    'notes',
    'a list with what is left out',
    '#/servers/linear/resources',
    async ({ page }) => page.getByTestId('list-notes').waitFor(),
    {
      'resources.list': () => ({
        resources: { ...listed(resources), leftOut: 12, note: 'cursor-repeated' },
        templates: listed([]),
        canFollow: false,
        followed: [],
      }),
    },
  ),
  resourceScene(
    'none',
    'none',
    '#/servers/linear/resources',
    async ({ page }) => page.getByText('offers no resources').waitFor(),
    {
      'resources.list': () => ({
        resources: listed([]),
        templates: listed([]),
        canFollow: false,
        followed: [],
      }),
    },
  ),

  // Prompts
  {
    name: 'prompts-list',
    title: 'Prompts: a list',
    hash: '#/servers/linear/prompts',
    snapshot: aWorkday(),
    answers: promptAnswers(),
    act: async ({ page }) => page.getByTestId('prompt-triage').waitFor(),
  },
  {
    name: 'prompts-missing',
    title: 'Prompts: an argument is missing',
    hash: '#/servers/linear/prompts/triage',
    snapshot: aWorkday(),
    answers: promptAnswers(),
    act: async ({ page }) => page.getByTestId('get-prompt').click(),
  },
  {
    name: 'prompts-messages',
    title: 'Prompts: its messages',
    hash: '#/servers/linear/prompts/triage',
    height: TALL,
    snapshot: aWorkday(),
    answers: promptAnswers(),
    act: async ({ page }) => {
      await page.getByTestId('argument-issue').fill('ENG-142');
      await page.getByTestId('get-prompt').click();
      await page.getByTestId('prompt-messages').waitFor();
    },
  },

  // Elicitation
  elicitationScene('form', 'a form', [form], undefined, { height: 900 }),
  elicitationScene(
    'form-errors',
    'a form with something missing',
    [form, { ...form, id: 'question-2' }],
    async ({ page }) => page.getByTestId('elicitation-send').click(),
    { height: 900 },
  ),
  elicitationScene('url', 'an address', [url()]),
  elicitationScene('url-look-alike', 'an address that looks like another', [
    url({
      address: {
        url: 'https://calendar.xn--linar-esf.example/connect',
        host: 'calendar.xn--linar-esf.example',
        readableHost: 'calendar.lin\u0435ar.example',
        warnings: ['international-host', 'mixed-scripts'],
      },
    }),
  ]),
  elicitationScene('url-opened', 'opened, the person says when it is done', [url({ opened: true })]),
  elicitationScene('url-announced', 'opened, the server says when it is done', [
    url({ opened: true, announced: true }),
  ]),
  elicitationScene('hostile', 'a hostile question', [
    asks({
      message: `${'A'.repeat(300)} <b>bold</b>\n\u202egnp.exe`.repeat(6),
      request: { callId: null, name: LONG_NAME },
      question: {
        mode: 'url',
        address: { ...address, url: `https://calendar.linear.example/${'path/'.repeat(300)}` },
        opened: false,
        announced: false,
      },
    }),
  ]),

  // Server log
  logScene('messages', 'messages', log),
  logScene('empty', 'nothing yet', []),

  // Search
  searchScene('hits', 'what was found', 'issue', hits),
  searchScene('nothing', 'nothing found', '\u202enothing like it', []),

  // Tools
  toolScene(
    'confirm',
    'a destructive one asks first',
    'update_project',
    async ({ page }) => {
      await page.getByLabel('Identifier').fill('PRJ-12');
      await page.getByTestId('tool-run').click();
      await page.getByTestId('confirm-run').waitFor();
    },
    {},
    { height: TALL },
  ),
  toolScene(
    'history',
    'earlier calls, values filled in again',
    'search_issues',
    async ({ page, narrow }) => {
      await page.getByLabel('Query').first().fill('crash');
      await page.getByTestId('tool-run').click();
      await page.getByTestId('tool-result').waitFor();
      const back = async () => narrow && page.getByRole('button', { name: 'Tools', exact: true }).click();
      await back();
      await page.getByTestId('tool-whoami').click();
      await page.getByTestId('tool-run').click();
      await page.getByTestId('tool-result').waitFor();
      await back();
      await page.getByTestId('tool-search_issues').click();
      await page.getByTestId('call-history').scrollIntoViewIfNeeded();
    },
    { 'tools.call': () => outcome({ content: [{ type: 'text', text: 'Found 2 issues.' }] }) },
    { height: TALL },
  ),
  toolScene(
    'structured-wrong',
    'a structured result that is not what was promised',
    'count_issues',
    async ({ page }) => {
      await page.getByTestId('tool-run').click();
      await page.getByTestId('structured-note').waitFor();
    },
    {
      'tools.get': () => promised,
      'tools.call': () =>
        outcome({
          structuredContent: { count: 'many' },
          leftOut: { blocks: 12, structuredContent: false },
        }),
    },
  ),
  toolScene('schema-left-out', 'a schema too large to be used', 'search_issues', async () => undefined, {
    'tools.get': () => ({ name: 'search_issues', inputSchema: { type: 'object' }, schemaLeftOut: true }),
  }),
  {
    name: 'tool-ten-thousand',
    title: 'Tools: ten thousand of them',
    hash: '#/servers/linear/tools',
    snapshot: aWorkday(),
    answers: {
      'tools.list': () => ({ ...listed(many), leftOut: 3, note: 'too-many-entries' }),
    },
    act: async ({ page }) => {
      await page.getByTestId('tool-tool_0').press('End');
      await page.getByTestId('tool-tool_9999').waitFor();
    },
  },
];
