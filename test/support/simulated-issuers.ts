import type { Fetch } from '../../src/main/ports.ts';
import type { SimulatedTime } from './time.ts';

/** How an issuer that is out of order answers. */
export type Failure =
  | { kind: 'unreachable' }
  /** Takes the request and never answers; nothing is renewed. */
  | { kind: 'silent' }
  | { kind: 'status'; status: number; retryAfter?: 'seconds' | 'date' }
  /** A page of somebody in between. */
  | { kind: 'html'; status: number };

export interface Outage {
  readonly from: number;
  readonly until: number;
  readonly failure: Failure;
}

/** One grant as its issuer knows it; moments by the issuer's clock, which is always right. */
export interface SimulatedGrant {
  readonly accountId: string;
  readonly issuer: string;
  /** Life of its access tokens in milliseconds. */
  readonly lifeMs: number;
  /** Each refresh token is good for one use. */
  readonly rotates: boolean;
  /** The access token in use ends with its renewal. */
  readonly endsOldToken: boolean;
  refreshToken: string;
  accessToken: string;
  /** Ends of the access tokens that may still be in somebody's hands. */
  readonly ends: Map<string, number>;
  renewals: number;
}

/** Told what issuers are asked and answer. */
export interface IssuerWatch {
  asked(grant: SimulatedGrant, refreshToken: string): void;
  /**
   * @param failure null: renewed
   * @param waitMs what `Retry-After` says; null: nothing
   */
  answered(grant: SimulatedGrant, failure: Failure | null, waitMs: number | null): void;
}

/** Time limit of a request to these issuers, in simulated milliseconds. */
export const TIME_LIMIT_MS = 10_000;
const LONGEST_RETRY_AFTER_S = 1800;

/** Token endpoints of many issuers behind one fetch, in simulated time, without sockets. */
export class SimulatedIssuers {
  readonly outages = new Map<string, Outage[]>();
  readonly #grants = new Map<string, SimulatedGrant>();
  readonly #time: SimulatedTime;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #watch: IssuerWatch;

  /** @param now the issuers' own clock, milliseconds since the Unix epoch */
  constructor(time: SimulatedTime, now: () => number, random: () => number, watch: IssuerWatch) {
    this.#time = time;
    this.#now = now;
    this.#random = random;
    this.#watch = watch;
  }

  /** A grant with its first tokens. */
  grant(options: Pick<SimulatedGrant, 'accountId' | 'issuer' | 'lifeMs' | 'rotates' | 'endsOldToken'>) {
    const { accountId, lifeMs } = options;
    const accessToken = `access.${accountId}.0`;
    const made: SimulatedGrant = {
      ...options,
      refreshToken: `refresh.${accountId}.0`,
      accessToken,
      ends: new Map([[accessToken, this.#now() + lifeMs]]),
      renewals: 0,
    };
    this.#grants.set(accountId, made);
    return made;
  }

  outageAt(issuer: string, moment: number): Outage | undefined {
    return this.outages.get(issuer)?.find(({ from, until }) => from <= moment && moment < until);
  }

  /** Whether a server would let this token in. */
  accepts({ ends }: SimulatedGrant, accessToken: string): boolean {
    return (ends.get(accessToken) ?? 0) > this.#now();
  }

  readonly fetch: Fetch = async (_input, init) => {
    const sent = new URLSearchParams(String(init?.body)).get('refresh_token') ?? '';
    const grant = this.#grants.get(sent.split('.')[1] ?? '');
    if (!grant) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    this.#watch.asked(grant, sent);
    // Half of the way there, half of it back: from 15 ms to 1.5 s, mostly short.
    const way = 15 * 100 ** this.#random();
    await this.#pass(way);
    const outage = this.outageAt(grant.issuer, this.#now());
    if (outage?.failure.kind === 'silent' && init?.signal) await aborted(init.signal);
    else if (outage) await this.#pass(way);
    if (outage) return this.#fail(grant, outage);
    const answer = this.#renew(grant, sent);
    await this.#pass(way);
    this.#watch.answered(grant, null, null);
    return answer;
  };

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#time.after(ms, resolve));
  }

  #renew(grant: SimulatedGrant, sent: string): Response {
    if (sent !== grant.refreshToken) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const now = this.#now();
    grant.renewals += 1;
    if (grant.endsOldToken) grant.ends.clear();
    for (const [token, end] of grant.ends) if (end <= now) grant.ends.delete(token);
    grant.accessToken = `access.${grant.accountId}.${grant.renewals}`;
    grant.ends.set(grant.accessToken, now + grant.lifeMs);
    if (grant.rotates) grant.refreshToken = `refresh.${grant.accountId}.${grant.renewals}`;
    return Response.json({
      access_token: grant.accessToken,
      token_type: 'Bearer',
      expires_in: grant.lifeMs / 1000,
      ...(grant.rotates && { refresh_token: grant.refreshToken }),
    });
  }

  #fail(grant: SimulatedGrant, { failure, until }: Outage): Response {
    const leftS = Math.max(0, Math.ceil((until - this.#now()) / 1000));
    const retryAfter = failure.kind === 'status' ? this.#retryAfter(failure, leftS) : null;
    this.#watch.answered(grant, failure, retryAfter?.waitMs ?? null);
    switch (failure.kind) {
      case 'unreachable':
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENETUNREACH' }) });
      case 'silent':
        throw new DOMException('Nobody waits any more', 'TimeoutError');
      case 'html': {
        const headers = { 'content-type': 'text/html' };
        return new Response('<h1>No</h1>', { status: failure.status, headers });
      }
      case 'status': {
        const headers = retryAfter ? { 'retry-after': retryAfter.value } : {};
        return Response.json({}, { status: failure.status, headers });
      }
    }
  }

  #retryAfter({ retryAfter }: Extract<Failure, { kind: 'status' }>, leftS: number) {
    if (!retryAfter) return null;
    const seconds = Math.min(leftS, LONGEST_RETRY_AFTER_S);
    if (retryAfter === 'seconds') return { value: String(seconds), waitMs: seconds * 1000 };
    // A date by the clock of the asking side: what clocks that differ make of it is not the subject here.
    const value = new Date(this.#time.now() + seconds * 1000).toUTCString();
    return { value, waitMs: Date.parse(value) - this.#time.now() };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
