import { completable, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Announcement, offerSubscriptions } from './mcp-endpoint.ts';

interface Note {
  title: string;
  text: string;
}

const initial: Record<string, Note> = {
  welcome: { title: 'Welcome', text: '# Welcome\n\nThis server exists only while the sandbox runs.' },
  groceries: { title: 'Groceries', text: '- bread\n- apples\n- more bread' },
};

/** A picture of one green pixel. */
export const GREEN_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==';

const uriOf = (name: string) => `note://sandbox/${name}`;

/** The notes of one sandbox: its resources, which can be changed. */
export class SandboxNotes {
  readonly #notes = new Map<string, Note>(Object.entries(initial));
  /** Told of every change, as the server should announce it. */
  announce: (what: Announcement) => void = () => undefined;

  names(): string[] {
    return [...this.#notes.keys()];
  }

  text(name: string): string | undefined {
    return this.#notes.get(name)?.text;
  }

  /** Writes a note over the one there is, or a new one. */
  write(name: string, text: string): void {
    const before = this.#notes.get(name);
    this.#notes.set(name, { title: before?.title ?? name, text });
    this.announce(before ? { resource: uriOf(name) } : 'resources');
  }

  reset(): void {
    this.#notes.clear();
    for (const [name, note] of Object.entries(initial)) this.#notes.set(name, note);
  }

  /** Offers the notes as resources, with a template for any of them, and a prompt about them. */
  offer(server: McpServer): void {
    for (const [name, { title }] of this.#notes) {
      server.registerResource(
        name,
        uriOf(name),
        { title, description: `The note “${title}”`, mimeType: 'text/markdown' },
        async (uri) => this.#read(uri),
      );
    }
    server.registerResource(
      'pixel',
      'picture://sandbox/pixel',
      { title: 'A pixel', description: 'A small picture', mimeType: 'image/png', size: 70 },
      async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'image/png', blob: GREEN_PIXEL }] }),
    );
    server.registerResource(
      'note',
      new ResourceTemplate('note://sandbox/{name}', {
        list: undefined,
        complete: { name: (start) => this.#starting(start) },
      }),
      { title: 'Any note', description: 'One of the notes, by name', mimeType: 'text/markdown' },
      async (uri) => this.#read(uri),
    );
    server.registerPrompt(
      'summarize_note',
      {
        title: 'Summarize a note',
        description: 'Asks for a summary of one of the notes',
        argsSchema: z.object({
          note: completable(z.string().describe('Which note'), (start) => this.#starting(start)),
          tone: z.string().optional().describe('How it should sound'),
        }),
      },
      ({ note, tone }) => ({
        description: `A summary of ${note}`,
        messages: [
          {
            role: 'user',
            content: {
              type: 'text',
              text: `Summarize${tone ? ` in a ${tone} tone` : ''}:\n\n${this.text(note) ?? '(no such note)'}`,
            },
          },
          {
            role: 'user',
            content: {
              type: 'resource',
              resource: { uri: uriOf(note), mimeType: 'text/markdown', text: this.text(note) ?? '' },
            },
          },
        ],
      }),
    );
    server.server.registerCapabilities({ resources: { subscribe: true } });
    offerSubscriptions(server);
  }

  #read(uri: URL) {
    const text = this.text(decodeURIComponent(uri.pathname.slice(1)));
    if (text === undefined) throw new Error(`There is no note ${uri.href}`);
    return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text }] };
  }

  #starting(start: string): string[] {
    return this.names().filter((name) => name.startsWith(start));
  }
}
