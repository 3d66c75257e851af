import { failure, ProblemError } from '../../shared/problems.ts';

/** Longest message taken from a server, in bytes: a whole answer, or one event of a stream. */
export const MESSAGE_LIMIT = 16 * 1024 * 1024;
/** As a person reads it. */
export const MESSAGE_LIMIT_SHOWN = '16 MiB';

/** Bytes of an event stream that are passed on in one turn of the event loop. */
const BYTES_PER_TURN = 16 * 1024;

export interface BoundedAnswerOptions {
  /** What problems name. */
  readonly host: string;
  /** The request's own: what it ends is no failure of the server. */
  readonly signal: AbortSignal | null | undefined;
  /** Told why a body ended before its time; its reader gets the same error. */
  readonly broken?: (error: ProblemError) => void;
}

/**
 * An answer whose body can't grow beyond {@link MESSAGE_LIMIT}, counted as its reader gets it: after
 * decompression. An event stream may last for ever; there, each event is counted by itself, and however many
 * there are, the event loop turns in between. Reading the body fails with a ProblemError: `answer-too-large`,
 * `answer-cut`.
 */
export function boundedAnswer(response: Response, options: BoundedAnswerOptions): Response {
  if (response.body === null) return response;
  const isStream = /^\s*text\/event-stream\s*(;|$)/i.test(response.headers.get('content-type') ?? '');
  if (JSON_TYPE.test(response.headers.get('content-type') ?? '')) return readInOneGo(response, options);
  const { status, statusText, headers } = response;
  const body = isStream
    ? bounded(response.body, options, new EventSize(), BYTES_PER_TURN)
    : bounded(response.body, options, new BodySize(), Number.POSITIVE_INFINITY);
  return new Response(body, { status, statusText, headers });
}

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i;
const utf8 = new TextDecoder();

/**
 * Most answers are one short JSON document, asked for as such. Its bytes are counted as they are read: a stream
 * around the stream would cost as much as all else we do in a call.
 */
function readInOneGo(response: Response, options: BoundedAnswerOptions): Response {
  const { body } = response;
  const text = () => (body ? boundedText(body, options) : Promise.resolve(''));
  return Object.assign(response, { text, json: async () => JSON.parse(await text()) as unknown });
}

async function boundedText(body: ReadableStream<Uint8Array>, options: BoundedAnswerOptions): Promise<string> {
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length;
      if (size > MESSAGE_LIMIT) throw tooLarge(options);
      pieces.push(read.value);
    }
  } catch (error) {
    throw endedBefore(error, reader, options);
  }
  const [first = new Uint8Array(), ...more] = pieces;
  return utf8.decode(more.length === 0 ? first : Buffer.concat(pieces));
}

function tooLarge({ host }: BoundedAnswerOptions): ProblemError {
  return failure('answer-too-large', { host, limit: MESSAGE_LIMIT_SHOWN });
}

/** Lets go of a body that ended before its time. @returns what its reader hears */
function endedBefore(
  error: unknown,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { host, signal, broken }: BoundedAnswerOptions,
): unknown {
  void reader.cancel().catch(() => undefined);
  if (signal?.aborted) return error;
  const problem = error instanceof ProblemError ? error : failure('answer-cut', { host }, null, error);
  broken?.(problem);
  return problem;
}

interface Size {
  /** @returns the largest size reached while these bytes were added */
  add(bytes: Uint8Array): number;
}

function bounded(
  body: ReadableStream<Uint8Array>,
  options: BoundedAnswerOptions,
  size: Size,
  bytesPerTurn: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let rest = new Uint8Array();
  let inThisTurn = 0;
  const next = async (): Promise<Uint8Array | null> => {
    if (inThisTurn >= bytesPerTurn) {
      await nextTurn();
      inThisTurn = 0;
    }
    while (rest.length === 0) {
      const { done, value } = await reader.read();
      if (done) return null;
      rest = value as Uint8Array<ArrayBuffer>;
    }
    const piece = rest.subarray(0, bytesPerTurn - inThisTurn);
    rest = rest.subarray(piece.length);
    inThisTurn += piece.length;
    if (size.add(piece) > MESSAGE_LIMIT) throw tooLarge(options);
    return piece;
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull: async (controller) => {
      try {
        const piece = await next();
        if (piece) controller.enqueue(piece);
        else controller.close();
      } catch (error) {
        controller.error(endedBefore(error, reader, options));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

class BodySize implements Size {
  #size = 0;

  add(bytes: Uint8Array): number {
    this.#size += bytes.length;
    return this.#size;
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Counts the bytes since the last empty line, which ends an event (HTML standard, event stream format). */
class EventSize implements Size {
  #size = 0;
  #lineIsEmpty = true;
  #afterReturn = false;

  add(bytes: Uint8Array): number {
    let largest = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index];
      const endsLine = byte === CARRIAGE_RETURN || (byte === LINE_FEED && !this.#afterReturn);
      if (endsLine && this.#lineIsEmpty) this.#size = 0;
      else this.#size += 1;
      if (this.#size > largest) largest = this.#size;
      if (byte !== LINE_FEED || !this.#afterReturn) this.#lineIsEmpty = endsLine;
      this.#afterReturn = byte === CARRIAGE_RETURN;
    }
    return largest;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
