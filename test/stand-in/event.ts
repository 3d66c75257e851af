/// <reference types="electron" />

/** The first argument of Electron's events: carries `preventDefault` and, for the newer ones, the details. */
export class StandInEvent implements Electron.Event {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** An event that carries its details, as `will-navigate` and `console-message` do. */
export function eventWith<Details extends object>(details: Details): StandInEvent & Details {
  return Object.assign(new StandInEvent(), details);
}
