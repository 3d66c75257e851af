import type { ProblemCode } from '../../src/shared/problems.ts';
import type { Attack, HostileSandbox } from '../sandbox/profiles/hostile.ts';
import type { ProfileOptions } from '../sandbox/profiles/profile.ts';
import type { TestCore, TestCoreOptions } from '../support/core.ts';

/** The code that stops a behaviour. */
export interface Guard {
  /** Below `src`. */
  readonly file: string;
  /** What to look for in it. */
  readonly name: string;
  /** How to take it away: `text` stands in the file exactly once. */
  readonly removed?: { readonly text: string; readonly by: string };
}

interface Told {
  /** In kebab case, once in the table. */
  readonly name: string;
  readonly who: 'server' | 'issuer' | 'server and issuer' | 'program' | 'another program' | 'web page';
  readonly does: string;
  readonly must: string;
  readonly guard: Guard;
}

/** How a run of `drive` ends. */
export interface Ending {
  /** The problems a person sees, in order. */
  readonly problems: readonly ProblemCode[];
  /** Exit code. Default: 0 without a problem, else 2, the sign-in failed. */
  readonly code?: number;
  /** What the trace says about it. */
  readonly note?: string | RegExp;
  /** Accounts there are afterwards. Default: one after exit code 0, else none. */
  readonly accounts?: number;
  /** Requests to the third origin that the rules allow. Default: none. */
  readonly elsewhere?: { readonly method: 'GET' | 'POST'; readonly atMost: number };
  /** The issuer's own metadata says that its token endpoint is on another host. */
  readonly codeLeaves?: true;
  /** Requests to issuer and server. Default: fewer than 30. */
  readonly requestsBelow?: number;
  /** Token requests. Default: fewer than 4. */
  readonly tokenRequestsBelow?: number;
  /** Something of this kind that drive printed has to fit. */
  readonly prints?: { readonly event: string; readonly like: Readonly<Record<string, unknown>> };
}

/** A server and issuer with an attack, signed in to by `drive`. */
export interface DrivenRow extends Told {
  readonly kind: 'driven';
  readonly attack: Attack;
  readonly ends: Ending;
  /** More of the command line. */
  readonly argv?: readonly string[];
  /** Time limit of one protocol request in milliseconds. */
  readonly limitMs?: number;
  /** What the hostile issuer said is kept, so that the sign-in afterwards is at another one. */
  readonly poisoned?: true;
}

/** A program as a local server, started by `drive`. */
export interface ProgramRow extends Told {
  readonly kind: 'program';
  /** Argument of `program.ts`. */
  readonly behaviour: string;
  readonly argv?: readonly string[];
  readonly ends: Pick<Ending, 'problems' | 'code' | 'prints'>;
}

/** A row that takes more than one run: it throws when the behaviour is not stopped as it must be. */
export interface StagedRow extends Told {
  readonly kind: 'staged';
  readonly play: (stage: Stage) => Promise<void>;
}

/** What is displayed: `test/e2e/hostile.test.ts` looks at it in the page. */
export interface PageRow extends Told {
  readonly kind: 'page';
}

export type HostileRow = DrivenRow | ProgramRow | StagedRow | PageRow;

/** What a staged row plays on. Whatever it starts here is watched, checked when it is over, and ended. */
export interface Stage {
  /** An issuer and a server. */
  sandbox(attack?: Attack, options?: ProfileOptions): Promise<HostileSandbox>;
  core(options?: TestCoreOptions): Promise<TestCore>;
  /** A web server on loopback that belongs to nobody in particular. @returns its origin */
  web(answer: Parameters<typeof import('../support/servers.ts').webServer>[0]): Promise<string>;
  temporaryFolder(): Promise<string>;
}
