import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { releaseNotesAsText } from '../../../src/main/shell/release-notes.ts';

test('HTML becomes text with its lines', () => {
  const html =
    '<h2>New</h2><ul><li>Faster &amp; <b>calmer</b></li><li>A &lt;tag&gt; &#8211; &#x2014;</li></ul><p>Thanks!<br/>Bye</p>';
  expect(releaseNotesAsText(html)).toBe('New\n• Faster & calmer\n• A <tag> – —\n\nThanks!\nBye');
});

test('Markdown and plain text stay as they are', () => {
  expect(releaseNotesAsText('## New\n\n- a < b\n- c > d & e')).toBe('## New\n\n- a < b\n- c > d & e');
});

test('scripts and styles are left out, nothing is nothing', () => {
  expect(releaseNotesAsText('a<script>alert(1)</script>b<style>x{}</style>')).toBe('ab');
  expect(releaseNotesAsText('')).toBeNull();
  expect(releaseNotesAsText('<p></p>')).toBeNull();
  expect(releaseNotesAsText(null)).toBeNull();
});

test('whatever the notes are, there is a text or none', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'<>&;#x1lip/ ') })),
      (notes) => {
        const text = releaseNotesAsText(notes);
        expect(text === null || text.length > 0).toBe(true);
      },
    ),
  );
});
