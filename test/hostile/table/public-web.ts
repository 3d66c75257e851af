import assert from 'node:assert/strict';
import type { lookup as systemLookup } from 'node:dns';
import { type AddressInfo, createServer } from 'node:net';
import { addressCheckedFetch } from '../../../src/main/network/address-checked-fetch.ts';
import type { Attack } from '../../sandbox/profiles/hostile.ts';
import type { TestCore } from '../../support/core.ts';
import { issuerSays, resourceSays } from '../answers.ts';
import { disguised } from '../disguise.ts';
import { expectNothingObtained } from '../play.ts';
import type { Guard, HostileRow, StagedRow } from '../row.ts';

const spelling: Guard = { file: 'main/oauth/reach.ts', name: 'checkSpelling' };
const PUBLIC = '93.184.215.14';

interface Inside {
  readonly name: string;
  readonly who: 'server' | 'issuer';
  readonly does: string;
  readonly guard: Guard;
  readonly attack: Attack;
  /** What names stand for. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A server of the public internet that leads into the person’s own network. */
const inside = ({ name, who, does, guard, attack, names = {} }: Inside): StagedRow => ({
  kind: 'staged',
  name,
  who,
  does,
  must: 'Refused: what is public does not lead inside. Nothing is sent there.',
  guard,
  async play(stage) {
    const sandbox = await stage.sandbox(attack);
    const { fetch, mcpUrl } = disguised(sandbox);
    const asked: string[] = [];
    const app: TestCore = await stage.core({
      // Who gets this far has no need of a person.
      browser: async ({ hostname }) => {
        if (hostname === 'issuer.example')
          for (const { id } of app.core.desk.views()) app.core.desk.cancel(id);
      },
      resolveHost: async (host) => [names[host] ?? PUBLIC],
      fetch: (input, init) => {
        asked.push(new URL(input).hostname);
        return new URL(input).hostname === '127.0.0.1' ? globalThis.fetch(input, init) : fetch(input, init);
      },
    });
    const server = await app.addServer({ url: mcpUrl });
    const { status } = await app.signIn(server);
    assert.equal(status.kind === 'failed' && status.problem.code, 'private-address-refused');
    assert.deepEqual(
      asked.filter((host) => !host.endsWith('.example')),
      [],
    );
    assert.deepEqual(app.visits, []);
    expectNothingObtained(app);
    await app.core.leaving.removeServer(server.id);
  },
});

/** The metadata service of a cloud, as it may be written. */
const SPELLINGS = [
  'https://169.254.169.254/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0251.0376.0251.0376/',
  'https://[::ffff:169.254.169.254]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[fd00:ec2::254]/',
] as const;

const rebinding: StagedRow = {
  kind: 'staged',
  name: 'name-that-changes-its-mind',
  who: 'issuer',
  does: 'Its name stands for a public address when it is looked up, and for this computer when the connection is made.',
  must: 'The address is looked at once more at the moment of connecting: no connection is made.',
  guard: {
    file: 'main/network/address-checked-fetch.ts',
    name: 'checkedLookup',
    removed: {
      text: 'const refused = addresses.length === 0 || addresses.some(({ address }) => !allows(address));',
      by: 'const refused = addresses.length === 0;',
    },
  },
  async play(stage) {
    let connections = 0;
    const insideService = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => insideService.listen(0, '127.0.0.1', resolve));
    const { port } = insideService.address() as AddressInfo;
    try {
      const sandbox = await stage.sandbox(
        resourceSays({ authorization_servers: [`https://rebinding.example:${port}`] }),
      );
      const { fetch, mcpUrl } = disguised(sandbox);
      const lookup = ((_host: string, _options: object, done: (error: null, found: object[]) => void) =>
        done(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof systemLookup;
      const checked = addressCheckedFetch({
        unchecked: fetch,
        isDirect: async ({ hostname }) => hostname === 'rebinding.example',
        lookup,
      });
      const app = await stage.core({ resolveHost: async () => [PUBLIC], fetch: checked });
      const server = await app.addServer({ url: mcpUrl });
      const { status } = await app.signIn(server);
      assert.equal(status.kind === 'failed' && status.problem.code, 'private-address-refused');
      assert.equal(connections, 0);
      await app.core.leaving.removeServer(server.id);
    } finally {
      insideService.close();
    }
  },
};

/** Servers of the public internet; all other rows play on this computer, which may lead into itself. */
export const publicWeb: readonly HostileRow[] = [
  ...SPELLINGS.map((address, index) =>
    inside({
      name: `token-endpoint-inside-${index + 1}`,
      who: 'issuer',
      does: `Its token endpoint is inside: \`${address}\`.`,
      guard:
        index === 0
          ? {
              ...spelling,
              removed: {
                text: "if (scope !== null && scope !== 'public') throw failure('private-address-refused', { host: url.host });",
                by: '',
              },
            }
          : { file: 'main/oauth/url-policy.ts', name: 'addressScope' },
      attack: issuerSays({ token_endpoint: `${address}latest/meta-data/` }),
    }),
  ),
  inside({
    name: 'issuer-inside',
    who: 'server',
    does: 'Names the person’s router as its issuer.',
    guard: spelling,
    attack: resourceSays({ authorization_servers: ['https://192.168.1.1'] }),
  }),
  inside({
    name: 'issuer-by-an-inside-name',
    who: 'server',
    does: 'Names an issuer whose name only the person’s own network knows.',
    guard: { file: 'main/oauth/url-policy.ts', name: 'LOCAL_NAMES' },
    attack: resourceSays({ authorization_servers: ['https://wiki.corp'] }),
  }),
  inside({
    name: 'issuer-whose-name-stands-for-inside',
    who: 'server',
    does: 'Names an issuer whose public name stands for an address inside.',
    guard: {
      file: 'main/oauth/reach.ts',
      name: 'checkReach',
      removed: {
        text: "if (addresses.some((address) => addressScope(address) !== 'public')) {",
        by: 'if (false) {',
      },
    },
    attack: resourceSays({ authorization_servers: ['https://inside.example'] }),
    names: { 'inside.example': '10.0.0.1' },
  }),
  inside({
    name: 'this-computer-as-metadata',
    who: 'server',
    does: 'Its challenge names a service of this very computer.',
    guard: spelling,
    attack: { challenge: () => 'Bearer resource_metadata="http://127.0.0.1:9/metadata"' },
  }),
  rebinding,
];
