import { useSyncExternalStore } from 'react';

/** What the add dialog opens with. */
export interface AddServerRequest {
  url: string;
  name: string | null;
  source: 'person' | 'link';
}

let open: AddServerRequest | null = null;
const listeners = new Set<() => void>();

function set(value: AddServerRequest | null): void {
  open = value;
  for (const listener of listeners) listener();
}

export function openAddServer(request: AddServerRequest = { url: '', name: null, source: 'person' }): void {
  set(request);
}

export function closeAddServer(): void {
  set(null);
}

export function useAddServerRequest(): AddServerRequest | null {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => open,
  );
}
