import type { ImportFile } from '../../src/shared/domain/import.ts';
import { settings } from '../../src/shared/domain/settings.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import { anAccount, aServer, aWorkday, LONG_NAME, NOW } from './fixtures.ts';
import type { Scene } from './scenes.ts';

type Act = NonNullable<Scene['act']>;

const TALL = 1150;
const PLACE = '$' + '{input:acme-key}';

/** Opens the list of servers, where it is a drawer. */
const showServers: Act = async ({ page, narrow }) => {
  if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
};

const paste =
  (text: string, then?: Act): Act =>
  async (stage) => {
    await showServers(stage);
    await stage.page.getByTestId('add-server-button').click();
    await stage.page.getByTestId('server-url-input').fill(text);
    await then?.(stage);
  };

const openPalette =
  (query: string, then?: Act): Act =>
  async (stage) => {
    await stage.page.keyboard.press('Control+k');
    await stage.page.getByTestId('palette-field').fill(query);
    await then?.(stage);
  };

const snippet = `{
  // as VS Code keeps it
  "inputs": [{ "id": "acme-key", "type": "promptString", "description": "Key of Acme", "password": true }],
  "servers": {
    "linear": { "type": "http", "url": "https://mcp.linear.example/mcp" },
    "acme": { "type": "http", "url": "https://mcp.acme.example/mcp", "headers": { "Authorization": "Bearer ${PLACE}" } },
    "files": { "command": "npx", "args": ["-y", "@acme/files-mcp@2.4.1", "/home/ada/Documents"] },
    "odd": { "command": "npx", "envFile": ".env" },
  },
}`;

const files: ImportFile[] = [
  {
    client: 'claude-desktop',
    path: '/home/ada/.config/Claude/claude_desktop_config.json',
    problem: null,
    entries: [
      {
        kind: 'local',
        id: 'files',
        name: 'files',
        existingServerId: null,
        program: 'npx',
        arguments: ['-y', '@acme/files-mcp@2.4.1', '--root', '/home/ada/Documents/Analytical Engine'],
        folder: null,
        environment: [
          { name: 'ACME_REGION', value: 'eu-north-1', asked: null },
          { name: 'ACME_API_KEY', value: null, asked: null },
        ],
        obstacle: null,
      },
      {
        kind: 'local',
        id: 'database',
        name: 'database',
        existingServerId: null,
        program: 'uvx',
        arguments: ['database-mcp', '--url', '•••'],
        folder: null,
        environment: [],
        obstacle: 'secret',
      },
    ],
  },
  {
    client: 'cursor',
    path: '/home/ada/.cursor/mcp.json',
    problem: null,
    entries: [
      {
        kind: 'remote',
        id: 'linear',
        name: 'linear',
        existingServerId: 'linear',
        url: 'https://mcp.linear.example/mcp',
        headers: [],
        obstacle: null,
      },
      {
        kind: 'remote',
        id: 'search',
        name: 'search',
        existingServerId: null,
        url: 'https://mcp.search.example/•••',
        headers: [],
        obstacle: 'secret',
      },
      {
        kind: 'unreadable',
        id: 'odd',
        name: `odd \u202e ${LONG_NAME}`,
        existingServerId: null,
        error: 'member',
        what: 'envFile',
      },
    ],
  },
  {
    client: 'vs-code',
    path: '/home/ada/.config/Code/User/mcp.json',
    problem: null,
    entries: [
      {
        kind: 'remote',
        id: 'acme',
        name: 'acme',
        existingServerId: null,
        url: 'https://mcp.acme.example/mcp',
        headers: [
          { name: 'Authorization', asked: { hint: 'Key of Acme', secret: true } },
          { name: 'X-Team', asked: null },
        ],
        obstacle: null,
      },
    ],
  },
  {
    client: 'windsurf',
    path: '/home/ada/.codeium/windsurf/mcp_config.json',
    problem: makeProblem('import-file-invalid', { path: '/home/ada/.codeium/windsurf/mcp_config.json' }),
    entries: [],
  },
];
const places = files.map(({ client, path }) => ({ client, path }));

const openImport: Act = async (stage) => {
  await openPalette('')(stage);
  await stage.page.getByTestId('palette-app-import').click();
  await stage.page.locator('[data-testid=import-dialog][aria-busy=false]').waitFor();
};

const many = Array.from({ length: 1000 }, (_, number) =>
  aServer({
    id: `server-${number}`,
    name: `Server ${number + 1}`,
    consent: number % 7 === 0 ? 'expired' : 'granted',
    enabled: number % 11 !== 0,
  }),
);

