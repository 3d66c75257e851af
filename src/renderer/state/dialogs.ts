import { useSyncExternalStore } from 'react';
import type { SignOutReport, SignOutScope } from '../../shared/contract/accounts.ts';

/** What the add dialog opens with. */
export interface AddServerRequest {
  url: string;
  name: string | null;
  source: 'person' | 'link';
}

/** What came of a sign-out, with what was known of its accounts before they were gone. */
export interface SignOutReportRequest {
  reports: readonly SignOutReport[];
  places: ReadonlyMap<string, AccountPlace>;
}

/** Where an account is, in words. */
export interface AccountPlace {
  /** Null when the server was gone already. */
  serverName: string | null;
  issuerHost: string;
}

/** One dialog that any part of the window may open. */
class DialogSlot<Request> {
  #open: Request | null = null;
  readonly #listeners = new Set<() => void>();

  readonly set = (request: Request | null): void => {
    this.#open = request;
    for (const listener of this.#listeners) listener();
  };

  /** What the dialog is open with, or null; renders again when that changes. */
  readonly use = (): Request | null =>
    useSyncExternalStore(
      (changed) => {
        this.#listeners.add(changed);
        return () => this.#listeners.delete(changed);
      },
      () => this.#open,
    );
}

const addServer = new DialogSlot<AddServerRequest>();
const approval = new DialogSlot<string>();

export function openAddServer(request: AddServerRequest = { url: '', name: null, source: 'person' }): void {
  addServer.set(request);
}

export function closeAddServer(): void {
  addServer.set(null);
}

export function useAddServerRequest(): AddServerRequest | null {
  return addServer.use();
}

/** Shows the command of a local server for approval. */
export function openApproval(serverId: string): void {
  approval.set(serverId);
}

export function closeApproval(): void {
  approval.set(null);
}

/** Identifier of the server whose command is to be approved. */
export function useApprovalRequest(): string | null {
  return approval.use();
}

const importing = new DialogSlot<true>();

/** Shows the servers other MCP clients keep on this computer. */
export function openImport(): void {
  importing.set(true);
}

export function closeImport(): void {
  importing.set(null);
}

export function useImportOpen(): boolean {
  return importing.use() !== null;
}

const palette = new DialogSlot<true>();

/** Opens the list of everything one can do and go to. */
export function openPalette(): void {
  palette.set(true);
}

export function closePalette(): void {
  palette.set(null);
}

export function usePaletteOpen(): boolean {
  return palette.use() !== null;
}

const search = new DialogSlot<string>();

/** Opens the search through what all servers offer, with something to look for. */
export function openSearch(query = ''): void {
  search.set(query);
}

export function closeSearch(): void {
  search.set(null);
}

/** What the search opens with; null while it is closed. */
export function useSearchRequest(): string | null {
  return search.use();
}

const signOut = new DialogSlot<SignOutScope>();
const signOutReport = new DialogSlot<SignOutReportRequest>();

/** Asks whether these accounts shall be signed out. */
export function openSignOut(scope: SignOutScope): void {
  signOut.set(scope);
}

export function closeSignOut(): void {
  signOut.set(null);
}

export function useSignOutRequest(): SignOutScope | null {
  return signOut.use();
}

/** Shows what came of a sign-out, whatever page is open by then. */
export function openSignOutReport(request: SignOutReportRequest): void {
  signOutReport.set(request);
}

export function closeSignOutReport(): void {
  signOutReport.set(null);
}

export function useSignOutReport(): SignOutReportRequest | null {
  return signOutReport.use();
}
