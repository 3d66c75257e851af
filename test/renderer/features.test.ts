import { describe, expect, test } from 'vitest';
import { findRows, indexRows } from '../../src/renderer/features/catalog/entry-search.ts';
import { filledOf, without } from '../../src/renderer/features/catalog/filled-values.ts';
import { isWaiting, nextQuestion } from '../../src/renderer/features/elicitation/questions.ts';
import { promptText } from '../../src/renderer/features/prompts/prompt-text.ts';
import type { Elicitation } from '../../src/shared/domain/elicitation.ts';
import type { PromptMessage } from '../../src/shared/domain/prompt.ts';
import { aQuestion } from '../support/question.ts';

describe('the filter of a list', () => {
  const rows = [
    { key: 'read_file', label: 'Read a file', summary: 'Gives its text.' },
    { key: 'write_file', label: 'Write a file' },
    { key: 'odd', label: '\u202E<script>', summary: 'STRASSE' },
  ];
  const keysFor = (search: string) => findRows(indexRows(rows), search).map(({ key }) => key);

  test('finds all words anywhere, in any case, in the order of the list', () => {
    expect(keysFor('')).toEqual(['read_file', 'write_file', 'odd']);
    expect(keysFor('  FILE ')).toEqual(['read_file', 'write_file']);
    expect(keysFor('text file')).toEqual(['read_file']);
    expect(keysFor('strasse')).toEqual(['odd']);
    expect(keysFor('.*')).toEqual([]);
  });
});

describe('a prompt to paste', () => {
  const roles = { user: 'You', assistant: 'Assistant' };
  const said = (role: PromptMessage['role'], text: string): PromptMessage => ({
    role,
    content: { type: 'text', text },
  });

  test('names who speaks only where both do', () => {
    expect(promptText({ messages: [said('user', 'a'), said('user', 'b')] }, roles)).toBe('a\n\nb');
    expect(promptText({ messages: [said('user', 'a'), said('assistant', 'b')] }, roles)).toBe(
      'You:\na\n\nAssistant:\nb',
    );
  });

  test('names what is no text', () => {
    const contents: PromptMessage['content'][] = [
      { type: 'image', data: 'AA==', mimeType: 'image/png' },
      { type: 'resource_link', uri: 'notes://1', name: 'One' },
      { type: 'resource', uri: 'notes://2', mimeType: 'text/plain', text: 'two', size: 3, cut: false },
      { type: 'unknown', json: '{"type":"dance"}' },
    ];
    const messages = contents.map((content): PromptMessage => ({ role: 'user', content }));
    expect(promptText({ messages }, roles).split('\n\n')).toEqual([
      '[image/png]',
      'notes://1',
      'notes://2\ntwo',
      '{"type":"dance"}',
    ]);
    expect(promptText({ messages: [said('user', 'x'.repeat(2_000_000))] }, roles)).toHaveLength(900_000);
  });
});

describe('the question to show', () => {
  const page = (over: { opened: boolean; announced: boolean }): Elicitation['question'] => ({
    mode: 'url',
    address: { url: 'https://a.example/', host: 'a.example', readableHost: 'a.example', warnings: [] },
    ...over,
  });
  const old = aQuestion({ id: 'old', askedAt: 1, question: page({ opened: true, announced: true }) });
  const next = aQuestion({ id: 'next', askedAt: 2 });
  const last = aQuestion({ id: 'last', askedAt: 3 });

  test('is the oldest one with something left to do', () => {
    expect(nextQuestion([])).toBeNull();
    expect(nextQuestion([last, next, old])?.id).toBe('next');
    expect(nextQuestion([old])?.id).toBe('old');
  });

  test('an opened page waits where its server says when it is done', () => {
    expect(isWaiting(old)).toBe(true);
    expect(isWaiting({ ...old, question: page({ opened: true, announced: false }) })).toBe(false);
    expect(isWaiting({ ...old, question: page({ opened: false, announced: true }) })).toBe(false);
  });
});

test('an empty value is one not filled in', () => {
  expect(filledOf({ a: 'x', b: '', c: ' ' })).toEqual({ a: 'x', c: ' ' });
  expect(without({ a: 'x', b: 'y' }, 'a')).toEqual({ b: 'y' });
});
