import type { Seeded } from './seeded.ts';

/** Requests a kill can be placed at. */
export type WatchedRequest = 'refresh' | 'code' | 'registration' | 'authorization' | 'metadata' | 'mcp';

/** Where a request stands: it has come in whole, its answer is about to leave, its answer has left. */
export type RequestPoint = 'arrived' | 'answering' | 'answered';

/** When the process is killed. */
export type KillMoment =
  | { readonly kind: 'time'; readonly afterMs: number }
  | {
      readonly kind: 'request';
      readonly request: WatchedRequest;
      readonly point: RequestPoint;
      /** Counted from 1. */
      readonly nth: number;
      readonly delayMs: number;
    }
  | {
      readonly kind: 'file';
      readonly folder: 'vault' | 'accounts';
      readonly nth: number;
      readonly delayMs: number;
    };

/** What the process does until it is killed. */
export type Work = 'tokens' | 'sign-ins' | 'both';

export interface Plan {
  readonly moment: KillMoment;
  readonly work: Work;
  /** Seed of what the process does. */
  readonly seed: number;
}

/** A process that did this much without meeting its moment is killed then. */
export const LONGEST_LIFE_IN_DEEDS = 30;

/** The plan of one round. Most kills fall around the moments at which tokens change. */
export function drawPlan(random: Seeded): Plan {
  const { moment, work } = random.weighed<() => Omit<Plan, 'seed'>>([
    [11, () => ({ moment: { kind: 'time', afterMs: random.below(100) }, work: anyWork(random) })],
    [11, () => ({ moment: { kind: 'time', afterMs: 100 + random.below(500) }, work: anyWork(random) })],
    [35, () => ({ moment: atToken('refresh', random, 12), work: random.oneOf(['tokens', 'both']) })],
    [22, () => ({ moment: atToken('code', random, 25), work: random.oneOf(['sign-ins', 'both']) })],
    [7, () => ({ moment: atSignIn(random), work: random.oneOf(['sign-ins', 'both']) })],
    [14, () => ({ moment: atFile(random), work: anyWork(random) })],
  ])();
  return { moment, work, seed: random.below(2 ** 31) };
}

/** One line for a report. */
export function describeMoment(moment: KillMoment): string {
  switch (moment.kind) {
    case 'time':
      return `${moment.afterMs} ms after its start`;
    case 'request': {
      const { request, point, nth, delayMs } = moment;
      return `${delayMs} ms after ${request} request ${nth} was ${point}`;
    }
    case 'file':
      return `${moment.delayMs} ms after change ${moment.nth} in ${moment.folder}`;
  }
}

function atToken(request: 'refresh' | 'code', random: Seeded, longestDelayMs: number): KillMoment {
  const point = random.weighed<RequestPoint>([
    [1, 'arrived'],
    [1, 'answering'],
    [4, 'answered'],
  ]);
  const delayMs = point === 'answered' ? random.below(longestDelayMs) : 0;
  return { kind: 'request', request, point, nth: 1 + random.below(request === 'refresh' ? 6 : 2), delayMs };
}

function atSignIn(random: Seeded): KillMoment {
  const request = random.oneOf<WatchedRequest>(['registration', 'authorization', 'metadata', 'mcp']);
  return { kind: 'request', request, point: 'arrived', nth: 1 + random.below(3), delayMs: random.below(6) };
}

function atFile(random: Seeded): KillMoment {
  const folder = random.weighed<'vault' | 'accounts'>([
    [3, 'vault'],
    [1, 'accounts'],
  ]);
  return { kind: 'file', folder, nth: 1 + random.below(12), delayMs: random.below(3) };
}

function anyWork(random: Seeded): Work {
  return random.oneOf(['tokens', 'sign-ins', 'both']);
}
