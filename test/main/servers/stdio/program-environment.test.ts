import { expect, test } from 'vitest';
import { programEnvironment } from '../../../../src/main/servers/stdio/program-environment.ts';

test('of one’s own environment only what programs can’t do without is passed on', () => {
  const own = {
    PATH: '/bin',
    HOME: '/home/a',
    AWS_SECRET_ACCESS_KEY: 'x',
    NODE_OPTIONS: '--require evil',
    LANG: 'de',
  };
  expect(programEnvironment(own, {}, 'linux')).toEqual({ PATH: '/bin', HOME: '/home/a', LANG: 'de' });
});

test('what the command names wins', () => {
  expect(programEnvironment({ PATH: '/bin' }, { PATH: '/opt/bin', TOKEN: 'x' }, 'darwin')).toEqual({
    PATH: '/opt/bin',
    TOKEN: 'x',
  });
});

test('a value that some shells would run as a function is left out', () => {
  expect(programEnvironment({ TERM: '() { :; }; evil', PATH: '/bin' }, {}, 'linux')).toEqual({
    PATH: '/bin',
  });
});

test('on Windows names are compared without case, and one variable has one spelling', () => {
  const own = { Path: 'C:\\node', SystemRoot: 'C:\\Windows', secret: 'x' };
  expect(programEnvironment(own, { PATH: 'C:\\tools' }, 'win32')).toEqual({
    PATH: 'C:\\tools',
    SystemRoot: 'C:\\Windows',
  });
});
