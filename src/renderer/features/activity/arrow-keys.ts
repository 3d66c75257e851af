import type { KeyboardEvent } from 'react';

/** Moves the focus between the rows of a list by arrow keys, Home and End; Tab still reaches each of them. */
export function moveByArrowKeys(event: KeyboardEvent<HTMLElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const wanted = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const row = wanted === undefined ? undefined : rows[wanted];
  if (!row) return;
  event.preventDefault();
  row.focus();
}
