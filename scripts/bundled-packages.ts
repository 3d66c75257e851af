import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const repository = join(import.meta.dirname, '..');
const listOf = (part: Part, root: string) => join(root, 'out', 'packages', `${part}.json`);

/** A package of which something is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, relative to the repository. */
  readonly folder: string;
}

type Part = 'main' | 'preload' | 'renderer';

/**
 * Writes down, at each build, the packages whose modules, styles or files ended up in the bundle of a part.
 * @param root the repository's folder: in the build's configuration this module is elsewhere
 */
export function recordPackages(part: Part, root: string): Plugin {
  return {
    name: 'record-packages',
    generateBundle(_options, bundle) {
      const sources = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type === 'asset') for (const name of output.originalFileNames) sources.add(name);
        else {
          for (const [id, { code }] of Object.entries(output.modules)) if (code) sources.add(id);
        }
      }
      // Styles leave their chunk before it is written.
      for (const id of this.getModuleIds()) if (/\.css($|\?)/.test(id)) sources.add(id);
      const folders = [...new Set([...sources].map(packageFolder))].filter((folder) => folder !== null);
      const packages = folders.toSorted().map((folder) => packageAt(folder, root));
      mkdirSync(dirname(listOf(part, root)), { recursive: true });
      writeFileSync(listOf(part, root), `${JSON.stringify(packages, null, 2)}\n`);
    },
  };
}

/** The folder of the package a module comes from, relative to the repository; null for the app's own. */
export function packageFolder(source: string): string | null {
  const path = source.replace(/^\0/, '').replaceAll('\\', '/');
  return /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/@?][^/?]*)\//.exec(path)?.[1] ?? null;
}

function packageAt(folder: string, root: string): BundledPackage {
  const file = join(root, folder, 'package.json');
  const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as BundledPackage;
  return { name, version, folder };
}

/** What the last build put into its bundles, each package once, in the order of names. */
export function bundledPackages(): BundledPackage[] {
  const parts: readonly Part[] = ['main', 'preload', 'renderer'];
  const all = parts.flatMap(
    (part) => JSON.parse(readFileSync(listOf(part, repository), 'utf8')) as BundledPackage[],
  );
  const once = new Map(all.map((one) => [`${one.name}@${one.version}`, one]));
  return [...once.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * The licences of everything bundled, as one text to be shipped beside the app.
 * @throws when a package names no licence
 */
export function licences(): string {
  return bundledPackages()
    .map(({ name, version, folder }) => {
      const path = join(repository, folder);
      const { license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
        license?: string;
      };
      if (!license) throw new Error(`${name} names no licence`);
      const texts = readdirSync(path)
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
        .map((file) => readFileSync(join(path, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}
