import type { Seeded } from '../crash/seeded.ts';
import type { PlaceFault } from './messages.ts';

/** A fault and when it comes. */
export type Fault =
  | { readonly kind: 'place'; readonly place: number; readonly fault: PlaceFault }
  /** No request leaves or comes back for that long; then the app hears that the network is back. */
  | { readonly kind: 'network-off'; readonly forMs: number };

/** What goes wrong next, and how long after the last fault. The same seed, the same faults in the same order. */
export function drawFault(random: Seeded, places: number): { afterMs: number; fault: Fault } {
  const afterMs = 200 + random.below(1_600);
  if (random.below(40) === 0)
    return { afterMs, fault: { kind: 'network-off', forMs: 500 + random.below(4_500) } };
  const place = random.below(places);
  const host = random.oneOf<'issuer' | 'server'>(['issuer', 'server']);
  const forMs = 300 + random.below(8_000);
  const fault = random.weighed<PlaceFault>([
    [24, { kind: 'down', host, forMs }],
    [20, { kind: 'errors', host, status: random.oneOf([429, 500, 502, 503]), times: 1 + random.below(6) }],
    [20, { kind: 'latency', host, delayMs: 50 + random.below(2_500), forMs }],
    [16, { kind: 'truncation', host, times: 1 + random.below(3) }],
    [10, { kind: 'tokens-refused' }],
    [8, { kind: 'sessions-lost' }],
    [2, { kind: 'grants-revoked' }],
  ]);
  return { afterMs, fault: { kind: 'place', place, fault } };
}

/** One word for a table. */
export function nameOf(fault: Fault): string {
  if (fault.kind === 'network-off') return 'network off and on';
  const { fault: one } = fault;
  switch (one.kind) {
    case 'down':
      return `${one.host} killed and restarted`;
    case 'errors':
      return `${one.host} answers with errors`;
    case 'latency':
      return `${one.host} slow`;
    case 'truncation':
      return `${one.host} answers cut short`;
    case 'tokens-refused':
      return 'every token refused';
    case 'sessions-lost':
      return 'sessions forgotten';
    case 'grants-revoked':
      return 'every grant of an issuer ended';
  }
}
