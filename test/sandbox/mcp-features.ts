import { McpServer, requireScopes } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { resourceScopes } from './issuer.ts';
import { GREEN_PIXEL, SandboxNotes } from './mcp-notes.ts';
import { offerQuestions } from './mcp-questions.ts';

/**
 * The sandbox's MCP server: a few tools, resources and a prompt, the same in both protocol eras.
 * @param adminScope scope `admin_report` demands; callers without it get `403 insufficient_scope`
 * @param notes what its resources are
 */
export function createSandboxServer(
  adminScope: string = resourceScopes[1],
  notes = new SandboxNotes(),
): McpServer {
  const server = new McpServer(
    {
      name: 'sandbox-notes',
      title: 'Sandbox Notes',
      version: '1.0.0',
      description: 'A server to try things on',
    },
    {
      instructions:
        'Call whoami to see who is signed in. admin_report needs one permission more than the rest.',
    },
  );
  server.server.registerCapabilities({ logging: {} });
  registerTools(server, adminScope);
  registerMoreTools(server, notes);
  offerQuestions(server);
  notes.offer(server);
  return server;
}

function registerTools(server: McpServer, adminScope: string): void {
  const harmless = { readOnlyHint: true, openWorldHint: false };

  server.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description: 'Says for whom and for which application the server was called',
      outputSchema: z.object({
        subject: z.string(),
        name: z.string(),
        clientId: z.string(),
        scopes: z.array(z.string()),
        expiresAt: z.string().describe('When the access token ends, ISO 8601'),
      }),
      annotations: harmless,
    },
    async (ctx) => {
      const { clientId = '', scopes = [], expiresAt, extra } = ctx.http?.authInfo ?? {};
      const who = {
        subject: String(extra?.subject ?? 'nobody'),
        name: String(extra?.name ?? ''),
        clientId,
        scopes,
        expiresAt: expiresAt === undefined ? 'unknown' : new Date(expiresAt * 1000).toISOString(),
      };
      return { content: [{ type: 'text', text: JSON.stringify(who, null, 2) }], structuredContent: who };
    },
  );

  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Gives back the text it was given',
      inputSchema: z.object({ text: z.string().describe('What to repeat') }),
      annotations: { ...harmless, idempotentHint: true },
    },
    async ({ text }) => ({ content: [{ type: 'text', text }] }),
  );

  server.registerTool(
    'add',
    {
      title: 'Add',
      description: 'Adds two numbers',
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
      annotations: { ...harmless, idempotentHint: true },
    },
    async ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
      structuredContent: { sum: a + b },
    }),
  );

  server.registerTool(
    'slow',
    {
      title: 'Slow',
      description: 'Takes its time, reports progress, and can be cancelled',
      inputSchema: z.object({
        steps: z.int().min(1).max(1000).default(5),
        delayMs: z.int().min(0).max(60_000).default(500).describe('Milliseconds per step'),
      }),
      annotations: harmless,
    },
    async ({ steps, delayMs }, ctx) => {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      for (let step = 1; step <= steps; step++) {
        await pause(delayMs, ctx.mcpReq.signal);
        if (progressToken === undefined) continue;
        const params = { progressToken, progress: step, total: steps, message: `Step ${step} of ${steps}` };
        await ctx.mcpReq.notify({ method: 'notifications/progress', params });
      }
      return { content: [{ type: 'text', text: `Done after ${steps} steps` }] };
    },
  );

  server.registerTool(
    'admin_report',
    {
      title: 'Admin report',
      description: `Reads the administrative report; needs the permission ${adminScope}`,
      annotations: harmless,
      scopeChallenge: requireScopes(adminScope),
    },
    async () => ({ content: [{ type: 'text', text: 'All quiet. 2 notes, 2 users, no complaints.' }] }),
  );
}

function registerMoreTools(server: McpServer, notes: SandboxNotes): void {
  server.registerTool(
    'write_note',
    {
      title: 'Write a note',
      description: 'Writes over a note, or a new one',
      inputSchema: z.object({ name: z.string().regex(/^[a-z]{1,40}$/), text: z.string().max(10_000) }),
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ name, text }) => {
      notes.write(name, text);
      return { content: [{ type: 'text', text: `Written: ${name}` }] };
    },
  );

  server.registerTool(
    'show_everything',
    {
      title: 'Show everything',
      description: 'Answers with one block of each kind',
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async () => ({
      content: [
        { type: 'text', text: 'One of each:' },
        { type: 'image', data: GREEN_PIXEL, mimeType: 'image/png' },
        { type: 'audio', data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA', mimeType: 'audio/wav' },
        {
          type: 'resource',
          resource: { uri: 'note://sandbox/welcome', mimeType: 'text/markdown', text: '# Welcome' },
        },
        { type: 'resource_link', uri: 'note://sandbox/groceries', name: 'groceries', title: 'Groceries' },
      ],
    }),
  );

  server.registerTool(
    'speak',
    {
      title: 'Speak',
      description: 'Sends messages to the log',
      inputSchema: z.object({
        level: z.enum(['debug', 'info', 'warning', 'error']).default('info'),
        text: z.string().default('Hello from the sandbox'),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ level, text }, ctx) => {
      await ctx.mcpReq.log(level, text, 'sandbox');
      await ctx.mcpReq.log('debug', { said: text, at: 'the lowest level' });
      return { content: [{ type: 'text', text: 'Said.' }] };
    },
  );
}

/** Waits, or fails as soon as the caller gives up. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
