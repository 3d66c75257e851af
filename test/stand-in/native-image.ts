import { readFileSync } from 'node:fs';

type Checked = Pick<
  Electron.NativeImage,
  'isEmpty' | 'getSize' | 'getAspectRatio' | 'toPNG' | 'toDataURL' | 'setTemplateImage' | 'isTemplateImage'
>;

/** An image as the PNG (or other file) it came from; sizes are read from a PNG's header. */
export class NativeImage implements Checked {
  #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  #isPng(): boolean {
    return this.#bytes.subarray(1, 4).toString('latin1') === 'PNG';
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
  createFromBuffer: (buffer: Buffer) => new NativeImage(buffer) as unknown as Electron.NativeImage,
  createFromDataURL: (url: string) =>
    new NativeImage(
      Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'),
    ) as unknown as Electron.NativeImage,
} satisfies Pick<
  typeof Electron.nativeImage,
  'createEmpty' | 'createFromPath' | 'createFromBuffer' | 'createFromDataURL'
>;