/** Finding, ordering and taking over servers. */
export const findScenes: readonly Scene[] = [
  {
    name: 'add-recognized',
    title: 'Add: what was recognized',
    snapshot: aWorkday(),
    act: paste('npx -y @acme/files-mcp@2.4.1 /home/ada/Documents'),
  },
  {
    name: 'add-several',
    title: 'Add: several servers at once',
    height: 900,
    snapshot: aWorkday(),
    act: paste(snippet),
  },
  {
    name: 'add-one-of-several',
    title: 'Add: one of several, with a key to be entered',
    height: 900,
    snapshot: aWorkday(),
    act: paste(snippet, async ({ page }) => {
      await page.getByTestId('choose-1').click();
      await page.getByTestId('header-name-0').waitFor();
    }),
  },
  {
    name: 'add-from-link',
    title: 'Add: a link of the app, pasted',
    snapshot: aWorkday(),
    act: paste('app.gatehouse.desktop:/add-server?url=https%3A%2F%2Fmcp.acme.example%2Fmcp&name=Acme'),
  },
  {
    name: 'import-found',
    title: 'Import: what was found',
    height: 1500,
    snapshot: aWorkday(),
    answers: { 'imports.look': () => ({ files, places }), 'imports.forget': () => undefined },
    act: async (stage) => {
      await openImport(stage);
      await stage.page.getByTestId('import-add-acme').click();
      await stage.page.getByTestId('import-entry-acme').locator('form').waitFor();
    },
  },
  {
    name: 'import-nothing',
    title: 'Import: nothing found',
    snapshot: aWorkday(),
    answers: { 'imports.look': () => ({ files: [], places }), 'imports.forget': () => undefined },
    act: async (stage) => {
      await openImport(stage);
      await stage.page.getByText('Where Gatehouse looked').click();
    },
  },
  {
    name: 'palette-empty',
    title: 'Palette: before anything is typed',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: openPalette(''),
  },
  {
    name: 'palette-found',
    title: 'Palette: what fits',
    hash: '#/servers/linear',
    snapshot: aWorkday(),
    act: openPalette('github', async ({ page }) => page.keyboard.press('ArrowDown')),
  },
  {
    name: 'palette-nothing',
    title: 'Palette: nothing fits but the search',
    snapshot: aWorkday(),
    act: openPalette('\u202exyzzy of nowhere'),
  },
  {
    name: 'list-many',
    title: 'Servers: a thousand, in the person’s order',
    height: TALL,
    snapshot: aWorkday({
      servers: many,
      // Enough of them for all that is seen; the rest would only take its time to get to the page.
      accounts: many
        .slice(0, 200)
        .flatMap(({ id }, number) =>
          Array.from({ length: number % 6 }, (_, which) =>
            anAccount({ id: `${id}-${which}`, serverId: id, label: `${'adxyz'[which]}@example.org` }),
          ),
        ),
      connections: [],
      settings: settings.parse({ serverOrder: ['server-41', 'server-7', 'server-500'] }),
    }),
    act: showServers,
  },
  {
    name: 'list-filter',
    title: 'Servers: those that need attention',
    snapshot: aWorkday(),
    act: async (stage) => {
      await showServers(stage);
      await stage.page.getByRole('radio', { name: /Attention/ }).check();
    },
  },
  {
    name: 'list-select',
    title: 'Servers: some are selected',
    snapshot: aWorkday(),
    act: async (stage) => {
      await showServers(stage);
      await stage.page.getByTestId('list-options').click();
      await stage.page.getByTestId('select-servers').click();
      for (const id of ['notion', 'sentry']) {
        await stage.page.getByTestId(`server-row-${id}`).getByRole('checkbox').check();
      }
      await stage.page.getByTestId('selection-bar').waitFor();
    },
  },
  {
    name: 'list-soon',
    title: 'Servers: one ends soon; a wide sidebar',
    snapshot: aWorkday({
      servers: [aServer({ id: 'linear', name: 'Linear' }), aServer({ id: 'long', name: LONG_NAME })],
      accounts: [
        anAccount({ id: 'ada', serverId: 'linear' }),
        {
          ...anAccount({ id: 'bob', serverId: 'long' }),
          grant: {
            ...anAccount({ id: 'bob', serverId: 'long' }).grant,
            accessTokenExpiresAt: NOW + 9 * 60_000,
            refreshable: false,
          },
        },
      ],
      connections: [],
      settings: settings.parse({ frame: { sidebarWidth: 420, collapsed: false, lastPage: '' } }),
    }),
    act: showServers,
  },
  {
    name: 'list-hidden',
    title: 'Servers: the sidebar is hidden',
    hash: '#/servers/linear',
    snapshot: aWorkday({
      settings: settings.parse({ frame: { sidebarWidth: null, collapsed: true, lastPage: '' } }),
    }),
  },
];
