import type { EventName, EventPayload } from '../../shared/contract/events.ts';

type Send = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

/** Events of which the snapshot a page starts from holds nothing. */
const ONCE = new Set<EventName>(['notice', 'show.add-server', 'show.server', 'show.page', 'show.dialog']);
const WAITING_LIMIT = 32;

/**
 * Carries events to the page. What is told only once waits while no page listens, for example the add dialog
 * a link asked for before there was a window; everything else is in the snapshot the next page starts from.
 */
export class PageEvents {
  readonly #deliver: Send;
  readonly #waiting: (() => void)[] = [];
  #listening = false;

  constructor(deliver: Send) {
    this.#deliver = deliver;
  }

  readonly send: Send = (name, payload) => {
    if (this.#listening || !ONCE.has(name)) this.#deliver(name, payload);
    else if (this.#waiting.length < WAITING_LIMIT) this.#waiting.push(() => this.#deliver(name, payload));
  };

  /** The page asked for its snapshot: it hears everything from now on. */
  pageListens(): void {
    this.#listening = true;
    for (const deliver of this.#waiting.splice(0)) deliver();
  }

  /** The page is gone, or about to load anew. */
  pageGone(): void {
    this.#listening = false;
  }
}
