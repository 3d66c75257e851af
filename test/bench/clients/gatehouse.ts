import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '../../../src/main/core.ts';
import { publishChanges, Views } from '../../../src/main/ipc/views.ts';
import { systemClock, systemRandomness } from '../../../src/main/ports.ts';
import type { Account } from '../../../src/shared/domain/account.ts';
import type { Registration } from '../../../src/shared/domain/registration.ts';
import { coreOnFolder, openLink } from '../../crash/core-on-folder.ts';
import { consent } from './browser.ts';
import { measuredConnections } from './memory.ts';
import type { BenchClient, KnownServer } from './messages.ts';
import { succeeding, timed, timedCalls } from './timing.ts';

const HOUR_MS = 3_600_000;

/** The core as the app composes it, with the listeners the window hangs on it. */
export async function gatehouseClient(folder: string): Promise<BenchClient> {
  let windows = 0;
  let user = 'alice';
  const open = async (): Promise<Core> => {
    const made: Core = coreOnFolder(folder, (url) => {
      windows += 1;
      void consent(url, user).then((link) => openLink(made, link));
    });
    publishChanges(made, new Views(made, systemClock));
    await made.load();
    await made.start();
    return made;
  };
  let core: Core | null = null;
  const started = async (): Promise<Core> => {
    core ??= await open();
    return core;
  };

  const echo = async ({ id, serverId }: Pick<Account, 'id' | 'serverId'>, text: string) => {
    const { calls, connection } = withConnection(core ?? (await started()), serverId, id);
    const outcome = await calls.call(connection, { callId: text, name: 'echo', arguments: { text } });
    const told =
      outcome.kind === 'result' && outcome.content.some((one) => 'text' in one && one.text === text);
    if (!told) throw new Error(`the call came to ${JSON.stringify(outcome)}`);
  };
  const signIn = async (serverId: string): Promise<Account> => {
    const running = await started();
    const begun = running.signIn({ serverId, accountId: null, confirmed: true, extraScopes: [] });
    const status = (await running.desk.ended(begun.id))?.status;
    if (status?.kind !== 'succeeded') throw new Error(`not signed in: ${JSON.stringify(status)}`);
    return running.accounts.require(status.accountId);
  };
  const serverAt = async (url: string) => {
    const found = (await started()).servers.findByUrl(new URL(url));
    if (!found) throw new Error(`no server at ${url}`);
    return found;
  };

  return {
    async 'sign-in'({ url }) {
      // The app runs when somebody adds a server.
      const running = await started();
      return timed(async () => {
        // As in the window: what was found is shown, then the person agrees.
        const probed = await running.inquiry.probe(url);
        if (probed.kind !== 'sign-in') throw new Error(`found ${JSON.stringify(probed)}`);
        const server = await running.addServer(url, probed.suggestedName);
        await echo(await signIn(server.id), 'first');
      });
    },
    async 'second-account'({ url }) {
      user = 'bob';
      const server = await serverAt(url);
      return timed(async () => echo(await signIn(server.id), 'second'));
    },
    async resume({ url }) {
      return timed(async () => {
        const server = await serverAt(url);
        const [account] = (await started()).accounts.ofServer(server.id);
        if (!account) throw new Error('no account is stored');
        await echo(account, 'resumed');
      });
    },
    async storm({ calls }) {
      const [account] = (await started()).accounts.all();
      if (!account) throw new Error('no account');
      windows = 0;
      const succeeded = await succeeding(
        Array.from({ length: calls }, (_, number) => echo(account, `call ${number}`)),
      );
      return { succeeded, windows };
    },
    async fill({ servers }) {
      const empty = coreOnFolder(folder, () => undefined);
      await empty.load();
      for (const server of servers) await fillOne(empty, server);
      await empty.stop();
      return null;
    },
    async 'warm-up'({ server }) {
      const warm = coreOnFolder(join(folder, 'warm-up'), () => undefined);
      await warm.load();
      await fillOne(warm, server);
      await warm.start();
      const [account] = warm.accounts.all();
      if (account) await warm.connection(account.serverId, account.id).client();
      await warm.stop();
      return null;
    },
    async 'connect-all'({ servers }) {
      const made = coreOnFolder(folder, () => undefined);
      core = made;
      publishChanges(made, new Views(made, systemClock));
      const wanted = new Set(servers.map(({ url }) => url));
      const { promise, resolve } = Promise.withResolvers<void>();
      made.events.listen((name, payload) => {
        if (name !== 'connection.changed') return;
        const { serverId, status } = payload as { serverId: string; status: string };
        const server = made.servers.get(serverId);
        if (status === 'connected' && server?.kind === 'remote') wanted.delete(server.url);
        if (wanted.size === 0) resolve();
      });
      const measured = await measuredConnections(async () => {
        await made.load();
        await made.start();
        await promise;
      });
      return { ...measured, connected: servers.length - wanted.size };
    },
    async calls({ count, parallel }) {
      const [account] = (await started()).accounts.all();
      if (!account) throw new Error('no account');
      return timedCalls(count, parallel, (text) => echo(account, text));
    },
    async multiply({ accounts }) {
      const running = await started();
      const [first] = running.accounts.all();
      if (!first) throw new Error('no account');
      const held = await running.vault.read(first.id, 'account');
      if (held.kind !== 'found') throw new Error('no tokens');
      const copies = Array.from({ length: accounts - running.accounts.all().length }, async (_, number) => {
        // Of no use, and never used: nobody connects or renews them here.
        const accessTokenExpiresAt = Date.now() + 100 * HOUR_MS;
        const grant = { ...first.grant, accessTokenExpiresAt };
        const copy = { ...first, id: systemRandomness.id(), label: `Account ${number}`, grant };
        const secrets = { ...held.secrets, account: copy, expiresAt: accessTokenExpiresAt };
        await running.vault.write(copy.id, secrets);
        await running.accounts.put(copy);
      });
      await Promise.all(copies);
      return null;
    },
    async open() {
      core = coreOnFolder(folder, () => undefined);
      return timed(() => core?.load() ?? Promise.resolve());
    },
    async saves({ count }) {
      const [account] = core?.accounts.all() ?? [];
      if (!core || !account) throw new Error('no account');
      const { vault, accounts } = core;
      const held = await vault.read(account.id, 'account');
      if (held.kind !== 'found') throw new Error('no tokens');
      const latencies: number[] = [];
      for (let number = 0; number < count; number += 1) {
        const { ms } = await timed(async () => {
          await vault.write(account.id, held.secrets);
          await accounts.change(account.id, (one) => ({ ...one, lastUsedAt: Date.now() + number }));
        });
        latencies.push(ms);
      }
      return { latencies };
    },
    async renew() {
      const [account] = core?.accounts.all() ?? [];
      if (!core || !account) throw new Error('no account');
      const before = await filesOf(folder);
      await core.keeper.refreshNow(account.id);
      await Promise.all([core.accounts.settled(), core.history.settled(), core.traces.settled()]);
      const written = [...(await filesOf(folder))].filter(
        ([name, { stamp }]) => before.get(name)?.stamp !== stamp,
      );
      return { written: Object.fromEntries(written.map(([name, { size }]) => [name, size])) };
    },
    async end() {
      await core?.stop();
      core = null;
      return null;
    },
  };
}

