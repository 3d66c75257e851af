import { EventEmitter } from 'node:events';
import { StandInEvent } from './event.ts';
import type { WebContents } from './web-contents.ts';
import type { WebFrameMain } from './web-frame-main.ts';

type InvokeHandler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown;

/** Where a message came from: the `event` of every listener and handler. */
class IpcEvent extends StandInEvent {
  readonly type = 'frame';
  readonly sender: WebContents;
  readonly frameId: number;
  readonly processId: number;
  readonly ports: never[] = [];
  #frame: WebFrameMain;

  constructor(sender: WebContents, frame: WebFrameMain) {
    super();
    this.sender = sender;
    this.#frame = frame;
    this.frameId = frame.routingId;
    this.processId = frame.processId;
  }

  /** Null once the frame has navigated away or is gone, as Electron documents. */
  get senderFrame(): WebFrameMain | null {
    return this.#frame.isDestroyed() ? null : this.#frame;
  }

  reply(channel: string, ...args: unknown[]): void {
    this.#frame.send(channel, ...args);
  }
}

class IpcMain extends EventEmitter {
  #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    if (typeof handler !== 'function') {
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`);
    }
    this.#handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return handler(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** A frame has sent without awaiting an answer. */
  receive(sender: WebContents, frame: WebFrameMain, channel: string, args: unknown[]): void {
    const event = new IpcEvent(sender, frame);
    sender.emit('ipc-message', event, channel, ...args);
    sender.ipc.emit(channel, event, ...args);
    this.emit(channel, event, ...args);
  }

  /** A frame has invoked; the answer goes back through `answer`. */
  async receiveInvoke(
    sender: WebContents,
    frame: WebFrameMain,
    { channel, args }: { channel: string; args: unknown[] },
    answer: { result(value: unknown): void; failure(message: string): void },
  ): Promise<void> {
    const failure = (error: unknown) => answer.failure(`Error invoking remote method '${channel}': ${error}`);
    const handler = sender.ipc.handlerFor(channel) ?? this.#handlers.get(channel);
    if (!handler) {
      failure(new Error(`No handler registered for '${channel}'`));
      return;
    }
    try {
      const event = new IpcEvent(sender, frame) as unknown as Electron.IpcMainInvokeEvent;
      answer.result(await handler(event, ...args));
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      failure(error);
    }
  }

  handlerFor(channel: string): InvokeHandler | undefined {
    return this.#handlers.get(channel);
  }
}

export { IpcMain };
export const ipcMain = new IpcMain();
// An 'error' channel must not end the process, as an EventEmitter without listeners would.
ipcMain.on('error', () => {});

ipcMain satisfies Pick<Electron.IpcMain, 'handle' | 'handleOnce' | 'removeHandler'>;
