import { expect, test } from 'vitest';
import type { Fetch } from '../../src/main/ports.ts';
import { sandboxForTest, startCore, type TestCoreOptions } from '../support/core.ts';
import { temporaryFolder } from '../support/folder.ts';
import { quietly, SimulatedTime, until } from '../support/time.ts';

const HOUR_MS = 3_600_000;

/** A resolver and a network that write down whom they are asked for. */
function recordingNetwork(): { asked: Set<string> } & Pick<TestCoreOptions, 'fetch' | 'resolveHost'> {
  const asked = new Set<string>();
  const through: Fetch = (input, init) => {
    asked.add(new URL(input).host);
    return fetch(input, init);
  };
  return {
    asked,
    fetch: through,
    resolveHost: async (host) => {
      asked.add(host);
      return ['127.0.0.1'];
    },
  };
}

test('without servers nobody is contacted, not at start and not in the three days after', async () => {
  const network = recordingNetwork();
  const { core, time } = await startCore({
    ...network,
    clientMetadataUrl: 'https://gatehouse.app/oauth/x.json',
  });
  await core.start();
  for (let hour = 0; hour < 72; hour += 1) {
    time.advance(HOUR_MS);
    core.wake();
    await quietly(5);
  }
  expect([...network.asked]).toEqual([]);
});

test('at start the person’s servers are contacted and nobody else, not even their issuers', async () => {
  const sandbox = await sandboxForTest();
  const folder = await temporaryFolder();
  const time = new SimulatedTime();
  const first = await startCore({ sandbox, folder, time });
  const { server, account } = await first.signedIn();
  await first.core.stop();

  const network = recordingNetwork();
  const second = await startCore({ sandbox, folder, time, ...network });
  await second.core.start();
  await until(() => second.core.connection(server.id, account.id).view.status === 'connected');
  await quietly();
  expect([...network.asked]).toEqual([new URL(server.url).host]);
  // The recording sees the issuer as soon as it is asked for something.
  await second.core.keeper.refreshNow(account.id);
  expect([...network.asked]).toContain(new URL(sandbox.issuerUrl).host);
});

test('a server that is switched off is not contacted', async () => {
  const sandbox = await sandboxForTest();
  const folder = await temporaryFolder();
  const first = await startCore({ sandbox, folder });
  const { server } = await first.signedIn();
  await first.core.changeServer(server.id, (one) => ({ ...one, enabled: false }));
  await first.core.stop();
  const network = recordingNetwork();
  const second = await startCore({ sandbox, folder, ...network });
  await second.core.start();
  await quietly();
  expect([...network.asked]).toEqual([]);
});
