import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * An MCP server over stdio, 2025-06-18, that behaves as its arguments say:
 * `--strict`      ends at whatever comes before `initialize`, like servers of some SDKs do
 * `--log <file>`  writes one line per start and per call into a file, so that a test can count them
 * `--stubborn`    ignores the end of its input and SIGTERM
 * `--family`      starts a child in its group, one in a session of its own, and one that outlives its parent
 * `--say <text>`  writes a line to stderr at the start
 * `--die <code>`  ends right after that
 * `--rude`        refuses to be initialized
 * `--named <text>` calls itself by that name
 */
const options = process.argv.slice(2);
const after = (name: string) => options[options.indexOf(name) + 1] ?? '';
const has = (name: string) => options.includes(name);
const note = (text: string) => {
  if (has('--log')) appendFileSync(after('--log'), `${text}\n`);
};

note(`start ${process.pid}`);
if (has('--say')) process.stderr.write(`${after('--say')}\n`);
if (has('--die')) process.exit(Number(after('--die')));
if (has('--stubborn')) {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 60_000);
}
if (has('--family')) {
  const sleeper = fileURLToPath(new URL('sleeper.ts', import.meta.url));
  const family = [
    spawn(process.execPath, [sleeper], { stdio: 'inherit' }),
    spawn(process.execPath, [sleeper], { stdio: 'ignore', detached: true }),
    spawn(process.execPath, [sleeper, 'orphan'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true }),
  ];
  for (const { pid } of family.slice(0, 2)) note(`child ${pid}`);
  const [orphan] = await once(family[2]?.stdout ?? process.stdin, 'data');
  note(`child ${String(orphan).trim()}`);
}

type Message = { id?: unknown; method?: string; params?: Record<string, never> };
const write = (text: string) => new Promise<void>((done) => process.stdout.write(text, () => done()));
const answer = (id: unknown, body: object) => write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
const text = (value: unknown) => ({ result: { content: [{ type: 'text', text: String(value) }] } });

let isInitialized = false;
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line) as Message;
  if (method === 'initialize' && has('--rude')) {
    await answer(id, { error: { code: -32603, message: 'no database' } });
  } else if (method === 'initialize') {
    isInitialized = true;
    await answer(id, {
      result: {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: has('--named') ? after('--named') : 'speaker', version: '1' },
      },
    });
  } else if (!isInitialized && has('--strict')) {
    process.exit(3);
  } else if (method === 'tools/list') {
    await answer(id, { result: { tools: [{ name: 'run', inputSchema: { type: 'object' } }] } });
  } else if (method === 'tools/call') {
    await call(id, (params?.arguments ?? {}) as Record<string, never>);
  } else if (id !== undefined) {
    await answer(id, { error: { code: -32601, message: `no method ${method}` } });
  }
});

async function call(id: unknown, { what, value }: Record<string, never>): Promise<void> {
  note(`call ${what}`);
  switch (String(what)) {
    case 'environment':
      return answer(id, text(JSON.stringify(process.env)));
    case 'place':
      return answer(id, text(JSON.stringify({ folder: process.cwd(), arguments: process.argv.slice(2) })));
    case 'exit':
      process.exit(Number(value));
      break;
    case 'kill':
      process.kill(process.pid, String(value));
      break;
    case 'refuse':
      return answer(id, { error: { code: -32000, message: String(value) } });
    case 'log':
      process.stderr.write(String(value));
      return answer(id, text('logged'));
    case 'stderr-flood': {
      for (let line = 0; line < Number(value); line += 1) {
        const took = process.stderr.write(`line ${line} ${'x'.repeat(5000)}\n`);
        if (!took) await once(process.stderr, 'drain');
      }
      return answer(id, text('flooded'));
    }
    case 'garbage':
      await write('this is no message\n{"jsonrpc":"1.0","id":1}\n[1,2,3]\n"text"\n');
      return answer(id, text('after garbage'));
    case 'deep': {
      const deep = '['.repeat(100_000) + ']'.repeat(100_000);
      await write(`{"jsonrpc":"2.0","id":4711,"result":{"deep":${deep}}}\n`);
      await write(
        `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":${deep}}}\n`,
      );
      await write(
        `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":77,"progress":1,"deep":${deep}}}\n`,
      );
      await write(`{"jsonrpc":"2.0","id":"p","method":"ping","params":{"deep":${deep}}}\n`);
      await write(`{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":${deep}}}\n`);
      return answer(id, text('after the depths'));
    }
    case 'large':
      return answer(id, text('x'.repeat(Number(value))));
    case 'endless': {
      // Megabytes without an end of line; what got through is told to the log, not to the reader.
      for (let megabyte = 0; megabyte < Number(value); megabyte += 1) {
        await write('x'.repeat(1024 * 1024));
        note(`wrote ${megabyte + 1}`);
      }
      break;
    }
    case 'never':
      break;
    case 'close-output':
      closeSync(1);
      break;
    default:
      return answer(id, text(`unknown ${what}`));
  }
}
