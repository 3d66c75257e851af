import type { Problem } from '../../shared/problems.ts';

/** Time limit of one protocol request, in milliseconds. */
export const METADATA_TIMEOUT_MS = 10_000;

/** A rule and where it stands, for example `RFC 9728 §3.1`. */
export interface Rule {
  readonly text: string;
  readonly reference: string;
}

/**
 * What a request may reach. `public`: only addresses of the public internet; the injected fetch holds this
 * at connect time too, so that a name can't change its address between check and use.
 */
export type Reach = 'public' | 'any';

/** What we hand to the injected fetch: always `redirect: 'manual'`, and how far the request may reach. */
export interface ProtocolRequestInit extends RequestInit {
  readonly reach?: Reach;
}

/** Everything the protocol needs from outside: network, time, and someone who watches. */
export interface ProtocolContext {
  /** Raw fetch. A plain `fetch` fits; one that knows `reach` holds the address policy at connect time. */
  readonly fetch: (input: string | URL, init?: ProtocolRequestInit) => Promise<Response>;
  readonly observer: ProtocolObserver;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Per request, in milliseconds; normally {@link METADATA_TIMEOUT_MS}. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** How far requests may reach; discovery derives it from the server's address. Absent: `any`. */
  readonly reach?: Reach;
  /** Addresses a name stands for, asked before a request when the reach is `public`. */
  readonly resolveHost?: (host: string) => Promise<readonly string[]>;
  /** Hosts that may be reached although they are private (enterprise setting). */
  readonly allowedPrivateHosts?: readonly string[];
}

/** One request and its answer, as sent and received; the trace recorder removes secrets. */
export interface ProtocolExchange {
  readonly to: 'server' | 'issuer';
  readonly title: string;
  readonly rule?: Rule;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Headers | Record<string, string>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Headers | Record<string, string>;
    readonly body: string | null;
  } | null;
  readonly durationMs: number;
  readonly problem?: Problem;
  readonly notes?: string[];
}

/** Told what the protocol does; implemented by the trace recorder. */
export interface ProtocolObserver {
  exchange(exchange: ProtocolExchange): void;
  note(text: string, rule?: Rule): void;
}

/** An observer that does not look. */
export const silentObserver: ProtocolObserver = { exchange: () => {}, note: () => {} };
