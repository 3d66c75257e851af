import { setTimeout as pause } from 'node:timers/promises';
import { Core } from '../../src/main/core.ts';
import { addressCheckedFetch } from '../../src/main/network/address-checked-fetch.ts';
import { resolveHost } from '../../src/main/network/resolve-host.ts';
import { systemClock, systemRandomness, systemScheduler } from '../../src/main/ports.ts';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { type RemoteServer, serverSettings } from '../../src/shared/domain/server.ts';
import { openLink, VAULT_KEY } from '../crash/core-on-folder.ts';
import { Seeded } from '../crash/seeded.ts';
import { users } from '../sandbox/users.ts';
import { drawFault, type Fault, nameOf } from './faults.ts';
import { judge, type Sample, takeSample, type Verdict } from './measure.ts';
import { Network } from './network.ts';
import { type Deeds, Person } from './person.ts';
import { WorldProcess } from './world-process.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly servers: number;
  /** At most as many per server as the sandbox knows people. */
  readonly accounts: number;
  /** An empty folder; holds the user data. */
  readonly folder: string;
  readonly progress: (line: string) => void;
}

/** What came of a soak. */
export interface SoakReport {
  readonly requests: number;
  readonly deeds: Deeds;
  readonly renewals: number;
  readonly faults: ReadonlyMap<string, number>;
  /** Grants that ended, each by a fault that explains it. */
  readonly ended: number;
  readonly working: number;
  /** Accounts that do not work and say so. */
  readonly honest: ReadonlyMap<string, number>;
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  /** Everything that must not happen. */
  readonly violations: readonly string[];
}

/** Life of an access token in seconds: each is renewed ahead of time, about twice a minute. */
const TOKEN_LIFE_S = 40;
const PEOPLE = 6;
const PACE_MS = 150;
const TEND_PACE_MS = 1_000;
const SAMPLES = 40;
/** One server in so many sends the browser back to a loopback listener, the others by custom scheme. */
const LOOPBACK_EVERY = 4;
/** Sign-ins at once in the beginning. */
const AT_ONCE = 6;
/** More are never kept; some may be about to be deleted. */
const TRACES_KEPT = 200;
const TRACES_LEAVING = 30;
/** How often an account is asked at the end, every pause nobody asked for ended before … */
const LAST_TRIES = 5;
/** … and how long one waits between: issuers asked for pauses of two seconds. */
const LAST_PAUSE_MS = 1_000;

