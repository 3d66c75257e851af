import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

type Checked = Pick<
  Electron.NativeImage,
  | 'isEmpty'
  | 'getSize'
  | 'getAspectRatio'
  | 'toPNG'
  | 'toDataURL'
  | 'setTemplateImage'
  | 'isTemplateImage'
  | 'addRepresentation'
  | 'getScaleFactors'
>;

/** An image as the PNG (or other file) it came from; sizes are read from a PNG's header. */
export class NativeImage implements Checked {
  #bytes: Buffer;
  readonly #scaleFactors = new Set([1]);

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  #isPng(): boolean {
    return isPng(this.#bytes);
  }

  getSize(): Electron.Size {
    if (!this.#isPng()) return { width: 0, height: 0 };
    return { width: this.#bytes.readUInt32BE(16), height: this.#bytes.readUInt32BE(20) };
  }

  getAspectRatio(): number {
    const { width, height } = this.getSize();
    return height === 0 ? 1 : width / height;
  }

  toPNG(): Buffer {
    if (!this.isEmpty() && !this.#isPng())
      throw new Error('The stand-in converts no images: this one is no PNG');
    return Buffer.from(this.#bytes);
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.toPNG().toString('base64')}`;
  }

  /** Pictures for screens of other densities; nobody draws them here. */
  addRepresentation({
    scaleFactor = 1,
    width = 0,
    height = 0,
    buffer,
  }: Electron.AddRepresentationOptions): void {
    if (buffer && !isPng(buffer) && buffer.length !== width * height * 4) {
      throw new Error('A bitmap has four bytes per pixel');
    }
    this.#scaleFactors.add(scaleFactor);
  }

  getScaleFactors(): number[] {
    return [...this.#scaleFactors].sort((a, b) => a - b);
  }

  setTemplateImage(_option: boolean): void {
    // Marks a macOS menu bar image; nothing to see elsewhere.
  }

  isTemplateImage(): boolean {
    return false;
  }
}

export const nativeImage = {
  createEmpty: () => new NativeImage(Buffer.alloc(0)) as unknown as Electron.NativeImage,
  createFromPath(path: string): Electron.NativeImage {
    try {
      return new NativeImage(readFileSync(path)) as unknown as Electron.NativeImage;
    } catch {
      // As in Electron: a file that is not there is an empty image.
      return nativeImage.createEmpty();
    }
  },
  createFromBitmap(
    buffer: Buffer,
    { width, height }: Electron.CreateFromBitmapOptions,
  ): Electron.NativeImage {
    if (buffer.length !== width * height * 4) throw new Error('invalid buffer size');
    return new NativeImage(pngOf(buffer, width, height)) as unknown as Electron.NativeImage;
  },
  createFromBuffer: (buffer: Buffer) => new NativeImage(buffer) as unknown as Electron.NativeImage,
  createFromDataURL: (url: string) =>
    new NativeImage(
      Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
    ) as unknown as Electron.NativeImage,
} satisfies Pick<
  typeof Electron.nativeImage,
  'createEmpty' | 'createFromPath' | 'createFromBitmap' | 'createFromBuffer' | 'createFromDataURL'
>;

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(1, 4).toString('latin1') === 'PNG';
}

/** A PNG of a bitmap as Electron takes them: blue, green, red and alpha, multiplied by alpha. */
function pngOf(bitmap: Buffer, width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let index = 0; index < width * height; index++) {
    const [blue = 0, green = 0, red = 0, alpha = 0] = bitmap.subarray(index * 4, index * 4 + 4);
    const plain = [red, green, blue].map((value) =>
      alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha)),
    );
    rows.set([...plain, alpha], Math.floor(index / width) * (1 + width * 4) + 1 + (index % width) * 4);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
