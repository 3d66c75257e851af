import { EventEmitter } from 'node:events';

/** The one display there is: what a headless Chromium has, with room for any window. */
export const workArea: Electron.Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };

const display = {
  id: 1,
  label: 'stand-in',
  bounds: workArea,
  workArea,
  size: { width: workArea.width, height: workArea.height },
  workAreaSize: { width: workArea.width, height: workArea.height },
  scaleFactor: 1,
  rotation: 0,
  internal: false,
  touchSupport: 'unavailable',
  monochrome: false,
  accelerometerSupport: 'unavailable',
  colorDepth: 24,
  depthPerComponent: 8,
  displayFrequency: 60,
} as Electron.Display;

class Screen extends EventEmitter {
  getPrimaryDisplay(): Electron.Display {
    return display;
  }

  getAllDisplays(): Electron.Display[] {
    return [display];
  }

  getDisplayMatching(_rect: Electron.Rectangle): Electron.Display {
    return display;
  }

  getDisplayNearestPoint(_point: Electron.Point): Electron.Display {
    return display;
  }

  getCursorScreenPoint(): Electron.Point {
    return { x: 0, y: 0 };
  }
}

export const screen = new Screen();
screen satisfies Pick<
  Electron.Screen,
  | 'getPrimaryDisplay'
  | 'getAllDisplays'
  | 'getDisplayMatching'
  | 'getDisplayNearestPoint'
  | 'getCursorScreenPoint'
>;
