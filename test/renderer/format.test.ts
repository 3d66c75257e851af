import { describe, expect, test } from 'vitest';
import {
  byteText,
  durationText,
  relativeTime,
  relativeTimeStep,
  shortSpan,
  stopwatch,
} from '../../src/renderer/i18n/format.ts';

const NOW = Date.UTC(2026, 10, 20);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a relative time', () => {
  test.each([
    [42 * MINUTE, 'in 42 minutes'],
    [42 * MINUTE + 59 * SECOND, 'in 42 minutes'],
    [59 * SECOND, 'in 59 seconds'],
    [0, 'now'],
    [-1, 'now'],
    [-1 * SECOND, '1 second ago'],
    [-90 * MINUTE, '1 hour ago'],
    [-12 * DAY, '12 days ago'],
    [-45 * DAY, '1 month ago'],
    [400 * DAY, 'in 1 year'],
  ])('%i ms: %s', (distance, words) => {
    expect(relativeTime(NOW + distance, NOW, 'en')).toBe(words);
  });

  test('never promises more than there is', () => {
    expect(relativeTime(NOW + 2 * HOUR - 1, NOW, 'en')).toBe('in 1 hour');
  });

  test('speaks other languages', () => {
    expect(relativeTime(NOW + 42 * MINUTE, NOW, 'de')).toBe('in 42 Minuten');
  });

  test('ticks each second only when seconds matter', () => {
    expect(relativeTimeStep(NOW + 90 * SECOND, NOW)).toBe(SECOND);
    expect(relativeTimeStep(NOW + HOUR, NOW)).toBe(15 * SECOND);
  });
});

test.each([
  [0, '0m'],
  [59 * SECOND, '0m'],
  [42 * MINUTE + 59 * SECOND, '42m'],
  [HOUR, '1h'],
  [47 * HOUR, '47h'],
  [12 * DAY, '12d'],
  [-DAY, '0m'],
])('a span of %i ms is %s', (span, words) => {
  expect(shortSpan(NOW + span, NOW, 'en')).toBe(words);
});

test.each([
  [342, '342 ms'],
  [4230, '4.2 sec'],
  [150_000, '2.5 min'],
])('a duration of %i ms is %s', (milliseconds, words) => {
  expect(durationText(milliseconds, 'en')).toBe(words);
});

test('a stopwatch counts whole seconds and never runs below zero', () => {
  expect(stopwatch(61_999)).toBe('1:01');
  expect(stopwatch(-5000)).toBe('0:00');
});

test('a size is in bytes, or in the unit that keeps it short', () => {
  const sizes = [0, 1, 143, 999, 1000, 1234, 2_500_000].map((bytes) => byteText(bytes, 'en'));
  expect(sizes).toEqual(['0 bytes', '1 byte', '143 bytes', '999 bytes', '1 kB', '1.2 kB', '2.5 MB']);
});
