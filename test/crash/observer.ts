import { accountsIn, captureVault, type VaultImage, VaultReader } from './disk.ts';
import { Ledger, type Place } from './ledger.ts';

/** What one process, until it is killed or stopped, had and sent. */
interface Run {
  /** Refresh tokens on disk when it started. */
  readonly found: ReadonlySet<string>;
  readonly sent: Set<string>;
}

/**
 * Watches two rules at the issuer's and the server's door: a token is used only after it was stored, and a
 * spent refresh token is sent only by a process that found no newer one stored when it started.
 */
export class Observer {
  readonly ledger = new Ledger();
  readonly vault = new VaultReader();
  readonly violations: string[] = [];
  readonly counts = { refreshRequests: 0, spentSent: 0, spentSentThoughNewerStored: 0, usedBeforeStored: 0 };
  readonly #folder: string;
  readonly #familiesStored = new Set<number>();
  readonly #requests = new Map<number, number>();
  #run: Run = { found: new Set(), sent: new Set() };
  #checks: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A process starts on what is on disk now. */
  async beginRun(): Promise<void> {
    await this.settled();
    const stored = accountsIn(await this.vault.open(captureVault(this.#folder)));
    const found = [...stored.values()].flatMap(({ refreshToken }) => refreshToken ?? []);
    this.#run = { found: new Set(found), sent: new Set() };
  }

  /** Refresh tokens the present process has sent. */
  get sent(): readonly string[] {
    return [...this.#run.sent];
  }

  /** How many refresh requests were made with tokens of a family, ever. */
  requestsOf(family: number): number {
    return this.#requests.get(family) ?? 0;
  }

  /** Resolves when everything that arrived has been judged. */
  settled(): Promise<void> {
    return this.#checks;
  }

  refreshTokenArrived(refreshToken: string): void {
    this.counts.refreshRequests += 1;
    const { found, sent } = this.#run;
    const again = sent.has(refreshToken);
    sent.add(refreshToken);
    const place = this.ledger.place(refreshToken);
    if (!place) {
      this.violations.push('a refresh token came in that nobody issued');
      return;
    }
    this.#requests.set(place.family, this.requestsOf(place.family) + 1);
    if (again) this.violations.push(`one process sent a refresh token twice ${describe(place)}`);
    const spent = this.ledger.isSpent(place);
    if (spent) this.counts.spentSent += 1;
    this.#judge((newestStored) => {
      const newer = newestStored !== undefined && newestStored > place.step;
      if (spent && (newer || !found.has(refreshToken))) {
        this.counts.spentSentThoughNewerStored += 1;
        this.violations.push(
          `a spent refresh token was sent though a newer one was stored ${describe(place)}`,
        );
      }
      if (!spent) this.#expectStored('refresh token', place, newestStored);
    }, place);
  }

  accessTokenArrived(accessToken: string): void {
    const place = this.ledger.place(accessToken);
    if (!place) this.violations.push('an access token came in that nobody issued');
    else this.#judge((newestStored) => this.#expectStored('access token', place, newestStored), place);
  }

  #expectStored(what: string, place: Place, newestStored: number | undefined): void {
    // A sign-in that was replaced by a newer one of the same account is no longer on disk, but was.
    const stored =
      newestStored === undefined ? this.#familiesStored.has(place.family) : newestStored >= place.step;
    if (stored) return;
    this.counts.usedBeforeStored += 1;
    this.violations.push(`the ${what} was used before it was stored ${describe(place)}`);
  }

  /** Judges by what is on disk at this very moment, as soon as it is decrypted. */
  #judge(verdict: (newestStored: number | undefined) => void, { family }: Place): void {
    const image = this.#capture();
    this.#checks = this.#checks.then(async () => {
      if (!image) return;
      try {
        const steps = [...accountsIn(await this.vault.open(image)).values()].flatMap(({ refreshToken }) => {
          const place = refreshToken === null ? undefined : this.ledger.place(refreshToken);
          if (place) this.#familiesStored.add(place.family);
          return place?.family === family ? place.step : [];
        });
        verdict(steps.length === 0 ? undefined : Math.max(...steps));
      } catch (error) {
        this.violations.push(`while a process ran: ${(error as Error).message}`);
      }
    });
  }

  #capture(): VaultImage | null {
    try {
      return captureVault(this.#folder);
    } catch (error) {
      this.violations.push(`while a process ran: ${(error as Error).message}`);
      return null;
    }
  }
}

function describe({ family, step }: Place): string {
  return `(sign-in ${family}, renewal ${step})`;
}
