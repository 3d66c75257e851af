import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { bundledPackages } from './bundled-packages.ts';

const root = join(import.meta.dirname, '..');
export const sbomFile = join(root, 'out', 'sbom.cdx.json');

interface Bom {
  metadata: { component: { name: string; 'bom-ref': string } };
  components: { 'bom-ref': string; name: string; version: string; properties?: { name: string }[] }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

/** Everything in the lockfile, as npm itself describes it in CycloneDX. */
function locked(): Bom {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, stdout, stderr } = spawnSync(
    npm,
    [
      'sbom',
      '--package-lock-only',
      '--include',
      'dev',
      '--sbom-format',
      'cyclonedx',
      '--sbom-type',
      'application',
    ],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
  return JSON.parse(stdout) as Bom;
}

/**
 * Keeps of npm's list what is shipped: the packages in the bundles, and Electron beside them. npm can't know:
 * to it everything here is a development dependency.
 * @param shipped `name@version` of each package that is shipped
 * @throws when npm's list lacks one of them
 */
export function onlyShipped(bom: Bom, shipped: ReadonlySet<string>, product: string): Bom {
  const components = bom.components.filter((one) => shipped.has(one['bom-ref']));
  const found = new Set(components.map((one) => one['bom-ref']));
  const missing = [...shipped].filter((ref) => !found.has(ref));
  if (missing.length > 0) throw new Error(`npm's list lacks ${missing.join(', ')}`);
  const own = bom.metadata.component['bom-ref'];
  return {
    ...bom,
    metadata: { ...bom.metadata, component: { ...bom.metadata.component, name: product } },
    components: components.map(({ properties = [], ...component }) => ({
      ...component,
      properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
    })),
    dependencies: bom.dependencies
      .filter(({ ref }) => ref === own || found.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => found.has(one)) })),
  };
}

/** The bill of materials of the last build. */
export function sbom(): Bom {
  const all = locked();
  const electron = all.components.find(({ name }) => name === 'electron');
  if (!electron) throw new Error('Electron is not in the lockfile');
  const shipped = bundledPackages().map(({ name, version }) => `${name}@${version}`);
  return onlyShipped(all, new Set([...shipped, electron['bom-ref']]), 'gatehouse');
}

if (import.meta.main) {
  await build({ root, logLevel: 'warn' });
  const bom = sbom();
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(sbomFile, `${JSON.stringify(bom, null, 2)}\n`);
  console.log(`Wrote out/sbom.cdx.json: ${bom.components.length} components`);
}
