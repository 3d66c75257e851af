import { Buffer } from 'node:buffer';
import { type ResourceContents, resourceContents } from '../../shared/domain/resource.ts';
import { type ContentBlock, contentBlock } from '../../shared/domain/tool.ts';
import { jsonSize } from './json-size.ts';

/** Parts of one answer that are shown. */
const PART_LIMIT = 500;
/** Characters of one text. */
const TEXT_LIMIT = 1_000_000;
/** Characters of base64 of one picture or sound. */
const MEDIA_LIMIT = 12 * 1024 * 1024;
/** Characters of a whole answer. */
const TOTAL_LIMIT = 24 * 1024 * 1024;
const UNKNOWN_LIMIT = 10_000;
const UNKNOWN_BOUNDS = { depth: 50, characters: 10 * UNKNOWN_LIMIT };
const MEDIA_TYPE = /^(image|audio)\//;

/** What is left of the room one answer has; what does not fit is cut or left out. */
export class ContentRoom {
  #left = TOTAL_LIMIT;
  #parts = PART_LIMIT;

  /** Takes as many parts as there is room for. */
  parts<Sent, Shown>(sent: readonly Sent[], show: (one: Sent) => Shown): { shown: Shown[]; leftOut: number } {
    const shown: Shown[] = [];
    for (const one of sent) {
      if (this.#parts === 0 || this.#left === 0) break;
      this.#parts -= 1;
      shown.push(show(one));
    }
    return { shown, leftOut: sent.length - shown.length };
  }

  /** As much of a text as there is room for. */
  text(text: string): { text: string; cut: boolean } {
    const room = Math.min(TEXT_LIMIT, this.#left);
    const start = text.slice(0, room);
    this.#left -= start.length;
    return { text: start, cut: start.length < text.length };
  }

  /** Whether all of it fits; half a picture is of no use. */
  takes(data: string): boolean {
    if (data.length > Math.min(MEDIA_LIMIT, this.#left)) return false;
    this.#left -= data.length;
    return true;
  }
}

/** A block of a tool's answer or of a prompt, as far as it can be shown; an unknown kind is kept as JSON. */
export function blockOf(sent: unknown, room: ContentRoom): ContentBlock {
  const block = (sent ?? {}) as { type?: unknown; text?: unknown; data?: unknown; resource?: unknown };
  if (block.type === 'resource') {
    const contents = contentsOf(block.resource, room);
    if (contents) return { ...contents, type: 'resource' };
  } else if (block.type === 'text' && typeof block.text === 'string') {
    const { text, cut } = room.text(block.text);
    return { type: 'text', text, ...(cut && { cut }) };
  } else if (typeof block.data === 'string' && !room.takes(block.data)) {
    return blockOf({ ...block, data: null, characters: block.data.length }, room);
  } else {
    const parsed = contentBlock.safeParse(sent);
    if (parsed.success) return parsed.data;
  }
  const fits = jsonSize(sent, UNKNOWN_BOUNDS) !== null;
  return { type: 'unknown', json: fits ? JSON.stringify(sent).slice(0, UNKNOWN_LIMIT) : '…' };
}

/** Contents of a resource, as far as they can be shown; null when they are none. */
export function contentsOf(sent: unknown, room: ContentRoom): ResourceContents | null {
  if (typeof sent !== 'object' || sent === null) return null;
  const { uri, mimeType, text, blob } = sent as Record<string, unknown>;
  const type = typeof mimeType === 'string' ? { mimeType: mimeType.slice(0, 4096) } : {};
  const made =
    typeof text === 'string'
      ? { uri, ...type, ...room.text(text), size: Buffer.byteLength(text) }
      : typeof blob === 'string'
        ? { uri, ...type, ...shownData(blob, type.mimeType, room), size: base64Size(blob), cut: false }
        : null;
  return resourceContents.safeParse(made).data ?? null;
}

function shownData(blob: string, mimeType: string | undefined, room: ContentRoom): { data?: string } {
  return mimeType !== undefined && MEDIA_TYPE.test(mimeType) && room.takes(blob) ? { data: blob } : {};
}

function base64Size(text: string): number {
  return Buffer.byteLength(text, 'base64');
}
