import { CloseButton, Menu, TextInput } from '@mantine/core';
import { ArrowDownAZ, ListChecks, Search, SlidersHorizontal } from 'lucide-react';
import { type KeyboardEvent, memo, startTransition, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/icon-button.tsx';
import { orderServers, selectServers } from '../../state/frame.ts';
import { useWorld } from '../../state/live.ts';
import { type ServerFilter, serverFilters } from '../../state/server-list.ts';

/** What narrows the list of servers down, and what can be done with the list itself. */
export const ServerTools = memo(function ServerTools({
  onSearch,
  onSearchKey,
  filter,
  counts,
  onFilter,
}: {
  /** Told what the list is to be narrowed down to, once what was typed is on the screen. */
  onSearch: (search: string) => void;
  onSearchKey: (event: KeyboardEvent) => void;
  filter: ServerFilter;
  counts: Readonly<Record<ServerFilter, number>>;
  onFilter: (filter: ServerFilter) => void;
}) {
  const { t } = useTranslation();
  // A filter that lets nothing or everything through has nothing to say.
  const offered = serverFilters.filter(
    (name) => name === 'all' || name === filter || (counts[name] > 0 && counts[name] < counts.all),
  );
  return (
    <div className="gh-sidebar-filter">
      <div className="gh-sidebar-search">
        <SearchField onSearch={onSearch} onKey={onSearchKey} />
        <ListMenu />
      </div>
      {offered.length > 1 && (
        <fieldset className="gh-filters" aria-label={t('frame.filters.label')}>
          {offered.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="server-filter-kind"
                checked={filter === name}
                onChange={() => onFilter(name)}
              />
              <span className="gh-filter">
                {t(`frame.filters.${name}`)} <span className="gh-filter-count">{counts[name]}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
});

/** What is typed shows at once; the list follows, however long it is. */
function SearchField({
  onSearch,
  onKey,
}: {
  onSearch: (search: string) => void;
  onKey: (event: KeyboardEvent) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const change = (text: string) => {
    setTyped(text);
    startTransition(() => onSearch(text));
  };
  return (
    <TextInput
      id="server-filter"
      size="xs"
      aria-label={t('frame.filter')}
      placeholder={t('frame.filter')}
      title={t('frame.filterHint')}
      value={typed}
      leftSection={<Search size={14} aria-hidden="true" />}
      rightSection={
        typed ? (
          <CloseButton size="xs" aria-label={t('common.clearSearch')} onClick={() => change('')} />
        ) : (
          <span className="gh-kbd" aria-hidden="true">
            /
          </span>
        )
      }
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !typed) return onKey(event);
        event.stopPropagation();
        change('');
      }}
    />
  );
}

/** What can be done with the list itself. */
const ListMenu = memo(function ListMenu() {
  const { t } = useTranslation();
  const isOrdered = useWorld('settings', ({ serverOrder }) => serverOrder.length > 0);
  return (
    <Menu position="bottom-end" width={200} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <IconButton label={t('frame.listOptions')} data-testid="list-options">
          <SlidersHorizontal size={15} aria-hidden="true" />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<ListChecks size={14} />}
          data-testid="select-servers"
          onClick={() => selectServers(true)}
        >
          {t('frame.select')}
        </Menu.Item>
        <Menu.Item
          leftSection={<ArrowDownAZ size={14} />}
          disabled={!isOrdered}
          onClick={() => orderServers([])}
        >
          {t('palette.app.sortByName')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
