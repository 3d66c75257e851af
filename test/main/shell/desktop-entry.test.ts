import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { autostartEntry, linkEntry, writeDesktopEntry } from '../../../src/main/shell/desktop-entry.ts';
import { temporaryFolder } from '../../support/folder.ts';

test('the entry hands links to the command and shows in no menu', () => {
  expect(linkEntry({ program: '/opt/gatehouse/gatehouse', args: ['--'] })).toBe(
    [
      '[Desktop Entry]',
      'Type=Application',
      'Name=Gatehouse',
      'Exec=/opt/gatehouse/gatehouse -- %u',
      'Terminal=false',
      'MimeType=x-scheme-handler/app.gatehouse.desktop;',
      'NoDisplay=true',
      '',
    ].join('\n'),
  );
});

/** Reads `Exec` as a desktop does (Desktop Entry Specification 1.5): the string's escapes, quotes, field codes. */
function commandOf(entry: string): string[] {
  const line = entry.split('\n').find((one) => one.startsWith('Exec=')) ?? '';
  const value = line
    .slice('Exec='.length)
    .replace(/\\(.)/g, (_, character: string) => (character === 's' ? ' ' : character));
  const words: string[] = [];
  for (const [, quoted, plain] of value.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/gs)) {
    words.push((quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '').replaceAll('%%', '%'));
  }
  return words;
}

test('whatever characters the program’s path has, the desktop starts that program with the link last', () => {
  const path = fc.string({
    unit: fc.constantFrom(...' "`$\\%&;|<>~#()*?\'aé/.-'),
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(path, path, (program, argument) => {
      expect(commandOf(linkEntry({ program, args: [argument, '--'] }))).toEqual([
        program,
        argument,
        '--',
        '%u',
      ]);
    }),
    { numRuns: 2000 },
  );
});

test('a path with a line end can’t add keys of its own', () => {
  expect(() => linkEntry({ program: '/opt/x\nExec=evil', args: [] })).toThrow();
});

test('an entry that starts with the computer gets no link', () => {
  const entry = autostartEntry({ program: '/opt/gatehouse/gatehouse', args: ['--hidden'] });
  expect(commandOf(entry)).toEqual(['/opt/gatehouse/gatehouse', '--hidden']);
  expect(entry).not.toContain('NoDisplay');
});

test('an entry that is there already is not written again', async () => {
  const folder = join(await temporaryFolder(), 'applications');
  await writeDesktopEntry(folder, 'first');
  const path = join(folder, 'gatehouse.desktop');
  const { ino } = await stat(path);
  await writeDesktopEntry(folder, 'first');
  expect((await stat(path)).ino).toBe(ino);
  await writeDesktopEntry(folder, 'second');
  expect(await readFile(path, 'utf8')).toBe('second');
});
