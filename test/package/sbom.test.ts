import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundledPackages, packageFolder } from '../../scripts/bundled-packages.ts';
import { onlyShipped, sbom } from '../../scripts/sbom.ts';

const source = join(import.meta.dirname, '..', '..', 'src');
let bom: ReturnType<typeof sbom>;
beforeAll(() => {
  bom = sbom();
});

/** Packages the sources import for more than types. */
function imported(): Set<string> {
  const names = new Set<string>();
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(tsx?|css)$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?from\s+)?'([^']+)'/gm);
    for (const [, name = ''] of [...statements, ...text.matchAll(/\bimport\('([^']+)'\)/g)]) {
      const found = /^(?![./]|node:)(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[1];
      if (found) names.add(found);
    }
  }
  return names;
}

test('names every package the sources import, and Electron', () => {
  const names = new Set(bom.components.map(({ name }) => name));
  const wanted = imported();
  expect(wanted.size).toBeGreaterThan(10);
  expect([...wanted].filter((name) => !names.has(name))).toEqual([]);
  expect(names).toContain('electron');
});

test('names what those bring along, and nothing that only builds or tests', () => {
  const names = new Set(bom.components.map(({ name }) => name));
  expect(names).toContain('scheduler');
  expect(names).toContain('@modelcontextprotocol/core');
  const own = [
    'vite',
    'vitest',
    'typescript',
    '@biomejs/biome',
    'electron-builder',
    'playwright-core',
    'oidc-provider',
  ];
  expect(own.filter((name) => names.has(name))).toEqual([]);
  expect(bom.components).toHaveLength(bundledPackages().length + 1);
});

test('is CycloneDX about this product, each component with its version, address and checksum', () => {
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { type: 'application', name: 'gatehouse' } },
  });
  for (const component of bom.components) {
    expect(component).toMatchObject({
      type: 'library',
      version: expect.stringMatching(/^\d/),
      purl: expect.stringMatching(/^pkg:npm\//),
      hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
    });
  }
  const known = new Set(['gatehouse@0.1.0', ...bom.components.map((one) => one['bom-ref'])]);
  for (const { ref, dependsOn = [] } of bom.dependencies) {
    expect([ref, ...dependsOn].filter((one) => !known.has(one))).toEqual([]);
  }
});

test('fails when something shipped is not in the lockfile', () => {
  expect(() => onlyShipped(bom, new Set(['left-pad@1.0.0']), 'gatehouse')).toThrow('lacks left-pad@1.0.0');
});

test('a module belongs to the innermost package of its path', () => {
  expect(packageFolder('/a/node_modules/react/index.js')).toBe('node_modules/react');
  expect(packageFolder('\0/a/node_modules/@m/core/esm/x.js?v=1')).toBe('node_modules/@m/core');
  expect(packageFolder('C:\\a\\node_modules\\a\\node_modules\\b\\c.js')).toBe(
    'node_modules/a/node_modules/b',
  );
  expect(packageFolder('/a/src/main/index.ts')).toBeNull();
});
