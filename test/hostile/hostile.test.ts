import { test } from 'vitest';
import { play } from './stage.ts';
import { table } from './table.ts';

const played = table.flatMap((row) => (row.kind === 'page' ? [] : [[row.name, row] as const]));

test.each(played)('%s ends by name, and no token goes astray', (_, row) => play(row));
