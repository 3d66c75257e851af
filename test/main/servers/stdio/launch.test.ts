import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { isScript, launch } from '../../../../src/main/servers/stdio/launch.ts';
import { problemCodeOf } from '../../../support/core.ts';
import { temporaryFolder } from '../../../support/folder.ts';

/** A Windows with these files. */
const windows =
  (...files: string[]) =>
  (path: string) =>
    Promise.resolve(files.includes(path));
const Path = ['tools', 'node'].join(delimiter);
const npx = join('node', 'npx');

test.each([
  ['a program named as a batch file', 'run.CMD', [], true],
  ['a program named as one in a folder', 'C:\\x\\run.bat', [], true],
  ['a program named in full', 'node.exe', [], false],
  ['npx, which Windows finds as npx.cmd', 'npx', [`${npx}.cmd`], true],
  ['a program that is there as both', 'npx', [`${npx}.exe`, `${npx}.cmd`], false],
  ['the first place in the path counts', 'npx', [`${join('tools', 'npx')}.bat`, `${npx}.exe`], true],
  ['a program nobody finds is not found, rather than a script', 'npx', [], false],
])('Windows: %s', async (_, program, files, expected) => {
  expect(await isScript(program, { Path }, windows(...files))).toBe(expected);
});

test('what Windows would run through a shell is not started there, and says what to enter instead', async () => {
  const command = { program: 'npx.cmd', arguments: [], folder: await temporaryFolder(), environment: [] };
  expect(await problemCodeOf(launch({ command, environment: {}, platform: 'win32' }))).toBe(
    'program-needs-shell',
  );
});
