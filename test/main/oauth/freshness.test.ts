import { describe, expect, test } from 'vitest';
import { freshUntil, retryAfterMs } from '../../../src/main/oauth/freshness.ts';

const NOW = Date.parse('2026-08-01T12:00:00Z');
const HOUR = 3_600_000;
const later = (headers: Record<string, string>) => freshUntil(new Headers(headers), NOW) - NOW;

describe('metadata is kept by the rules of RFC 9111', () => {
  test('an hour without caching headers', () => expect(later({})).toBe(HOUR));
  test('as long as max-age says', () =>
    expect(later({ 'cache-control': 'public, max-age=60' })).toBe(60_000));
  test('less the age it already has', () => {
    expect(later({ 'cache-control': 'max-age=60', age: '50' })).toBe(10_000);
    expect(later({ 'cache-control': 'max-age=60', age: '90' })).toBe(0);
  });
  test('not at all with no-store or no-cache', () => {
    expect(later({ 'cache-control': 'no-store' })).toBe(0);
    expect(later({ 'cache-control': 'max-age=60, no-cache' })).toBe(0);
    expect(later({ 'cache-control': 'no-store, max-age=60' })).toBe(0);
    expect(later({ 'cache-control': 'No-Cache="set-cookie", max-age=60' })).toBe(0);
    expect(later({ 'cache-control': 'no-store-x, x-no-cache, max-age=60' })).toBe(60_000);
  });
  test('with spaces and quotes where they don’t belong', () =>
    expect(later({ 'cache-control': 'public,max-age = "60"' })).toBe(60_000));
  test('whatever age is no number', () => {
    for (const age of ['50x', 'x50', '-50', '5e1']) {
      expect(later({ 'cache-control': 'max-age=60', age })).toBe(60_000);
    }
  });
  test('never longer than a day', () =>
    expect(later({ 'cache-control': 'max-age=9999999999' })).toBe(24 * HOUR));
  test('until Expires, counted from Date', () => {
    const headers = { date: 'Sat, 01 Aug 2026 00:00:00 GMT', expires: 'Sat, 01 Aug 2026 00:30:00 GMT' };
    expect(later(headers)).toBe(HOUR / 2);
    expect(later({ expires: 'Sat, 01 Aug 2026 13:00:00 GMT' })).toBe(HOUR);
  });
  test('not at all with Expires: 0', () => expect(later({ expires: '0' })).toBeLessThanOrEqual(0));
});

describe('Retry-After', () => {
  const wait = (value?: string) => retryAfterMs(new Headers(value ? { 'retry-after': value } : {}), NOW);
  test('in seconds', () => expect(wait('7')).toBe(7000));
  test('as a date', () => expect(wait('Sat, 01 Aug 2026 12:00:09 GMT')).toBe(9000));
  test('in the past is now', () => expect(wait('Sat, 01 Aug 2026 11:00:00 GMT')).toBe(0));
  test('at most a day', () => expect(wait('99999999')).toBe(24 * HOUR));
  test('absent or nonsense is unknown', () =>
    expect([wait(), wait('soon'), wait('7x'), wait('x7')]).toEqual([null, null, null, null]));
});
