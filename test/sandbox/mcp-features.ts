import { McpServer, requireScopes } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { resourceScopes } from './issuer.ts';

const notes: Record<string, { title: string; text: string }> = {
  welcome: { title: 'Welcome', text: '# Welcome\n\nThis server exists only while the sandbox runs.' },
  groceries: { title: 'Groceries', text: '- bread\n- apples\n- more bread' },
};

/**
 * The sandbox's MCP server: a few tools, resources and a prompt, the same in both protocol eras.
 * @param adminScope scope `admin_report` demands; callers without it get `403 insufficient_scope`
 */
export function createSandboxServer(adminScope: string = resourceScopes[1]): McpServer {
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
  registerTools(server, adminScope);
  registerResources(server);
  server.registerPrompt(
    'summarize_note',
    {
      title: 'Summarize a note',
      description: 'Asks for a summary of one of the notes',
      argsSchema: z.object({ note: z.enum(['welcome', 'groceries']).describe('Which note') }),
    },
    ({ note }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Summarize:\n\n${notes[note]?.text}` } }],
    }),
  );
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

function registerResources(server: McpServer): void {
  for (const [name, { title, text }] of Object.entries(notes)) {
    server.registerResource(
      name,
      `note://sandbox/${name}`,
      { title, description: `The note “${title}”`, mimeType: 'text/markdown' },
      async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/markdown', text }] }),
    );
  }
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