/** Uses many accounts at many servers for a while, lets everything go wrong meanwhile, and looks what is left. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const world = await WorldProcess.start(options.servers, TOKEN_LIFE_S);
  const soak = new Soak(options, world);
  try {
    return await Promise.race([soak.run(), world.died]);
  } finally {
    await soak.stop();
    await world.end();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #world: WorldProcess;
  readonly #network = new Network();
  readonly #core: Core;
  readonly #random: Seeded;
  readonly #person: Person;
  /** As whom each account signs in; by server while it has no account yet. */
  readonly #users = new Map<string, string>();
  readonly #signingInAs = new Map<string, string>();
  readonly #faults = new Map<string, number>();
  readonly #revokedAt = new Map<string, number>();
  readonly #samples: Sample[] = [];
  readonly #violations: string[] = [];
  #renewals = 0;
  #ended = 0;

  constructor(options: SoakOptions, world: WorldProcess) {
    this.#options = options;
    this.#world = world;
    this.#random = new Seeded(options.seed);
    this.#core = new Core({
      folder: options.folder,
      secretBox: environmentKeyBox(VAULT_KEY),
      fetch: addressCheckedFetch({ unchecked: this.#network.fetch, isDirect: async () => true }),
      resolveHost,
      clock: systemClock,
      scheduler: systemScheduler,
      randomness: systemRandomness,
      browser: { open: async (url) => void this.#visit(url) },
      clipboard: { readText: async () => '', writeText: async () => undefined },
      schemeHandler: { isRegistered: async () => true },
      clientMetadataUrl: null,
    });
    this.#person = new Person(this.#core, new Seeded(options.seed + 1), this.#users);
  }

  async run(): Promise<SoakReport> {
    const { minutes, progress } = this.#options;
    for (const notice of await this.#core.load()) this.#violations.push(`a start complained: ${notice.code}`);
    await this.#core.start();
    await this.#signInEverywhere();
    await this.#fillTraces();
    this.#watchAccounts();
    progress(`${this.#core.accounts.all().length} accounts signed in; ${minutes} minutes begin`);

    const over = AbortSignal.timeout(minutes * 60_000);
    await Promise.all([
      ...Array.from({ length: PEOPLE }, () => this.#person.use(PACE_MS, over)),
      this.#person.tend(TEND_PACE_MS, over),
      this.#breakThings(over),
      this.#sample(over),
    ]);
    this.#network.on();
    await this.#world.calm();
    progress('the faults are over; every account is asked');
    const { working, honest } = await this.#lookAtEveryAccount();
    const verdicts = judge(this.#samples);
    for (const { bound, from, to, isFlat } of verdicts) {
      if (!isFlat) this.#violations.push(`${bound.figure} went from ${from} to ${to} in the second half`);
    }
    return {
      requests: this.#network.requests,
      deeds: this.#person.deeds,
      renewals: this.#renewals,
      faults: this.#faults,
      ended: this.#ended,
      working,
      honest,
      samples: this.#samples,
      verdicts,
      violations: [...this.#violations, ...this.#person.deeds.violations],
    };
  }

  stop(): Promise<void> {
    return this.#core.stop();
  }

  async #signInEverywhere(): Promise<void> {
    const perServer = Math.ceil(this.#options.accounts / this.#options.servers);
    const places = [...this.#world.places.entries()];
    const signIn = async () => {
      for (let next = places.shift(); next; next = places.shift()) {
        const [index, { mcpUrl }] = next;
        const redirect = index % LOOPBACK_EVERY === 0 ? 'loopback' : 'custom-scheme';
        const server = await this.#core.addServer(
          mcpUrl,
          `Server ${index}`,
          serverSettings.parse({ redirect }),
        );
        for (const { id } of users.slice(0, perServer)) await this.#signInAs(server, id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, signIn));
  }

  /** The memory of traces is bounded; as long as it fills, files and heap grow as they should. */
  async #fillTraces(): Promise<void> {
    const accounts = this.#core.accounts.all();
    for (
      let next = 0;
      this.#core.traces.list(null).length < TRACES_KEPT;
      next = (next + 1) % accounts.length
    ) {
      const { id, serverId } = accounts[next] ?? {};
      if (id === undefined || serverId === undefined) return;
      const connection = this.#core.connection(serverId, id);
      await connection.reconnect();
      await connection.client();
    }
  }

  async #signInAs(server: RemoteServer, user: string): Promise<void> {
    this.#signingInAs.set(server.url, user);
    const asked = { serverId: server.id, accountId: null, confirmed: true, extraScopes: [] };
    const begun = this.#core.signIn(asked);
    const status = (await this.#core.desk.ended(begun.id))?.status;
    this.#signingInAs.delete(server.url);
    if (status?.kind !== 'succeeded') throw new Error(`no account to start with: ${JSON.stringify(status)}`);
    this.#users.set(status.accountId, user);
  }

  /** The person's browser. One that ends nowhere is closed, and the sign-in given up. */
  async #visit(url: URL): Promise<void> {
    const state = url.searchParams.get('state');
    const [attempt] = this.#core.desk
      .views()
      .filter(
        ({ status, serverId }) =>
          status.kind === 'waiting-for-browser' &&
          this.#core.servers.requireRemote(serverId).url === url.searchParams.get('resource'),
      );
    const renewed = attempt?.accountId ? this.#users.get(attempt.accountId) : undefined;
    const user = renewed ?? this.#signingInAs.get(url.searchParams.get('resource') ?? '') ?? '';
    const { link, delivered } = await this.#world.visit(url, user);
    if (link !== null && state !== null) openLink(this.#core, link);
    else if (!delivered && attempt) this.#core.desk.cancel(attempt.id);
  }

  /** Each grant that ends must be explained by a lost answer to a renewal, or by the issuer having ended all. */
  #watchAccounts(): void {
    this.#core.accounts.listen((change) => {
      if (change.kind !== 'changed' || !change.before) return;
      const { entry, before } = change;
      if (entry.lastRefreshedAt !== before.lastRefreshedAt) this.#renewals += 1;
      if (entry.state.kind === before.state.kind) return;
      if (entry.state.kind === 'live') return;
      this.#ended += 1;
      const { origin } = new URL(entry.issuer);
      const ended = (this.#revokedAt.get(origin) ?? 0) + 1;
      this.#revokedAt.set(origin, ended);
      const explained = this.#network.lostAnswers(origin) + this.#endedByIssuer(origin);
      if (entry.state.kind !== 'revoked') {
        this.#violations.push(`an account became ${entry.state.kind}: ${JSON.stringify(entry.state)}`);
      } else if (ended > explained) {
        this.#violations.push(`a grant ended that nothing explains: ${JSON.stringify(entry.state)}`);
      }
    });
  }

  readonly #endings = new Map<string, number>();

  #endedByIssuer(origin: string): number {
    return this.#endings.get(origin) ?? 0;
  }

  async #breakThings(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const { afterMs, fault } = drawFault(this.#random, this.#world.places.length);
      await pause(afterMs, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return;
      const name = nameOf(fault);
      this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
      await this.#break(fault, over);
    }
  }

  async #break(fault: Fault, over: AbortSignal): Promise<void> {
    if (fault.kind === 'network-off') {
      this.#network.off();
      await pause(fault.forMs, undefined, { signal: over }).catch(() => undefined);
      this.#network.on();
      this.#core.wake();
      return;
    }
    const place = this.#world.places[fault.place];
    if (place && fault.fault.kind === 'grants-revoked') {
      const { origin } = new URL(place.issuerUrl);
      const accounts = this.#core.accounts.all().filter((one) => one.issuer === place.issuerUrl).length;
      this.#endings.set(origin, this.#endedByIssuer(origin) + accounts);
    }
    this.#world.fault(fault.place, fault.fault);
  }

  async #sample(over: AbortSignal): Promise<void> {
    const everyMs = (this.#options.minutes * 60_000) / SAMPLES;
    while (!over.aborted) {
      const sample = await takeSample(this.#options.folder);
      this.#samples.push(sample);
      if (sample.traces > TRACES_KEPT + TRACES_LEAVING)
        this.#violations.push(`${sample.traces} traces are kept`);
      const { heapMiB, handles, sockets, descriptors, files, traces } = sample;
      this.#options.progress(
        `heap ${heapMiB.toFixed(1)} MiB, ${handles} handles, ${sockets} sockets, ${descriptors} descriptors, ` +
          `${files} files, ${traces} traces; ${this.#person.deeds.calls} deeds, ${this.#renewals} renewals, ${this.#ended} grants ended`,
      );
      await pause(everyMs, undefined, { signal: over }).catch(() => undefined);
    }
  }

  async #lookAtEveryAccount(): Promise<{ working: number; honest: Map<string, number> }> {
    const honest = new Map<string, number>();
    let working = 0;
    for (const { id } of this.#core.accounts.all()) {
      let problem: string | null = null;
      for (let tried = 0; tried < LAST_TRIES; tried += 1) {
        this.#core.wake();
        problem = await this.#person.whoIs(this.#core.accounts.require(id));
        if (problem === null) break;
        await pause(LAST_PAUSE_MS);
      }
      const account = this.#core.accounts.require(id);
      if (problem === null) working += 1;
      else if (account.state.kind === 'revoked' && (await this.#person.signInAgain(account))) {
        honest.set(
          'ended, said so, and back after a sign-in',
          (honest.get('ended, said so, and back after a sign-in') ?? 0) + 1,
        );
      } else this.#violations.push(`an account says ${account.state.kind}, and a call ends with ${problem}`);
    }
    return { working, honest };
  }
}
