import { EventEmitter } from 'node:events';
import { fromChromium } from './scheme-urls.ts';
import type { WebContents } from './web-contents.ts';

let lastRoutingId = 0;
let lastTreeNodeId = 0;

type Checked = Pick<Electron.WebFrameMain, 'isDestroyed' | 'send' | 'reload'>;

/** One document in one frame. A navigation makes a new one, so a message's sender never changes under the reader's eyes. */
export class WebFrameMain extends EventEmitter implements Checked {
  readonly routingId = ++lastRoutingId;
  readonly frameTreeNodeId = ++lastTreeNodeId;
  readonly processId: number;
  readonly frameToken: string;
  readonly name: string;
  readonly origin: string;
  readonly parent: WebFrameMain | null;
  url: string;
  detached = false;
  /** DevTools' ID of the isolated world in this document. */
  isolatedContext: string | undefined;
  #contents: WebContents;

  constructor(
    contents: WebContents,
    frame: { id: string; url: string; origin: string; name: string },
    parent: WebFrameMain | null,
  ) {
    super();
    this.#contents = contents;
    this.processId = contents.id;
    this.frameToken = frame.id;
    this.name = frame.name;
    this.url = fromChromium(frame.url);
    this.origin = frame.origin === '://' ? 'null' : fromChromium(frame.origin).replace(/\/$/, '');
    this.parent = parent;
  }

  get top(): WebFrameMain {
    return this.parent?.top ?? this;
  }

  get frames(): WebFrameMain[] {
    return this.#contents.framesOf(this);
  }

  get framesInSubtree(): WebFrameMain[] {
    return [this, ...this.frames.flatMap((frame) => frame.framesInSubtree)];
  }

  isDestroyed(): boolean {
    return this.detached;
  }

  send(channel: string, ...args: unknown[]): void {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    try {
      this.#contents.deliver(this, { type: 'event', channel, args });
    } catch {
      console.error('Error sending from webFrameMain: ', new Error('Failed to serialize arguments'));
    }
  }

  reload(): boolean {
    this.#contents.reload();
    return true;
  }
}
