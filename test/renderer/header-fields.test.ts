import { expect, test } from 'vitest';
import { headerErrors, headersChange } from '../../src/renderer/components/header-fields.ts';

test('what is typed becomes a change: set, replaced, removed, left alone', () => {
  const fields = [
    { name: 'X-Kept', value: null },
    { name: 'x-replaced', value: ' new ' },
    { name: ' X-Added ', value: 'v' },
    { name: '', value: '' },
  ];
  expect(headersChange(['X-Kept', 'X-Replaced', 'X-Removed'], fields)).toEqual({
    'X-Removed': null,
    'x-replaced': 'new',
    'X-Added': 'v',
  });
});

test('nothing is sent while a field is wrong, and each says why', () => {
  const fields = [
    { name: 'a b', value: 'v' },
    { name: 'Mcp-Session-Id', value: 'v' },
    { name: 'X-A', value: 'two\nlines' },
    { name: 'X-B', value: '' },
    { name: 'X-C', value: 'v' },
    { name: 'x-c', value: 'w' },
    { name: '', value: 'v' },
  ];
  expect(headerErrors(fields)).toEqual(['name', 'reserved', 'value', 'value', null, 'twice', 'name']);
  expect(headersChange([], fields)).toBeNull();
});
