import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileSaver, harmlessFileName } from '../../../src/main/shell/file-saver.ts';
import { problemCodeOf } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** A person who saves where the dialog suggests, somewhere else, or not at all. */
async function person(chooses: (suggested: string) => string | null) {
  const downloads = await temporaryFolder();
  const suggestions: string[] = [];
  const saver = fileSaver(
    {
      showSaveDialog: async (...parameters: unknown[]) => {
        const { defaultPath = '' } = parameters.at(-1) as { defaultPath?: string };
        suggestions.push(defaultPath);
        const filePath = chooses(defaultPath);
        return { canceled: filePath === null, filePath: filePath ?? '' };
      },
    },
    { getPath: () => downloads },
  );
  return { downloads, suggestions, saver };
}

test('what is saved is where the person said', async () => {
  const { downloads, saver } = await person((suggested) => suggested);
  expect(await saver.save('report.md', 'text')).toBe('saved');
  expect(await readFile(join(downloads, 'report.md'), 'utf8')).toBe('text');
});

test('a person who cancels has written nothing', async () => {
  const { saver } = await person(() => null);
  expect(await saver.save('report.md', 'text')).toBe('cancelled');
});

test('a place that can not be written to is a problem with its reason', async () => {
  const { saver } = await person((suggested) => join(suggested, 'not', 'there'));
  expect(await problemCodeOf(saver.save('report.md', 'text'))).toBe('file-not-saved');
});

test('a name from a server never leaves the folder it is suggested in', async () => {
  for (const name of [
    '../../.ssh/config',
    '..\\..\\start.bat',
    '/etc/passwd',
    'C:\\x',
    '.bashrc',
    'a\u202etxt.exe',
    'nul',
  ]) {
    const { downloads, suggestions, saver } = await person(() => null);
    await saver.save(name, '');
    expect(suggestions[0]?.startsWith(`${downloads}/`)).toBe(true);
    expect(suggestions[0]?.slice(downloads.length + 1)).not.toMatch(/[/\\:\u202e]|^\.|^nul$/);
  }
});

test('any name becomes one that every system takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const harmless = harmlessFileName(name);
      expect(harmless).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}]|^[. ]|[. ]$/u);
      expect([...harmless].length).toBeGreaterThan(0);
      expect([...harmless].length).toBeLessThanOrEqual(101);
    }),
    { numRuns: 2000 },
  );
});
