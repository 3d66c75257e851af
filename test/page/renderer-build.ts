import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildRenderer } from '../screens/stage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built renderer. */
    renderer: string;
  }
}

/** Builds the renderer once for all tests of the page. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-page-'));
  await buildRenderer(join(import.meta.dirname, '..', '..', 'src', 'renderer'), folder);
  project.provide('renderer', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
