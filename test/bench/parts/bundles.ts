import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { electronRuntime } from '../../../scripts/electron-runtime.ts';
import { buildRenderer } from '../../screens/stage.ts';
import { kilobytes, megabytes, milliseconds } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import type { BenchOptions } from '../rounds.ts';
import { measureStart } from '../start-time.ts';

const START_LIMIT_MS = 150;
const FIRST_LOAD_LIMIT = 250_000;
const root = join(import.meta.dirname, '..', '..', '..');

/** How large what is shipped is, and how long it takes to ask for its window. */
export async function measureBundles({ rounds, note }: BenchOptions): Promise<Section> {
  note('bundles');
  // A bundle that is there is measured as it is: building it anew is `npm run build`.
  if (!existsSync(join(root, 'out', 'main', 'index.js'))) await build({ root, logLevel: 'error' });
  const runtime = await electronRuntime();
  const firstLoad = await buildRenderer(
    join(root, 'src', 'renderer'),
    join(root, 'out', 'bench', 'renderer'),
  );
  const start = measureStart(runtime.executable, rounds);
  const archive = join(root, 'dist', 'linux-unpacked', 'resources', 'app.asar');
  const row = (what: string, shown: string, figures: unknown, target?: Row['target']): Row => ({
    what,
    cells: { gatehouse: shown },
    figures,
    ...(target && { target }),
  });
  const size = async (what: string, ...path: string[]): Promise<Row> => {
    const bytes = await sizeBelow(join(root, 'out', ...path));
    return row(what, kilobytes(bytes), bytes);
  };
  return {
    title: 'Bundles',
    how:
      `${runtime.description}. The start is Node’s time until the window is asked for, without what Chromium needs in ` +
      `between; node -e 0 took ${milliseconds(start.node)} in the same rounds. The bundles are those in out/.`,
    rows: [
      row('main bundle to window asked for', milliseconds(start.together), start, {
        text: `≤ ${START_LIMIT_MS} ms`,
        met: start.together <= START_LIMIT_MS,
      }),
      row('first-load JavaScript of the page, gzip', kilobytes(firstLoad), firstLoad, {
        text: `≤ ${kilobytes(FIRST_LOAD_LIMIT)}`,
        met: firstLoad <= FIRST_LOAD_LIMIT,
      }),
      await size('main process, all files', 'main'),
      await size('preload', 'preload'),
      await size('page, all files', 'renderer'),
      existsSync(archive)
        ? row('app.asar', megabytes((await stat(archive)).size), (await stat(archive)).size)
        : row('app.asar', 'not packed: npm run package -- --dir', null),
    ],
  };
}

async function sizeBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map'));
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
