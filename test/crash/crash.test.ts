import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { runCampaign } from './campaign.ts';

const ROUNDS = 12;

test('a process killed in the middle of renewals and sign-ins loses nothing that could have been kept', async () => {
  const report = await runCampaign({ rounds: ROUNDS, seed: 5, folder: await temporaryFolder() });
  expect(report.violations).toEqual([]);
  const { killed, accounts, observed } = report;
  expect(killed.time + killed.request + killed.file).toBe(ROUNDS);
  // Four accounts are there from the start, and each was found, called and renewed after every kill.
  const found = Object.values(accounts).reduce((sum, count) => sum + count, 0);
  expect(found).toBeGreaterThanOrEqual(4 * ROUNDS);
  expect(observed.refreshRequests).toBeGreaterThanOrEqual(found);
  expect(observed.spentSentThoughNewerStored).toBe(0);
}, 180_000); // Twelve processes are started; on a busy machine that takes its time.
