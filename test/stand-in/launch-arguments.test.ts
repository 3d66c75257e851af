import { expect, test } from 'vitest';
import { parseLaunchArguments, parseSwitches } from './launch-arguments.ts';

test('takes the first argument that is no option as the app, and leaves what follows to it', () => {
  expect(parseLaunchArguments(['--no-sandbox', '.', '-r', 'x'], false)).toEqual({
    app: '.',
    require: [],
    version: false,
  });
});

test('reads what Playwright puts before the app', () => {
  const args = ['-r', '/loader.js', '--no-sandbox', '--inspect=0', '--remote-debugging-port=0', 'app'];
  expect(parseLaunchArguments(args, false)).toEqual({
    app: 'app',
    require: ['/loader.js'],
    inspect: { host: '127.0.0.1', port: 0, wait: false },
    version: false,
  });
});

test('takes no argument of a packaged app as the app', () => {
  expect(parseLaunchArguments(['app.gatehouse.desktop:/x'], true).app).toBeUndefined();
});

test('reads switches as Chromium does: up to a bare --', () => {
  const switches = parseSwitches(['--user-data-dir=/a=b', '--Flag', 'word', '--', '--not-me']);
  expect([...switches]).toEqual([
    ['user-data-dir', '/a=b'],
    ['flag', ''],
  ]);
});
