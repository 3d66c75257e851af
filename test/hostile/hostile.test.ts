import { test } from 'vitest';
import { play } from './stage.ts';
import { table } from './table.ts';

/** A row takes a second; on a machine that does much else, longer. In milliseconds. */
const PATIENCE_MS = Number(process.env.HOSTILE_PATIENCE_MS ?? 120_000);

const played = table.flatMap((row) => (row.kind === 'page' ? [] : [[row.name, row] as const]));

test.each(played)('%s ends by name, and no token goes astray', (_, row) => play(row), PATIENCE_MS);
