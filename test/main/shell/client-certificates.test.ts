import { EventEmitter } from 'node:events';
import type { App, Certificate } from 'electron';
import { expect, test } from 'vitest';
import { chooseClientCertificates } from '../../../src/main/shell/client-certificates.ts';

const certificate = (fingerprint: string) =>
  ({
    fingerprint,
    subjectName: `${fingerprint}\u202E`,
    issuerName: 'CA',
    validStart: 1,
    validExpiry: 2,
  }) as Certificate;
const list = [certificate('first'), certificate('second')];

/** Asks as Electron does; returns what the server gets to see. */
async function asked(
  choose: Parameters<typeof chooseClientCertificates>[1],
  { contents = null, url = 'https://mcp.example:8443/mcp' }: { contents?: object | null; url?: string } = {},
) {
  const app = new EventEmitter();
  chooseClientCertificates(app as unknown as Pick<App, 'on'>, choose);
  let prevented = false;
  const seen = await new Promise<Certificate | undefined>((resolve) => {
    app.emit(
      'select-client-certificate',
      { preventDefault: () => (prevented = true) },
      contents,
      url,
      list,
      resolve,
    );
  });
  return { seen: seen?.fingerprint, prevented };
}

test('the server sees the certificate that was chosen, never the first by itself', async () => {
  expect(await asked(async () => 'second')).toEqual({ seen: 'second', prevented: true });
});

test('the person is told the host with its port, and what the certificates say, made visible', async () => {
  const told: unknown[] = [];
  await asked(async (...given) => {
    told.push(...given);
    return null;
  });
  expect(told[0]).toBe('mcp.example:8443');
  expect((told[1] as unknown[])[0]).toEqual({
    fingerprint: 'first',
    subject: 'first\\u{202e}',
    issuer: 'CA',
    validFrom: 1000,
    validUntil: 2000,
  });
});

test.each<[string, () => Promise<string | null>]>([
  ['nobody chose', async () => null],
  ['one was chosen that is not there', async () => 'third'],
  ['the question failed', () => Promise.reject(new Error('no window'))],
])('none is shown when %s', async (_, choose) => {
  expect(await asked(choose)).toEqual({ seen: undefined, prevented: true });
});

test('a page gets none, and nobody is asked', async () => {
  const choose = async () => 'first';
  expect(await asked(choose, { contents: {} })).toEqual({ seen: undefined, prevented: true });
  expect(await asked(choose, { url: 'nonsense' })).toEqual({ seen: undefined, prevented: true });
});
