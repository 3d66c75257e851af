import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Account } from '../../shared/domain/account.ts';
import { type GrantEvent, grantEvent, HISTORY_LIMIT } from '../../shared/domain/grant-history.ts';
import type { BookChange } from '../store/book.ts';
import { JsonFile } from '../store/json-file.ts';
import type { AccountBook } from './account-book.ts';

const storedHistory = z.array(grantEvent);

/**
 * What a change of an account says about its grant, oldest first. From the two states alone, so that the
 * history can't tell anything else than the account does.
 */
export function eventsOfChange(before: Account | null, after: Account): GrantEvent[] {
  const events: GrantEvent[] = [];
  const { grant, state } = after;
  if (before === null || before.grant.grantedAt !== grant.grantedAt) {
    const earlier = new Set(before?.grant.requestedScopes);
    const added = (grant.requestedScopes ?? []).filter((scope) => !earlier.has(scope));
    const steppedUp = before?.issuer === after.issuer && earlier.size > 0 && added.length > 0;
    const scopes = grant.requestedScopes;
    const at = grant.grantedAt;
    events.push(
      steppedUp
        ? { kind: 'stepped-up', at, added, scopes }
        : { kind: 'asked', at, issuer: after.issuer, scopes },
      { kind: 'granted', at, scopes: grant.grantedScopes },
    );
  } else if (after.lastRefreshedAt !== null && before.lastRefreshedAt !== after.lastRefreshedAt) {
    events.push({ kind: 'refreshed', at: after.lastRefreshedAt, lastAt: after.lastRefreshedAt, count: 1 });
  }
  const declinedBefore = new Set(before?.stepUps?.declined.map(({ scope }) => scope));
  const declined = (after.stepUps?.declined ?? []).filter(({ scope }) => !declinedBefore.has(scope));
  const [first] = declined;
  if (first) events.push({ kind: 'declined', at: first.at, scopes: declined.map(({ scope }) => scope) });
  if (before?.state.kind !== state.kind || isNewWish(before, after)) {
    switch (state.kind) {
      case 'live':
        break;
      case 'insufficient': {
        const { at, wantedScopes: scopes, wantedBy } = state;
        events.push({ kind: 'more-wanted', at, scopes, ...(wantedBy !== undefined && { wantedBy }) });
        break;
      }
      default:
        events.push(state);
    }
  }
  return events;
}

function isNewWish(before: Account, after: Account): boolean {
  const [earlier, now] = [before.state, after.state];
  if (earlier.kind !== 'insufficient' || now.kind !== 'insufficient') return false;
  return earlier.wantedScopes.join(' ') !== now.wantedScopes.join(' ');
}

/** A history with one more event: renewals in a row are one entry, and only the newest entries stay. */
export function withEvent(history: readonly GrantEvent[], event: GrantEvent): GrantEvent[] {
  const last = history.at(-1);
  if (last?.kind === 'refreshed' && event.kind === 'refreshed') {
    return [...history.slice(0, -1), { ...last, lastAt: event.lastAt, count: last.count + event.count }];
  }
  return [...history, event].slice(-HISTORY_LIMIT);
}

/** What happened to each account's grant, one file per account, so that a renewal writes a small one. */
export class GrantHistory {
  readonly #folder: string;
  readonly #open = new Map<string, Promise<{ file: JsonFile<GrantEvent[]>; events: GrantEvent[] }>>();
  readonly #saves = new Set<Promise<unknown>>();

  /** @param folder absolute path of the histories' folder */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes down what changes in the book from now on. */
  follow(accounts: AccountBook): () => void {
    return accounts.listen((change) => {
      const done = this.#take(change).catch(() => undefined);
      this.#saves.add(done);
      void done.then(() => this.#saves.delete(done));
    });
  }

  /** The history of one account, oldest first. */
  async of(accountId: string): Promise<GrantEvent[]> {
    return [...(await this.#opened(accountId)).events];
  }

  /** Deletes everything, also what no account belongs to any more. */
  async clear(): Promise<void> {
    await this.settled();
    this.#open.clear();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Deletes histories whose account is gone. */
  async tidy(accounts: AccountBook): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const accountId = name.replace(/\.json$/, '');
      if (name !== accountId && !accounts.get(accountId)) await rm(join(this.#folder, name), { force: true });
    }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#saves);
  }

  async #take(change: BookChange<Account>): Promise<void> {
    const { entry } = change;
    if (change.kind === 'removed') {
      const opened = this.#open.get(entry.id);
      this.#open.delete(entry.id);
      await (await opened)?.file.settled();
      await rm(this.#path(entry.id), { force: true });
      return;
    }
    const events = eventsOfChange(change.before, entry);
    if (events.length === 0) return;
    const opened = await this.#opened(entry.id);
    for (const event of events) opened.events = withEvent(opened.events, event);
    await opened.file.save(opened.events);
  }

  #opened(accountId: string) {
    const open =
      this.#open.get(accountId) ??
      (async () => {
        const file = new JsonFile({
          path: this.#path(accountId),
          schema: storedHistory,
          empty: () => [] as GrantEvent[],
        });
        // A history that can't be read is set aside; the account itself does not depend on it.
        return { file, events: (await file.load()).value };
      })();
    this.#open.set(accountId, open);
    return open;
  }

  #path(accountId: string): string {
    if (!/^[a-z0-9-]{1,64}$/.test(accountId)) throw new Error('not an account identifier');
    return join(this.#folder, `${accountId}.json`);
  }
}
