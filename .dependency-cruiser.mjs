// Who may import whom. docs/architecture.md says why.
const room = (name) => `^src/main/${name}/`;
const only = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, ...allowed] },
});
const shared = '^src/shared/';
const ports = '^src/main/(ports|events|turns)\\.ts$';

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$'] }, to: {} },
    { name: 'not-to-tests', severity: 'error', from: {}, to: { path: '^(test|scripts)/' } },
    {
      name: 'shared-is-pure',
      severity: 'error',
      from: { path: shared },
      to: { pathNot: [shared, 'node_modules/zod/'] },
    },
    only('oauth-knows-only-shared', room('oauth'), shared),
    only('network', room('network'), shared, room('oauth')),
    only('policy', room('policy'), shared, room('oauth')),
    only('vault', room('vault'), shared, room('store'), ports),
    only('store', room('store'), shared),
    only('trace', room('trace'), shared, room('store')),
    only(
      'accounts',
      room('accounts'),
      shared,
      ports,
      room('oauth'),
      room('vault'),
      room('store'),
      room('trace'),
    ),
    only(
      'sign-in',
      room('sign-in'),
      shared,
      ports,
      room('oauth'),
      room('vault'),
      room('accounts'),
      room('trace'),
    ),
    only(
      'servers',
      room('servers'),
      shared,
      ports,
      room('oauth'),
      room('store'),
      room('accounts'),
      room('trace'),
    ),
    only(
      'ipc',
      room('ipc'),
      shared,
      ports,
      room('accounts'),
      room('servers'),
      room('trace'),
      '^src/main/core\\.ts$',
    ),
    only('shell', room('shell'), shared, ports),
    only('renderer', '^src/renderer/', shared),
    only('preload', '^src/preload/', shared),
    {
      name: 'oauth-has-no-state-and-no-system',
      severity: 'error',
      from: { path: room('oauth') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-stays-at-the-edge',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          room('shell'),
          '^src/main/(index|behind-window|vault/safe-storage-box)\\.ts$',
          '^src/preload/',
        ],
      },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^src/(renderer|shared|preload)/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
