import { VisuallyHidden } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
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
import type { ConsentStatus } from '../../../shared/domain/account.ts';
import type { ConnectionStatus } from '../../../shared/domain/connection.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { connectionTone, consentTone, type Tone } from '../../components/status.tsx';
import { Tile } from '../../components/tile.tsx';
import { routeHash, toServer } from '../../state/route.ts';
import type { ListItem } from '../../state/server-list.ts';

const HEADING_HEIGHT = 32;
const ROW_HEIGHT = 48;

export interface ServerListHandle {
  focusFirst(): void;
}

/** The servers, only those in view in the document. Arrow keys move, Enter opens. */
export function ServerList({
  items,
  selectedId,
  ref,
}: {
  items: readonly ListItem[];
  selectedId: string | null;
  ref: Ref<ServerListHandle>;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);

  const rows = useMemo(
    () => items.flatMap((item, index) => (item.kind === 'server' ? [index] : [])),
    [items],
  );
  const indexOf = (serverId: string | null) =>
    items.findIndex((item) => item.kind === 'server' && item.server.id === serverId);
  const active = [focusedId, selectedId].map(indexOf).find((index) => index >= 0) ?? rows[0] ?? 0;

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'heading' ? HEADING_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => {
      const item = items[index];
      return item?.kind === 'server' ? item.server.id : (item?.group ?? index);
    },
    overscan: 6,
    // The row that Tab leads to stays in the document wherever the list is scrolled.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) =>
        [...new Set([active, ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
      [active],
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

  const keyPressed = (event: KeyboardEvent) => {
    const position = rows.indexOf(active);
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

  return (
    <div className="gh-server-list" ref={scroller}>
      <ul
        style={{ height: virtualizer.getTotalSize() }}
        aria-label={t('frame.servers')}
        onKeyDown={keyPressed}
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
                  selected={item.server.id === selectedId}
                  tabbable={index === active}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What a row says besides the name: the most useful of both statuses. */
export function rowStatus(
  status: ConnectionStatus,
  consent: ConsentStatus,
): { of: 'consent' | 'connection'; tone: Tone; quiet: boolean } {
  if (status === 'disabled') return { of: 'connection', tone: 'idle', quiet: false };
  const consentSpeaks = !['granted', 'not-needed', 'partial'].includes(consent);
  if (consentSpeaks) return { of: 'consent', tone: consentTone[consent], quiet: false };
  return { of: 'connection', tone: connectionTone[status], quiet: status === 'connected' };
}

const ServerRow = memo(function ServerRow({
  id,
  name,
  host,
  status,
  consent,
  selected,
  tabbable,
}: {
  id: string;
  name: string;
  host: string;
  status: ConnectionStatus;
  consent: ConsentStatus;
  selected: boolean;
  tabbable: boolean;
}) {
  const { t } = useTranslation();
  const { of, tone, quiet } = rowStatus(status, consent);
  const words = of === 'consent' ? t(`consent.short.${consent}`) : t(`connection.${status}`);
  return (
    <a
      className="gh-server-row"
      href={routeHash(toServer(id))}
      aria-current={selected ? 'page' : undefined}
      tabIndex={tabbable ? 0 : -1}
      data-server-id={id}
      data-testid={`server-row-${id}`}
      data-status={status}
    >
      <Tile name={name} tone={tone} />
      <span className="gh-server-row-text">
        <OutsideText text={name} className="gh-server-row-name" />
        <span className="gh-server-row-line">
          {quiet ? (
            <VisuallyHidden>{words}</VisuallyHidden>
          ) : (
            <>
              <span className="gh-server-row-status" data-tone={tone}>
                {words}
              </span>
              <span aria-hidden="true"> · </span>
            </>
          )}
          <OutsideText text={host} />
        </span>
      </span>
    </a>
  );
});
