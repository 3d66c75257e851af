/** One picture of the tray item: four bytes per pixel from the top, blue, green, red, alpha, multiplied by alpha. */
export interface TrayBitmap {
  readonly pixels: Buffer;
  /** Edge in pixels. */
  readonly size: number;
}

type Color = readonly [red: number, green: number, blue: number];

const BLACK: Color = [0, 0, 0];
const TEAL: Color = [25, 158, 184];
const AMBER: Color = [232, 142, 20];

export interface TrayIconLook {
  /** macOS colours the picture itself, from its alpha alone. */
  readonly template: boolean;
  /** With a dot: something needs the person. */
  readonly attention: boolean;
}

/** Samples along each edge of a pixel. */
const SAMPLES = 4;

/** Draws the mark, a gate whose doorway is a keyhole, `size` pixels wide. */
export function trayBitmap(size: number, { template, attention }: TrayIconLook): TrayBitmap {
  const pixels = Buffer.alloc(size * size * 4);
  const ink = template ? BLACK : TEAL;
  const dotInk = template ? BLACK : AMBER;
  for (let index = 0; index < size * size; index += 1) {
    const [column, row] = [index % size, Math.floor(index / size)];
    let gate = 0;
    let dot = 0;
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
      const x = ((column + ((sample % SAMPLES) + 0.5) / SAMPLES) * 24) / size;
      const y = ((row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * 24) / size;
      if (attention && inDot(x, y, 5)) dot += 1;
      // A ring is left free around the dot, so that it shows on the gate.
      else if (inGate(x, y) && !(attention && inDot(x, y, 6.5))) gate += 1;
    }
    const all = SAMPLES * SAMPLES;
    for (const channel of [0, 1, 2]) {
      const value = (gate * (ink[2 - channel] ?? 0) + dot * (dotInk[2 - channel] ?? 0)) / all;
      pixels[index * 4 + channel] = Math.round(value);
    }
    pixels[index * 4 + 3] = Math.round(((gate + dot) * 255) / all);
  }
  return { pixels, size };
}

function inDot(x: number, y: number, radius: number): boolean {
  return Math.hypot(x - 18.5, y - 18.5) <= radius;
}

/** The mark on a square of 24. */
function inGate(x: number, y: number): boolean {
  if (x < 2 || x > 22 || y > 22) return false;
  if (y < 11.5 && Math.hypot(x - 12, y - 11.5) > 10) return false;
  if (Math.hypot(x - 12, y - 11.3) <= 4.1) return false;
  const halfDoor = 2.35 + ((y - 14.7) / 7.3) * 1.55;
  return y < 14.7 || Math.abs(x - 12) > halfDoor;
}
