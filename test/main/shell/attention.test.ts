import { expect, test } from 'vitest';
import { type AttentionFacts, attentionOf } from '../../../src/main/shell/attention.ts';
import type { ConsentStatus } from '../../../src/shared/domain/account.ts';
import type { ConnectionStatus } from '../../../src/shared/domain/connection.ts';
import type { RemoteServerView } from '../../../src/shared/domain/snapshot.ts';
import { serverEntry } from '../../support/entries.ts';

const server = (id: string, consent: ConsentStatus, enabled = true): RemoteServerView => ({
  ...serverEntry({ id, name: id.toUpperCase(), enabled }),
  consent,
});
const connection = (serverId: string, status: ConnectionStatus) => ({ serverId, status });
const facts = (given: Partial<AttentionFacts>): AttentionFacts => ({
  servers: [],
  accounts: [],
  connections: [],
  ...given,
});

test('nothing there needs nobody', () => {
  expect(attentionOf(facts({}))).toEqual({ servers: 0, connected: 0, needy: [], accounts: [] });
});

test('servers that are switched on are counted, and those of them that are connected', () => {
  const attention = attentionOf(
    facts({
      servers: [server('a', 'granted'), server('b', 'granted'), server('off', 'granted', false)],
      connections: [connection('a', 'connected'), connection('a', 'failed'), connection('off', 'disabled')],
    }),
  );
  expect(attention).toMatchObject({ servers: 2, connected: 1 });
});

test.each<[ConsentStatus, ConnectionStatus, string | null]>([
  ['granted', 'connected', null],
  ['granted', 'reconnecting', null],
  ['not-needed', 'connected', null],
  ['partial', 'connected', null],
  ['granted', 'failed', 'failed'],
  ['required', 'waiting-for-sign-in', 'sign-in'],
  ['revoked', 'disconnected', 'sign-in'],
  ['expired', 'connected', 'sign-in'],
  ['denied', 'waiting-for-sign-in', 'sign-in'],
  ['insufficient', 'connected', 'more-scope'],
  // The person is at it.
  ['pending', 'waiting-for-sign-in', null],
])('consent %s and connection %s: %s', (consent, status, why) => {
  const { needy } = attentionOf(
    facts({ servers: [server('a', consent)], connections: [connection('a', status)] }),
  );
  expect(needy).toEqual(why ? [{ serverId: 'a', name: 'A', why }] : []);
});

test('accounts that need a sign-in are named with their server, but not those of servers switched off', () => {
  const account = (id: string, serverId: string, consent: ConsentStatus) => ({
    id,
    serverId,
    label: id,
    consent,
  });
  const { accounts } = attentionOf(
    facts({
      servers: [server('a', 'revoked'), server('off', 'revoked', false)],
      accounts: [
        account('alice', 'a', 'revoked'),
        account('bob', 'a', 'granted'),
        account('carol', 'a', 'insufficient'),
        account('dave', 'off', 'expired'),
        account('eve', 'gone', 'expired'),
      ],
    }),
  );
  expect(accounts).toEqual([{ accountId: 'alice', serverId: 'a', serverName: 'A', label: 'alice' }]);
});
