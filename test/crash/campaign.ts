import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { serverSettings } from '../../src/shared/domain/server.ts';
import {
  ACCOUNTS_KEPT,
  type AccountCounts,
  Aftermath,
  type KilledRun,
  type SignInCounts,
} from './aftermath.ts';
import { Browser } from './browser.ts';
import { leftoversIn } from './disk.ts';
import { Inspection } from './inspection.ts';
import { KillSwitch } from './kill-switch.ts';
import type { FromProcess } from './messages.ts';
import { Observer } from './observer.ts';
import { describeMoment, drawPlan, type Plan, type RequestPoint, type WatchedRequest } from './plan.ts';
import { Seeded } from './seeded.ts';
import { VictimProcess } from './victim-process.ts';
import { WatchedSandbox } from './watched-sandbox.ts';

export interface CampaignOptions {
  readonly rounds: number;
  readonly seed: number;
  /** An empty folder; holds the user data of all rounds. */
  readonly folder: string;
  /** Told of each round that is over. */
  readonly progress?: (round: number, plan: string) => void;
}

/** What came of all rounds. */
export interface CampaignReport {
  readonly killed: { time: number; request: number; file: number };
  readonly accounts: AccountCounts;
  readonly signIns: SignInCounts;
  readonly observed: Observer['counts'];
  /** Temporary files the killed processes left behind, at the end. */
  readonly leftovers: number;
  /** Everything that must not happen. */
  readonly violations: readonly string[];
}

/**
 * Kills a working core again and again at planned moments, and looks after each kill whether everything it
 * had is still there and still works. Ends at the first round after which it is not.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const campaign = new Campaign(options);
  try {
    await campaign.setUp();
    // What follows a loss says nothing new.
    for (let round = 1; round <= options.rounds && campaign.sound; round += 1) await campaign.round(round);
    return await campaign.report();
  } finally {
    await campaign.close();
  }
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #folder: string;
  readonly #random: Seeded;
  readonly #browser = new Browser();
  readonly #observer: Observer;
  readonly #sandboxes: WatchedSandbox[] = [];
  readonly #killed = { time: 0, request: 0, file: 0 };
  readonly #aftermath: Aftermath;
  #reached: (request: WatchedRequest, point: RequestPoint) => void = () => undefined;
  #next: VictimProcess;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#folder = join(options.folder, 'user-data');
    this.#random = new Seeded(options.seed);
    this.#observer = new Observer(this.#folder);
    this.#aftermath = new Aftermath(this.#folder, this.#browser, this.#observer, this.#sandboxes);
    this.#next = this.#newVictim();
  }

  /** Whether nothing has happened that must not happen. */
  get sound(): boolean {
    return this.#observer.violations.length === 0;
  }

  /** Two issuers, two servers, one for each way back from the browser, and accounts at both. */
  async setUp(): Promise<void> {
    await mkdir(join(this.#folder, 'vault'), { recursive: true, mode: 0o700 });
    const { ledger } = this.#observer;
    for (const redirect of ['custom-scheme', 'loopback'] as const) {
      const watched = await WatchedSandbox.start({
        reached: (request, point) => this.#reached(request, point),
        refreshTokenArrived: (token) => this.#observer.refreshTokenArrived(token),
        accessTokenArrived: (token) => this.#observer.accessTokenArrived(token),
        issued: (spent, tokens) => (spent === null ? ledger.granted(tokens) : ledger.renewed(spent, tokens)),
      });
      this.#sandboxes.push(watched);
      const first = new Inspection(this.#folder, this.#browser, this.#observer);
      await first.load();
      await first.start();
      const { mcpUrl } = watched.sandbox;
      const { id } = await first.core.addServer(mcpUrl, redirect, serverSettings.parse({ redirect }));
      for (let account = 0; account < ACCOUNTS_KEPT; account += 1) {
        const begun = first.core.signIn({ serverId: id, accountId: null, confirmed: true, extraScopes: [] });
        const status = (await first.core.desk.ended(begun.id))?.status;
        if (status?.kind !== 'succeeded')
          throw new Error(`no account to start with: ${JSON.stringify(status)}`);
      }
      await first.stop();
    }
  }

  async round(round: number): Promise<void> {
    const plan = drawPlan(this.#random);
    await this.#aftermath.look(await this.#workAndDie(plan));
    this.#options.progress?.(round, `${plan.work}, killed ${describeMoment(plan.moment)}`);
  }

  async report(): Promise<CampaignReport> {
    return {
      killed: this.#killed,
      accounts: this.#aftermath.accounts,
      signIns: this.#aftermath.signIns,
      observed: this.#observer.counts,
      leftovers: await leftoversIn(this.#folder),
      violations: this.#observer.violations,
    };
  }

  async close(): Promise<void> {
    this.#next.kill();
    await this.#next.ended();
    await Promise.all(this.#sandboxes.map(({ sandbox }) => sandbox.close()));
  }

  async #workAndDie({ moment, work, seed }: Plan): Promise<KilledRun> {
    const victim = this.#next;
    const { ledger } = this.#observer;
    const before = await this.#aftermath.storedTokens();
    const run: KilledRun = { before, familiesBefore: ledger.families, signedIn: [], signInOpen: false };
    await this.#observer.beginRun();
    await victim.go({ folder: this.#folder, work, seed }, (message) => {
      this.#heard(message, victim, run);
      if (message.kind === 'deed-done') killSwitch.deedDone();
    });
    const killSwitch = new KillSwitch(moment, this.#folder, () => victim.kill());
    this.#reached = (request, point) => killSwitch.reached(request, point);
    const end = await victim.ended();
    killSwitch.disarm();
    this.#reached = () => undefined;
    // The next one loads its code while this one's remains are looked at.
    this.#next = this.#newVictim();
    this.#killed[moment.kind] += 1;
    if (end !== 'SIGKILL') this.#violation(`the process ended by itself: ${end}`);
    return run;
  }

  #heard(message: FromProcess, victim: VictimProcess, run: KilledRun): void {
    switch (message.kind) {
      case 'open-browser':
        this.#browser.visit(new URL(message.url), (link) => victim.send({ kind: 'link', link }));
        return;
      case 'refuse-tokens':
        for (const { sandbox } of this.#sandboxes) {
          if (sandbox.mcpUrl === message.serverUrl) sandbox.server.expireTokens();
        }
        victim.send({ kind: 'tokens-refused' });
        return;
      case 'sign-in-began':
        run.signInOpen = true;
        return;
      case 'sign-in-ended':
        run.signInOpen = false;
        run.signedIn.push(message.accountId);
        this.#aftermath.signIns.finished += 1;
        return;
      case 'went-wrong':
        this.#violation(message.what);
        return;
      case 'deed-done':
      case 'ready':
        return;
    }
  }

  #newVictim(): VictimProcess {
    return new VictimProcess(join(this.#options.folder, 'compiled'));
  }

  #violation(what: string): void {
    this.#observer.violations.push(what);
  }
}
