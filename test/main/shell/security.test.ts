import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOwnFrame, pagePreferences, refuseDebugging } from '../../../src/main/shell/security.ts';

test('a window is made with exactly these preferences', () => {
  expect(pagePreferences({ preload: '/app/preload.cjs', devTools: false })).toEqual({
    preload: '/app/preload.cjs',
    devTools: false,
    partition: 'persist:page',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});

describe('the sender of a call', () => {
  const top = (url: string) => isOwnFrame({ url, parent: null });

  test('is our own page: the main frame, on our origin', () => {
    expect(top('app://gatehouse/index.html')).toBe(true);
    expect(top('app://gatehouse/index.html#servers')).toBe(true);
  });

  test('is nobody else', () => {
    expect(isOwnFrame(null)).toBe(false);
    expect(isOwnFrame({ url: 'app://gatehouse/index.html', parent: {} as never })).toBe(false);
    for (const url of [
      '',
      'about:blank',
      'about:srcdoc',
      'app://gatehouse.example/',
      'app://other/',
      'app:gatehouse',
      'app://gatehouse@evil/',
      'https://gatehouse/',
      'file:///app://gatehouse/index.html',
      'data:text/html,app://gatehouse/',
      'blob:app://gatehouse/0',
      'view-source:app://gatehouse/index.html',
    ]) {
      expect([url, top(url)]).toEqual([url, false]);
    }
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (url) => {
        expect(top(url)).toBe(false);
      }),
    );
  });
});

describe('the switches that let another program drive the pages', () => {
  /** An app started with both switches; what is left of them. */
  function started({ isPackaged, userData }: { isPackaged: boolean; userData: string }): string[] {
    const switches = new Set(['remote-debugging-port', 'remote-debugging-pipe', 'lang']);
    refuseDebugging({
      isPackaged,
      getName: () => 'Gatehouse',
      getPath: (name) => (name === 'appData' ? '/home/me/.config' : userData),
      commandLine: { removeSwitch: (name: string) => switches.delete(name) } as never,
    });
    return [...switches];
  }
  const usual = join('/home/me/.config', 'Gatehouse');
  const all = ['remote-debugging-port', 'remote-debugging-pipe', 'lang'];

  test('are taken away from a package that runs on the person’s profile, however that is spelled', () => {
    expect(started({ isPackaged: true, userData: usual })).toEqual(['lang']);
    expect(started({ isPackaged: true, userData: `${usual}/x/..` })).toEqual(['lang']);
  });

  test('stay where the profile is another, and in development', () => {
    expect(started({ isPackaged: true, userData: '/tmp/profile' })).toEqual(all);
    expect(started({ isPackaged: false, userData: usual })).toEqual(all);
  });
});
