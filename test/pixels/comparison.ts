import type { Page } from 'playwright-core';

/** How far a colour channel may be off, of 255, before a pixel counts as another. */
const CHANNEL_TOLERANCE = 12;

export interface Comparison {
  /** How many pixels differ; all of them, when the sizes do. */
  readonly different: number;
  /** A PNG: the picture in pale, what differs in red. Null when nothing does. */
  readonly diff: Buffer | null;
}

/** Compares two PNGs pixel by pixel in a page of a browser, which can read them anyway. */
export async function compare(page: Page, expected: Buffer, actual: Buffer): Promise<Comparison> {
  const { different, diff } = await page.evaluate(comparePictures, {
    expected: expected.toString('base64'),
    actual: actual.toString('base64'),
    tolerance: CHANNEL_TOLERANCE,
  });
  return { different, diff: diff === null ? null : Buffer.from(diff, 'base64') };
}

/** Runs in the page. */
async function comparePictures({
  expected,
  actual,
  tolerance,
}: {
  expected: string;
  actual: string;
  tolerance: number;
}): Promise<{ different: number; diff: string | null }> {
  const read = async (base64: string) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    return { canvas, context, pixels: context.getImageData(0, 0, canvas.width, canvas.height) };
  };
  const [one, other] = [await read(expected), await read(actual)];
  const { canvas, context, pixels } = other;
  if (one.canvas.width !== canvas.width || one.canvas.height !== canvas.height)
    return { different: canvas.width * canvas.height, diff: actual };
  let different = 0;
  for (let at = 0; at < pixels.data.length; at += 4) {
    const off = [0, 1, 2].some(
      (channel) =>
        Math.abs((one.pixels.data[at + channel] ?? 0) - (pixels.data[at + channel] ?? 0)) > tolerance,
    );
    if (off) different += 1;
    for (const channel of [0, 1, 2])
      pixels.data[at + channel] = off
        ? ([220, 0, 40][channel] ?? 0)
        : 200 + (pixels.data[at + channel] ?? 0) * 0.2;
  }
  if (different === 0) return { different, diff: null };
  context.putImageData(pixels, 0, 0);
  return { different, diff: canvas.toDataURL('image/png').split(',')[1] ?? null };
}
