import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type DragEvent,
  type KeyboardEvent,
  memo,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { useAfterFirstPicture } from '../../state/first-picture.ts';
import type { ListItem } from '../../state/server-list.ts';
import { ServerRow } from './server-row.tsx';

const HEADING_HEIGHT = 32;
const ROW_HEIGHT = 52;
const NO_ACCOUNTS: readonly AccountView[] = [];

export interface ServerListHandle {
  focusFirst(): void;
}

/** Which servers are chosen, while the person chooses. */
export interface ServerSelection {
  has(serverId: string): boolean;
  set(serverIds: readonly string[], on: boolean): void;
}

/** Where a server that is dragged would be put. */
interface Drop {
  readonly serverId: string;
  readonly place: 'before' | 'after';
}

/**
 * The servers, only those in view in the document. Arrow keys move, Enter opens; with Alt, or by dragging, a server
 * changes its place within its group.
 */
export const ServerList = memo(function ServerList({
  items,
  accounts,
  selectedId,
  selection,
  onMove,
  ref,
}: {
  items: readonly ListItem[];
  accounts: ReadonlyMap<string, readonly AccountView[]>;
  selectedId: string | null;
  selection: ServerSelection | null;
  /** Puts a server next to another one of its group. */
  onMove: (serverId: string, place: 'before' | 'after', otherId: string) => void;
  ref: Ref<ServerListHandle>;
}) {
  const { t, i18n } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [draggedId, setDraggedId] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  const movedId = useRef<string | null>(null);
  const isDrawn = useAfterFirstPicture();

  const rows = useMemo(
    () => items.flatMap((item, index) => (item.kind === 'server' ? [index] : [])),
    [items],
  );
  const indexOf = (serverId: string | null) =>
    serverId === null ? -1 : items.findIndex((item) => item.kind === 'server' && item.server.id === serverId);
  const active = [focusedId, selectedId].map(indexOf).find((index) => index >= 0) ?? rows[0] ?? 0;
  const dragged = indexOf(draggedId);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'heading' ? HEADING_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => {
      const item = items[index];
      return item?.kind === 'server' ? item.server.id : (item?.group ?? index);
    },
    // A guess, so that what is in view is there at once; it is measured afterwards.
    initialRect: { width: 0, height: window.innerHeight / 2 },
    overscan: isDrawn ? 3 : 0,
    // The row that Tab leads to stays in the document wherever the list is scrolled, and so does one that is dragged.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) =>
        [...new Set([active, ...(dragged >= 0 ? [dragged] : []), ...defaultRangeExtractor(range)])].sort(
          (a, b) => a - b,
        ),
      [active, dragged],
    ),
  });

  const selectedIndex = indexOf(selectedId);
  const isSelectedListed = selectedIndex >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per choice, not when the order changes
  useEffect(() => {
    if (isSelectedListed) virtualizer.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedId, isSelectedListed]);

  const focusRow = (index: number | undefined) => {
    const item = index === undefined ? undefined : items[index];
    if (index === undefined || item?.kind !== 'server') return;
    setFocusedId(item.server.id);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-server-id="${item.server.id}"]`)?.focus(),
    );
  };
  useImperativeHandle(ref, () => ({ focusFirst: () => focusRow(rows[0]) }));
  // A row that moved by the keyboard takes the focus along.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the order changed
  useEffect(() => {
    if (movedId.current === null) return;
    focusRow(indexOf(movedId.current));
    movedId.current = null;
  }, [items]);

  /** The server beside another one in its group. */
  const neighbour = (index: number, step: 1 | -1): string | null => {
    const item = items[index + step];
    return item?.kind === 'server' ? item.server.id : null;
  };

  const keyPressed = (event: KeyboardEvent) => {
    const position = rows.indexOf(active);
    const item = items[active];
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      const up = event.key === 'ArrowUp';
      const other = neighbour(active, up ? -1 : 1);
      if (item?.kind !== 'server' || other === null) return;
      movedId.current = item.server.id;
      onMove(item.server.id, up ? 'before' : 'after', other);
      return;
    }
    const target = {
      ArrowDown: rows[position + 1],
      ArrowUp: rows[position - 1],
      Home: rows[0],
      End: rows.at(-1),
      PageDown: rows[Math.min(position + 10, rows.length - 1)],
      PageUp: rows[Math.max(position - 10, 0)],
    }[event.key];
    if (event.key === 'ArrowUp' && position === 0) {
      event.preventDefault();
      document.getElementById('server-filter')?.focus();
    } else if (target !== undefined) {
      event.preventDefault();
      focusRow(target);
    }
  };

  const draggedOver = (event: DragEvent, index: number) => {
    const item = items[index];
    if (dragged < 0 || item?.kind !== 'server' || !inSameGroup(items, dragged, index)) return setDrop(null);
    event.preventDefault();
    event.dataTransfer.dropEffect = 'move';
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const place = event.clientY < top + height / 2 ? 'before' : 'after';
    if (drop?.serverId !== item.server.id || drop.place !== place)
      setDrop({ serverId: item.server.id, place });
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    if (draggedId !== null && drop && drop.serverId !== draggedId)
      onMove(draggedId, drop.place, drop.serverId);
    endDrag();
  };
  const endDrag = useCallback(() => {
    setDraggedId(null);
    setDrop(null);
  }, []);

  return (
    <div className="gh-server-list" ref={scroller}>
      <ul
        style={{ height: virtualizer.getTotalSize() }}
        aria-label={t('frame.servers')}
        onKeyDown={keyPressed}
        onFocus={({ target }) => setFocusedId((target as HTMLElement).dataset.serverId ?? null)}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setFocusedId(null);
        }}
      >
        {virtualizer.getVirtualItems().map(({ index, start, size, key }) => {
          const item = items[index];
          if (!item) return null;
          return (
            <li
              key={key}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ height: size, transform: `translateY(${start}px)` }}
              data-drop={item.kind === 'server' && drop?.serverId === item.server.id ? drop.place : undefined}
              onDragOver={(event) => draggedOver(event, index)}
              onDrop={dropped}
            >
              {item.kind === 'heading' ? (
                <h2 className="gh-group" data-group={item.group}>
                  {t(`frame.groups.${item.group}`)} <span>{item.count}</span>
                </h2>
              ) : (
                <ServerRow
                  id={item.server.id}
                  name={item.server.name}
                  host={item.host}
                  status={item.status}
                  consent={item.server.consent}
                  accounts={accounts.get(item.server.id) ?? NO_ACCOUNTS}
                  selected={item.server.id === selectedId}
                  tabbable={index === active}
                  chosen={selection ? selection.has(item.server.id) : null}
                  onChoose={selection?.set ?? null}
                  onDrag={setDraggedId}
                  onDragEnd={endDrag}
                  t={t}
                  language={i18n.language}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
});

/** Whether no heading is between two rows. */
function inSameGroup(items: readonly ListItem[], one: number, other: number): boolean {
  const between = items.slice(Math.min(one, other), Math.max(one, other) + 1);
  return between.every(({ kind }) => kind === 'server');
}
