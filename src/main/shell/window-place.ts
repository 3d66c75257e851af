/** A rectangle on the desktop, in device-independent pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was last, and how. */
export interface WindowPlace {
  /** Its place while it was neither maximized nor minimized. */
  readonly bounds: Rectangle;
  readonly maximized: boolean;
}

/** Where the window goes; without `x` and `y` the system decides, which is the middle. */
export interface PlacedWindow {
  readonly bounds: Partial<Pick<Rectangle, 'x' | 'y'>> & Pick<Rectangle, 'width' | 'height'>;
  readonly maximized: boolean;
}

export const DEFAULT_SIZE = { width: 1180, height: 780 };
export const SMALLEST = { width: 480, height: 480 };

/** The part of the upper edge, in pixels, that must be on a screen so that the window can be taken hold of. */
const GRIP = { width: 100, height: 32 };

/**
 * Where to put the window: where it was, if it can be seen and moved there; otherwise in the middle of the first screen.
 * @param saved where it was last; null at the first start
 * @param workAreas the screens there are now, without panels and docks, the first one first
 */
export function placeWindow(saved: WindowPlace | null, workAreas: readonly Rectangle[]): PlacedWindow {
  const [first] = workAreas;
  if (!saved) return { bounds: fitted(DEFAULT_SIZE, first), maximized: false };
  const { bounds, maximized } = saved;
  for (const area of workAreas) {
    const there = { x: bounds.x, y: bounds.y, ...fitted(bounds, area) };
    if (isReachable(there, area)) return { bounds: there, maximized };
  }
  return { bounds: fitted(bounds, first), maximized };
}

function fitted(size: Pick<Rectangle, 'width' | 'height'>, area: Rectangle | undefined) {
  const within = (wanted: number, smallest: number, room = Number.POSITIVE_INFINITY) =>
    Math.max(smallest, Math.min(wanted, room));
  return {
    width: within(size.width, SMALLEST.width, area?.width),
    height: within(size.height, SMALLEST.height, area?.height),
  };
}

/** Whether enough of a window's upper edge is on a screen. */
function isReachable(window: Rectangle, area: Rectangle): boolean {
  const left = Math.max(window.x, area.x);
  const right = Math.min(window.x + window.width, area.x + area.width);
  return right - left >= GRIP.width && window.y >= area.y && window.y + GRIP.height <= area.y + area.height;
}

/** Reads a place from its file's text; null when it is none. The file is ours, and yet anything may be in it. */
export function parsePlace(text: string): WindowPlace | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { bounds, maximized } = (value ?? {}) as { bounds?: unknown; maximized?: unknown };
  const { x, y, width, height } = (bounds ?? {}) as Record<string, unknown>;
  const numbers = [x, y, width, height];
  if (!numbers.every((one) => Number.isSafeInteger(one) && Math.abs(one as number) < 100_000)) return null;
  const [left = 0, top = 0, wide = 0, high = 0] = numbers as number[];
  if (wide < 1 || high < 1) return null;
  return { bounds: { x: left, y: top, width: wide, height: high }, maximized: maximized === true };
}
