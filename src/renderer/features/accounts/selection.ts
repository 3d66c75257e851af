/** Which accounts are selected, while the person selects. */
export interface Selection {
  has(accountId: string): boolean;
  set(accountIds: readonly string[], on: boolean): void;
}
