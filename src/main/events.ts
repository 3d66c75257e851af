import type { EventName, EventPayload } from '../shared/contract/events.ts';

export type EventListener = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

/** Carries what changed in the core to whoever shows it. Listeners never see a secret: payloads follow the contract. */
export class EventHub {
  readonly #listeners = new Set<EventListener>();

  readonly emit: EventListener = (name, payload) => {
    for (const listener of this.#listeners) listener(name, payload);
  };

  /** Calls `listener` for every event from now on; returns what stops it. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
