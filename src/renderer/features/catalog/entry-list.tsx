import { CloseButton, TextInput } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Search } from 'lucide-react';
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { useAfterFirstPicture } from '../../state/first-picture.ts';
import { type EntryRow, findRows, indexRows } from './entry-search.ts';
import './catalog.css';

const ROW_HEIGHT = 62;
/** Characters of a summary; a row shows two lines of it. */
const SUMMARY_LIMIT = 300;

export interface EntryWords {
  /** Names the list itself. */
  list: string;
  search: string;
  count: (count: number) => string;
  noMatch: (search: string) => string;
}

/** A list of any length with a filter; only the rows in view are in the document. Arrow keys move, Enter opens. */
export function EntryList({
  rows,
  chosenKey,
  words,
  testId,
  onChoose,
}: {
  rows: readonly EntryRow[];
  chosenKey: string | null;
  words: EntryWords;
  /** What the test ID of each row starts with. */
  testId: string;
  onChoose: (key: string) => void;
}) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const deferred = useDeferredValue(search);
  const index = useMemo(() => onDemand(() => indexRows(rows)), [rows]);
  const shown = useMemo(
    () => (deferred.trim() ? findRows(index(), deferred) : rows),
    [index, rows, deferred],
  );
  const isDrawn = useAfterFirstPicture();
  // Before the first letter, but not before the list is there.
  useEffect(() => {
    if (isDrawn) index();
  }, [isDrawn, index]);
  return (
    <div className="gh-tools-list">
      <TextInput
        size="xs"
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<Search size={14} aria-hidden="true" />}
        rightSection={
          search && (
            <CloseButton size="xs" aria-label={t('common.clearSearch')} onClick={() => setSearch('')} />
          )
        }
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <p className="gh-faint gh-small" role="status">
        {shown.length === 0 ? words.noMatch(visibleText(search, 60)) : words.count(shown.length)}
      </p>
      <Rows rows={shown} chosenKey={chosenKey} label={words.list} testId={testId} onChoose={onChoose} />
    </div>
  );
}

/** Makes something when it is first asked for, once. */
function onDemand<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function Rows({
  rows,
  chosenKey,
  label,
  testId,
  onChoose,
}: {
  rows: readonly EntryRow[];
  chosenKey: string | null;
  label: string;
  testId: string;
  onChoose: (key: string) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const chosen = useMemo(() => rows.findIndex(({ key }) => key === chosenKey), [rows, chosenKey]);
  const active = Math.min(focused ?? Math.max(chosen, 0), rows.length - 1);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.key ?? index,
    // A guess, so that what is in view is there at once; it is measured afterwards.
    initialRect: { width: 0, height: window.innerHeight / 2 },
    overscan: 3,
    // The row that Tab leads to stays in the document wherever the list is scrolled.
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) =>
        [...new Set([Math.max(active, 0), ...defaultRangeExtractor(range)])]
          .filter((index) => index < range.count)
          .sort((a, b) => a - b),
      [active],
    ),
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: once per choice, not when the list changes
  useEffect(() => {
    if (chosen >= 0) virtualizer.scrollToIndex(chosen, { align: 'auto' });
  }, [chosenKey]);

  const focusRow = (index: number) => {
    setFocused(index);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] button`)?.focus(),
    );
  };
  const keyPressed = (event: KeyboardEvent) => {
    const last = rows.length - 1;
    const target = {
      ArrowDown: Math.min(active + 1, last),
      ArrowUp: Math.max(active - 1, 0),
      Home: 0,
      End: last,
      PageDown: Math.min(active + 10, last),
      PageUp: Math.max(active - 10, 0),
    }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    focusRow(target);
  };
  const choose = useCallback(
    (index: number, key: string) => {
      setFocused(index);
      onChoose(key);
    },
    [onChoose],
  );

  return (
    <div className="gh-entries" ref={scroller}>
      <ul style={{ height: virtualizer.getTotalSize() }} aria-label={label} onKeyDown={keyPressed}>
        {virtualizer.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Row
                  row={row}
                  index={index}
                  chosen={row.key === chosenKey}
                  tabbable={index === active}
                  testId={testId}
                  onChoose={choose}
                />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

const Row = memo(function Row({
  row: { key, label, summary, mark },
  index,
  chosen,
  tabbable,
  testId,
  onChoose,
}: {
  row: EntryRow;
  index: number;
  chosen: boolean;
  tabbable: boolean;
  testId: string;
  onChoose: (index: number, key: string) => void;
}) {
  return (
    <button
      type="button"
      className="gh-tool-row"
      aria-current={chosen ? 'true' : undefined}
      tabIndex={tabbable ? 0 : -1}
      data-testid={`${testId}-${key}`}
      onClick={() => onChoose(index, key)}
    >
      <span className="gh-entry-label">
        <OutsideText text={label} limit={120} className="gh-tool-row-name" />
        {mark && <span className="gh-entry-mark">{mark}</span>}
      </span>
      {summary && <OutsideText text={summary} limit={SUMMARY_LIMIT} className="gh-tool-row-text" />}
    </button>
  );
});
