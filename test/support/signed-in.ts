import type { TestCore, TestCoreOptions } from './core.ts';
import { sandboxForTest, startCore } from './core.ts';

export const HOUR_MS = 3_600_000;

/** Calls the sandbox's `echo` with an account. */
export function echo({ core }: TestCore, serverId: string, accountId: string, text: string) {
  return core.calls.call(core.connection(serverId, accountId), {
    callId: `call-${text}`,
    name: 'echo',
    arguments: { text },
  });
}

/** A signed-in account at a sandbox, its token an hour from its end, nothing of the sign-in counted any more. */
export async function signedIn(options: TestCoreOptions = {}) {
  const sandbox = await sandboxForTest();
  const app = await startCore({ ...options, sandbox });
  const { server, account } = await app.signedIn();
  sandbox.reset();
  const { keeper } = app.core;
  const first = (await keeper.authorization(account.id)).accessToken;
  return {
    sandbox,
    app,
    server,
    keeper,
    first,
    id: account.id,
    account: () => app.core.accounts.require(account.id),
    /** Token requests so far, by the refresh token each sent. */
    refreshes: () =>
      app.wire
        .tokenRequests('refresh_token')
        .map(({ body }) => new URLSearchParams(body).get('refresh_token') ?? ''),
    expire: () => app.time.sleepThrough(HOUR_MS + 1),
  };
}
