import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePastedCallback } from '../../../../src/main/sign-in/redirect/pasted.ts';
import { ProblemError } from '../../../../src/shared/problems.ts';

const good = [
  'app.gatehouse.desktop:/oauth/callback?code=c&state=s',
  'app.gatehouse.desktop://oauth/callback?code=c&state=s',
  ' http://127.0.0.1:4711/oauth/callback?code=c&state=s\n',
  'http://localhost:4711/oauth/callback?code=c&state=s#',
  'http://[::1]:4711/oauth/callback?code=c&state=s',
];

for (const link of good) {
  test(`${link.trim()} is a callback`, () => {
    expect(parsePastedCallback(link).get('code')).toBe('c');
  });
}

test('any other text is callback-invalid, and its words are not repeated', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webUrl({ withQueryParameters: true })), (pasted) => {
      try {
        parsePastedCallback(pasted);
        throw new Error(`taken: ${pasted}`);
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
        const { problem } = error as ProblemError;
        expect(problem.code).toBe('callback-invalid');
        if (pasted.trim().length > 12) expect(JSON.stringify(problem)).not.toContain(pasted.trim());
      }
    }),
  );
});
