import type { ExtraHeaders } from '../../shared/domain/extra-header.ts';
import { type Problem, problemOf } from '../../shared/problems.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';
import type { Clock, Fetch } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import { Redactor } from '../trace/redaction.ts';
import { authorizedFetch } from './authorized-fetch.ts';
import { openMcpClient } from './mcp-client.ts';
import { SignInNeeded } from './sign-in-needed.ts';

/** What a server answered to somebody without an account. */
export type ProbeOutcome =
  | { kind: 'open'; serverName: string | null }
  | { kind: 'sign-in'; challenge: BearerChallenge | null }
  | { kind: 'problem'; problem: Problem };

export interface ProbeOptions {
  readonly url: URL;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly trace: TraceHandle;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Headers the person wants sent to this server, with their values. */
  readonly extraHeaders?: ExtraHeaders;
}

/** Asks a server whether it wants a sign-in, by connecting without one. Stores nothing, never throws. */
export async function probeServer(options: ProbeOptions): Promise<ProbeOutcome> {
  const { url, fetch, clock, trace, timeoutSeconds, signal, extraHeaders = {} } = options;
  try {
    const opened = await openMcpClient({
      serverUrl: url,
      fetch: authorizedFetch({
        serverUrl: url,
        tokens: null,
        fetch,
        clock,
        trace: () => trace,
        redactor: new Redactor(),
        timeoutSeconds,
        extraHeaders,
        challenged: () => undefined,
        tokenRefused: () => undefined,
      }),
      timeoutMs: timeoutSeconds * 1000,
      signal,
      closed: () => undefined,
    });
    const { serverName } = opened;
    await opened.close();
    return { kind: 'open', serverName };
  } catch (error) {
    if (error instanceof SignInNeeded) return { kind: 'sign-in', challenge: error.challenge };
    return { kind: 'problem', problem: problemOf(error) };
  }
}
