import { TextInput } from '@mantine/core';
import {
  CircleUser,
  CornerDownLeft,
  FileText,
  type LucideIcon,
  Search,
  Server,
  SquareTerminal,
  Zap,
} from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { openSearch } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { useRoute } from '../../state/route.ts';
import { useShortcutText } from '../../state/shortcuts.ts';
import { doingsOf } from './doings.ts';
import { QUERY_LIMIT } from './matching.ts';
import { appEntries, type PaletteEntry, type PaletteGroup, serverEntries } from './palette-entries.ts';
import { MOST_SHOWN, shownEntries } from './shown-entries.ts';
import './palette.css';

const PAGE = 8;

const icons: Record<PaletteGroup, LucideIcon> = {
  here: SquareTerminal,
  actions: Zap,
  pages: FileText,
  servers: Server,
  accounts: CircleUser,
  search: Search,
};

/** Everything one can do and go to, found by a few letters. The keyboard stays in the field; arrows choose. */
export default function PaletteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const keys = useShortcutText();
  const servers = useWorld('servers');
  const accounts = useWorld('accounts');
  const policy = useWorld('policy');
  const route = useRoute();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const deferred = useDeferredValue(query);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();

  const world = useMemo(
    () => ({
      servers,
      accounts,
      forcedServers: policy?.forcedServers ?? [],
      updatesOff: policy?.updatesOff ?? false,
    }),
    [servers, accounts, policy],
  );
  const entries = useMemo(() => {
    const options = { world, doings: doingsOf(t), t, keys };
    return [...appEntries(options), ...serverEntries(options)];
  }, [world, t, keys]);
  const groups = useMemo(() => {
    const current = route.page === 'server' ? route.serverId : null;
    return shownEntries(entries, deferred, current);
  }, [entries, deferred, route]);

  const sought = deferred.trim();
  const search: PaletteEntry | null =
    sought === '' || servers.size === 0
      ? null
      : {
          id: 'search',
          group: 'search',
          label: t('palette.searchFor', { query: visibleText(sought, 60) }),
          note: null,
          keys: keys('mod+Shift+F'),
          text: '',
          run: () => openSearch(sought),
        };
  const shown = search ? [...groups, { group: 'search' as const, entries: [search] }] : groups;
  const flat = shown.flatMap((group) => group.entries);
  const found = flat.length - (search ? 1 : 0);
  const at = Math.min(chosen, flat.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    setChosen(0);
    if (list.current) list.current.scrollTop = 0;
  }, [deferred]);
  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at, listId]);

  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const keyPressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const last = flat.length - 1;
    const target = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(at + PAGE, last),
      PageUp: Math.max(at - PAGE, 0),
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      setChosen(target);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // What is in the field counts, also while the list is still of what was there before.
      if (deferred === query) run(flat[at]);
    }
  };

  let index = 0;
  return (
    <Dialog title={t('palette.title')} size={620} bare onClose={onClose}>
      <div data-testid="palette">
        <div className="gh-palette-field">
          <TextInput
            data-autofocus
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={flat.length > 0 ? optionId(at) : undefined}
            aria-autocomplete="list"
            aria-label={t('palette.field')}
            placeholder={t('palette.field')}
            title={t('palette.field')}
            autoComplete="off"
            spellCheck={false}
            size="md"
            leftSection={<Search size={16} aria-hidden="true" />}
            maxLength={QUERY_LIMIT}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={keyPressed}
            data-testid="palette-field"
          />
        </div>
        {/* The focus stays in the field: what is chosen here is told by aria-activedescendant. */}
        <div
          className="gh-palette-list"
          ref={list}
          id={listId}
          role="listbox"
          aria-label={t('palette.title')}
        >
          {shown.map(({ group, entries: own }) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options within a listbox
            <div role="group" key={group} aria-labelledby={`${listId}-${group}`}>
              <h3 id={`${listId}-${group}`} role="presentation">
                {t(`palette.groups.${group}`)}
              </h3>
              {own.map((entry) => {
                const own = index++;
                return (
                  <Option
                    key={entry.id}
                    id={optionId(own)}
                    entry={entry}
                    selected={own === at}
                    onPoint={() => setChosen(own)}
                    onRun={() => run(entry)}
                  />
                );
              })}
            </div>
          ))}
        </div>
        <div className="gh-palette-foot">
          <span role="status">
            {sought !== '' &&
              (found === 0
                ? t('palette.none')
                : found >= MOST_SHOWN
                  ? t('palette.first', { count: found })
                  : t('palette.count', { count: found }))}
          </span>
          <span aria-hidden="true">
            <span className="gh-kbd">↑</span> <span className="gh-kbd">↓</span> {t('palette.choose')}{' '}
            <span className="gh-kbd">
              <CornerDownLeft size={10} />
            </span>{' '}
            {t('palette.run')}
          </span>
        </div>
      </div>
    </Dialog>
  );
}

function Option({
  id,
  entry,
  selected,
  onPoint,
  onRun,
}: {
  id: string;
  entry: PaletteEntry;
  selected: boolean;
  onPoint: () => void;
  onRun: () => void;
}) {
  const Icon = icons[entry.group];
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
    <div
      id={id}
      role="option"
      aria-selected={selected}
      className="gh-palette-option"
      data-testid={`palette-${entry.id.replaceAll(' ', '-')}`}
      onMouseMove={selected ? undefined : onPoint}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onRun}
    >
      <Icon size={15} aria-hidden="true" />
      <OutsideText text={entry.label} limit={120} className="gh-palette-label" />
      {entry.note !== null && <OutsideText text={entry.note} limit={120} className="gh-palette-note" />}
      {entry.keys && <span className="gh-kbd">{entry.keys}</span>}
    </div>
  );
}