function withConnection(core: Core, serverId: string, accountId: string) {
  return { calls: core.calls, connection: core.connection(serverId, accountId) };
}

/** Stores a server with an account whose tokens are good for an hour, as a sign-in leaves it. */
async function fillOne(core: Core, { url, token }: KnownServer): Promise<void> {
  const server = await core.addServer(url, new URL(url).host);
  const issuer = new URL(url).origin;
  const registration: Registration = {
    id: systemRandomness.id(),
    issuer,
    kind: 'dynamic',
    clientId: `client-of-${token}`,
    clientAuthentication: 'none',
    redirectUris: ['app.gatehouse.desktop:/oauth/callback'],
    clientSecretExpiresAt: null,
    registeredAt: Date.now(),
  };
  await core.registrations.put(registration);
  const account: Account = {
    id: systemRandomness.id(),
    serverId: server.id,
    issuer,
    registrationId: registration.id,
    label: 'Account',
    grant: {
      resource: url,
      requestedScopes: ['mcp:tools'],
      grantedScopes: ['mcp:tools'],
      grantedAt: Date.now(),
      accessTokenExpiresAt: Date.now() + HOUR_MS,
      accessTokenIssuedAt: Date.now(),
      refreshable: true,
    },
    state: { kind: 'live' },
    addedAt: Date.now(),
    lastUsedAt: null,
    lastRefreshedAt: null,
  };
  await core.keeper.accept(account, {
    accessToken: token,
    tokenType: 'Bearer',
    refreshToken: `refresh-${token}`,
    expiresAt: Date.now() + HOUR_MS,
    scopes: ['mcp:tools'],
    idToken: null,
  });
  await core.accounts.put(account);
}

/** Every file of a folder with its size in bytes; a file that was replaced is another one. */
async function filesOf(folder: string): Promise<Map<string, { stamp: string; size: number }>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (path) => {
        const { ino, size, mtimeMs } = await stat(path);
        return [path.slice(folder.length + 1), { stamp: `${ino} ${mtimeMs}`, size }] as const;
      }),
    ),
  );
}
