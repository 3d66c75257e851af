import { expect, test } from 'vitest';
import { CertificateDesk } from '../../src/main/certificate-desk.ts';
import type { ClientCertificate } from '../../src/shared/domain/certificate-request.ts';
import { SimulatedTime } from '../support/time.ts';

const certificate = (fingerprint: string): ClientCertificate => ({
  fingerprint,
  subject: fingerprint.toUpperCase(),
  issuer: 'Example CA',
  validFrom: 0,
  validUntil: 1,
});

function desk() {
  const time = new SimulatedTime(0);
  const told: string[] = [];
  let ids = 0;
  const certificates = new CertificateDesk({
    randomness: { id: () => `request-${++ids}`, fraction: () => 0 },
    scheduler: time,
    emit: (name) => told.push(name),
  });
  return { certificates, time, told };
}

test('the person is asked, even about a single certificate, and their choice is what the server sees', async () => {
  const { certificates, told } = desk();
  const choice = certificates.choose('mcp.example', [certificate('a')]);
  expect(certificates.views()).toEqual([
    { id: 'request-1', host: 'mcp.example', certificates: [certificate('a')] },
  ]);
  certificates.answer('request-1', 'a');
  expect(await choice).toBe('a');
  expect(certificates.views()).toEqual([]);
  expect(told).toEqual(['certificate-request.changed', 'certificate-request.removed']);
});

test('connections of one host share the question, and its answer holds until the end', async () => {
  const { certificates } = desk();
  const both = [certificate('a'), certificate('b')];
  const choices = [certificates.choose('mcp.example', both), certificates.choose('mcp.example', both)];
  expect(certificates.views()).toHaveLength(1);
  certificates.answer('request-1', 'b');
  expect(await Promise.all(choices)).toEqual(['b', 'b']);
  expect(await certificates.choose('mcp.example', both)).toBe('b');
  const other = certificates.choose('mcp.example:8443', both);
  certificates.answer('request-2', 'a');
  expect(await other).toBe('a');
});

test('to show none is a choice too', async () => {
  const { certificates } = desk();
  const choice = certificates.choose('mcp.example', [certificate('a')]);
  certificates.answer('request-1', null);
  expect(await choice).toBeNull();
  expect(await certificates.choose('mcp.example', [certificate('a')])).toBeNull();
  expect(certificates.views()).toEqual([]);
});

test('a choice that is gone from the system is asked about again', async () => {
  const { certificates } = desk();
  const first = certificates.choose('mcp.example', [certificate('a')]);
  certificates.answer('request-1', 'a');
  await first;
  void certificates.choose('mcp.example', [certificate('b')]);
  expect(certificates.views().map(({ id }) => id)).toEqual(['request-2']);
});

test('an answer to no request, or with a certificate that was not offered, does nothing', async () => {
  const { certificates } = desk();
  void certificates.choose('mcp.example', [certificate('a')]);
  certificates.answer('request-9', 'a');
  certificates.answer('request-1', 'b');
  expect(certificates.views()).toHaveLength(1);
});

test('silence is no certificate, and no choice: the next connection asks again', async () => {
  const { certificates, time } = desk();
  const choice = certificates.choose('mcp.example', [certificate('a')]);
  time.advance(5 * 60_000);
  expect(await choice).toBeNull();
  void certificates.choose('mcp.example', [certificate('a')]);
  expect(certificates.views()).toHaveLength(1);
});

test('without certificates, and beyond eight hosts at once, nobody is asked', async () => {
  const { certificates } = desk();
  expect(await certificates.choose('mcp.example', [])).toBeNull();
  for (let index = 0; index < 8; index += 1)
    void certificates.choose(`h${index}.example`, [certificate('a')]);
  expect(await certificates.choose('one-more.example', [certificate('a')])).toBeNull();
  expect(certificates.views()).toHaveLength(8);
});

test('at the end nobody waits any more', async () => {
  const { certificates, time } = desk();
  const choice = certificates.choose('mcp.example', [certificate('a')]);
  certificates.stop();
  expect(await choice).toBeNull();
  expect(time.armed).toBe(0);
});
