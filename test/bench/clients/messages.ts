/** A server a client is to know without a sign-in, with a token that is good for it. */
export interface KnownServer {
  readonly url: string;
  readonly token: string;
}

/** What a client is asked to do, in its own process. */
export type Task =
  /** Signs in from nothing and calls a tool. */
  | { readonly kind: 'sign-in'; readonly url: string }
  /** Signs in again at the same server, as somebody else, and calls a tool. */
  | { readonly kind: 'second-account'; readonly url: string }
  /** Starts on what an earlier process stored and calls a tool. */
  | { readonly kind: 'resume'; readonly url: string }
  /** Calls a tool many times at once. */
  | { readonly kind: 'storm'; readonly calls: number }
  /** Stores servers and tokens as a sign-in leaves them. */
  | { readonly kind: 'fill'; readonly servers: readonly KnownServer[] }
  /** Connects to a server and lets go of it, so that what that needs is loaded and compiled. */
  | { readonly kind: 'warm-up'; readonly server: KnownServer }
  /** Starts on what is stored and connects all of it. */
  | { readonly kind: 'connect-all'; readonly servers: readonly KnownServer[] }
  /** Calls `echo` at a server it is filled with, over one connection. */
  | ({ readonly kind: 'calls'; readonly count: number; readonly parallel: number } & KnownServer)
  /** Makes so many accounts out of the one there is. */
  | { readonly kind: 'multiply'; readonly accounts: number }
  /** Reads everything stored that is not secret. */
  | { readonly kind: 'open' }
  /** Stores an account and its tokens again and again. */
  | { readonly kind: 'saves'; readonly count: number }
  /** Renews a token at the issuer. */
  | { readonly kind: 'renew' }
  | { readonly kind: 'end' };

export interface TimedResult {
  /** Milliseconds from the order to the first tool result. */
  readonly ms: number;
}

export interface StormResult {
  readonly succeeded: number;
  /** Browser windows asked for. */
  readonly windows: number;
}

export interface ConnectAllResult {
  /** Milliseconds from the start until all were connected. */
  readonly ms: number;
  readonly connected: number;
  /** Milliseconds the process worked meanwhile. */
  readonly cpuMs: number;
  /** Bytes of JavaScript heap: before, at most, and afterwards without garbage. */
  readonly heapBefore: number;
  readonly heapPeak: number;
  readonly heapAfter: number;
  /** Bytes of memory of the whole process or processes at the end. */
  readonly rss: number;
  readonly sockets: number;
}

export interface CallsResult {
  readonly totalMs: number;
  /** Of each call, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Files replaced by one renewal, with their sizes in bytes. */
export interface RenewResult {
  readonly written: Readonly<Record<string, number>>;
}

/** What comes of each task. */
export interface Results {
  'sign-in': TimedResult;
  'second-account': TimedResult;
  resume: TimedResult;
  storm: StormResult;
  fill: null;
  'warm-up': null;
  'connect-all': ConnectAllResult;
  calls: CallsResult;
  multiply: null;
  open: TimedResult;
  saves: Pick<CallsResult, 'latencies'>;
  renew: RenewResult;
  end: null;
}

/** A client under test: answers tasks, each by what it can. */
export type BenchClient = {
  readonly [Kind in keyof Results]?: (task: Extract<Task, { kind: Kind }>) => Promise<Results[Kind]>;
};

export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: Results[keyof Results] }
  | { readonly kind: 'failed'; readonly message: string };

export type ClientName = 'gatehouse' | 'sdk' | 'mcp-remote';
