import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mcpRemoteEntry } from '../peers.ts';
import { consent } from './browser.ts';
import type { BenchClient } from './messages.ts';
import { succeeding, timed, timedCalls } from './timing.ts';

/** How long an answer may take, in milliseconds: it waits for a browser before it gives up. */
const PATIENCE_MS = 60_000;

/** `mcp-remote`: a host that talks to it over standard input and output, a process for each server and account. */
export function mcpRemoteClient(folder: string): BenchClient {
  const proxies: RemoteProcess[] = [];
  let user = 'alice';
  const started = async (
    url: string,
    account: string,
    options: readonly string[] = [],
  ): Promise<RemoteProcess> => {
    const proxy = new RemoteProcess(url, join(folder, account), options, (window) => {
      // A window whose callback nobody takes any more shows an error; so does a browser.
      void consent(window, user).catch(() => undefined);
    });
    proxies.push(proxy);
    await proxy.initialize();
    return proxy;
  };
  const firstResult = (url: string, account: string) =>
    timed(async () => (await started(url, account)).echo('first'));

  return {
    'sign-in': ({ url }) => firstResult(url, 'first'),
    'second-account'({ url }) {
      user = 'bob';
      return firstResult(url, 'second');
    },
    resume: ({ url }) => firstResult(url, 'first'),
    async storm({ calls }) {
      const [proxy] = proxies;
      if (!proxy) throw new Error('not started');
      proxy.windows = 0;
      const succeeded = await succeeding(
        Array.from({ length: calls }, (_, number) => proxy.echo(`call ${number}`)),
      );
      return { succeeded, windows: proxy.windows };
    },
    fill: async () => null,
    'warm-up': async () => null,
    async 'connect-all'({ servers }) {
      const { ms } = await timed(() =>
        Promise.all(
          servers.map(({ url, token }, index) =>
            started(url, `server-${index}`, ['--header', `Authorization:Bearer ${token}`]),
          ),
        ),
      );
      const rss = (await Promise.all(proxies.map((proxy) => proxy.memory()))).reduce(
        (sum, one) => sum + one,
        0,
      );
      // What its processes hold in their heaps and open is theirs to know.
      return {
        ms,
        connected: proxies.length,
        cpuMs: 0,
        heapBefore: 0,
        heapPeak: 0,
        heapAfter: 0,
        rss,
        sockets: 0,
      };
    },
    async calls({ count, parallel, url, token }) {
      const proxy =
        proxies[0] ?? (await started(url, 'calls', ['--header', `Authorization:Bearer ${token}`]));
      return timedCalls(count, parallel, (text) => proxy.echo(text));
    },
    async end() {
      await Promise.all(proxies.splice(0).map((proxy) => proxy.end()));
      return null;
    },
  };
}

/** One process of `mcp-remote`. */
class RemoteProcess {
  windows = 0;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (why: Error) => void }>();
  #next = 0;

  constructor(url: string, folder: string, options: readonly string[], browser: (url: URL) => void) {
    const parameters = [mcpRemoteEntry(), url, '--host', '127.0.0.1', '--allow-http', ...options];
    this.#child = spawn(process.execPath, parameters, {
      // Its helper for browsers finds one that does nothing: the address is on standard error too.
      env: { ...process.env, MCP_REMOTE_CONFIG_DIR: folder, BROWSER: '/bin/true', DISPLAY: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('no channel');
    createInterface({ input: stdout }).on('line', (line) => this.#heard(line));
    createInterface({ input: stderr }).on('line', (line) => {
      const [address] = /https?:\/\/\S+\/authorize\?\S+/.exec(line) ?? [];
      if (address === undefined) return;
      this.windows += 1;
      browser(new URL(address));
    });
  }

  async initialize(): Promise<void> {
    await this.#request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1.0.0' },
    });
    this.#send({ method: 'notifications/initialized' });
  }

  /** @throws unless the answer is what was sent */
  async echo(text: string): Promise<void> {
    const result = await this.#request('tools/call', { name: 'echo', arguments: { text } });
    const { content = [] } = result as { content?: { text?: string }[] };
    if (!content.some((one) => one.text === text)) throw new Error(`no echo: ${JSON.stringify(result)}`);
  }

  /** Bytes of memory of its process. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  #request(method: string, params: object): Promise<unknown> {
    this.#next += 1;
    const id = this.#next;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#send({ id, method, params });
    const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE_MS);
    return promise.finally(() => clearTimeout(timer));
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #heard(line: string): void {
    const { id, result, error } = JSON.parse(line) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined) this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}
