import { expect, test } from 'vitest';
import { type ClosingFacts, decideClosing } from '../../../src/main/shell/closing.ts';

const facts = (given: Partial<ClosingFacts>): ClosingFacts => ({
  platform: 'linux',
  quitting: false,
  tray: true,
  setting: 'ask',
  ...given,
});

test('the person is asked once, then it is done as they chose', () => {
  for (const platform of ['linux', 'win32'] as const) {
    expect(decideClosing(facts({ platform }))).toBe('ask');
    expect(decideClosing(facts({ platform, setting: 'keep-running' }))).toBe('hide');
    expect(decideClosing(facts({ platform, setting: 'quit' }))).toBe('close');
  }
});

test('on macOS a window closes, and the app goes on by itself', () => {
  for (const setting of ['ask', 'keep-running', 'quit'] as const) {
    expect(decideClosing(facts({ platform: 'darwin', setting }))).toBe('close');
  }
});

test('who quits is not held up, and without a tray nothing hides', () => {
  for (const setting of ['ask', 'keep-running'] as const) {
    expect(decideClosing(facts({ quitting: true, setting }))).toBe('close');
    expect(decideClosing(facts({ tray: false, setting }))).toBe('close');
  }
});
