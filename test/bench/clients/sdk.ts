import {
  type CallToolResult,
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { consent } from './browser.ts';
import { FileProvider } from './file-provider.ts';
import { measuredConnections } from './memory.ts';
import type { BenchClient } from './messages.ts';
import { succeeding, timed, timedCalls } from './timing.ts';

/** Servers connected at once when many are: as many as Gatehouse. */
const AT_ONCE = 8;

/** The official SDK's client with its own OAuth, used as its documentation shows. */
export function sdkClient(folder: string): BenchClient {
  const clients: Client[] = [];

  const connected = async (url: string, provider: FileProvider): Promise<Client> => {
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
    const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(transport);
    clients.push(client);
    return client;
  };
  const signedIn = async (url: string, provider: FileProvider, user: string): Promise<Client> => {
    const first = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
    const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    try {
      await client.connect(first);
    } catch (error) {
      if (!(error instanceof UnauthorizedError) && provider.windows.length === 0) throw error;
    }
    const window = provider.windows.at(-1);
    if (!window) throw new Error('no sign-in was asked for');
    await first.finishAuth(new URL(await consent(window, user)).searchParams);
    return connected(url, provider);
  };
  const echo = async (client: Client | undefined, text: string) => {
    const result = (await client?.callTool(
      { name: 'echo', arguments: { text } },
      { timeout: 60_000 },
    )) as CallToolResult;
    if (!result.content.some((one) => 'text' in one && one.text === text)) throw new Error('no echo');
  };
  const providerOf = (name: string) => new FileProvider(`${folder}/${name}.json`);
  let provider = providerOf('first');

  return {
    async 'sign-in'({ url }) {
      provider = providerOf('first');
      return timed(async () => echo(await signedIn(url, provider, 'alice'), 'first'));
    },
    async 'second-account'({ url }) {
      // The kindest host: what it knows of the issuer and its own registration there serve both accounts.
      const second = providerOf('second').knowing(provider);
      return timed(async () => echo(await signedIn(url, second, 'bob'), 'second'));
    },
    async resume({ url }) {
      return timed(async () => {
        provider = providerOf('first');
        await echo(await connected(url, provider), 'resumed');
      });
    },
    async storm({ calls }) {
      provider.windows.length = 0;
      const client = clients.at(-1);
      const succeeded = await succeeding(
        Array.from({ length: calls }, (_, number) => echo(client, `call ${number}`)),
      );
      return { succeeded, windows: provider.windows.length };
    },
    async fill({ servers }) {
      for (const [index, { token }] of servers.entries()) {
        providerOf(`server-${index}`).saveTokens({
          access_token: token,
          token_type: 'Bearer',
          refresh_token: `refresh-${token}`,
          expires_in: 3600,
        });
      }
      return null;
    },
    async 'warm-up'({ server: { url, token } }) {
      await (await bareClient(url, token)).close();
      return null;
    },
    async 'connect-all'({ servers }) {
      const left = servers.entries();
      const worker = async () => {
        for (const [index, { url }] of left) await connected(url, providerOf(`server-${index}`));
      };
      const measured = await measuredConnections(() => Promise.all(Array.from({ length: AT_ONCE }, worker)));
      return { ...measured, connected: clients.length };
    },
    async calls({ count, parallel, url, token }) {
      // The transport with nothing around it but the header the server wants.
      if (clients.length === 0) clients.push(await bareClient(url, token));
      return timedCalls(count, parallel, (text) => echo(clients.at(-1), text));
    },
    async end() {
      await Promise.all(clients.splice(0).map((client) => client.close()));
      return null;
    },
  };
}

async function bareClient(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  return client;
}
