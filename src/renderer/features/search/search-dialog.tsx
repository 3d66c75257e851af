import { CloseButton, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { FileText, LayoutTemplate, MessageSquareText, Search, Wrench } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CatalogHit, CatalogKind } from '../../../shared/domain/catalog.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { keys, useWorld } from '../../state/live.ts';
import { type CatalogTab, type Route, routeHash, toItem } from '../../state/route.ts';
import './search.css';

const icons = {
  tools: Wrench,
  resources: FileText,
  templates: LayoutTemplate,
  prompts: MessageSquareText,
} as const satisfies Record<CatalogKind, unknown>;

const tabs: Record<CatalogKind, CatalogTab> = {
  tools: 'tools',
  resources: 'resources',
  templates: 'resources',
  prompts: 'prompts',
};

/** While servers are still being asked for their lists, the search is repeated this often, in milliseconds. */
const AGAIN_MS = 700;

/** Finds tools, resources and prompts of all servers. Arrow keys move, Enter opens. */
export default function SearchDialog({
  initialQuery,
  onClose,
}: {
  initialQuery: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [query, setQuery] = useState(initialQuery);
  const deferred = useDeferredValue(query.trim().slice(0, 500));
  const list = useRef<HTMLUListElement>(null);
  const result = useQuery({
    queryKey: [...keys.search, deferred],
    queryFn: () => call('catalog.search', { query: deferred }),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: ({ state }) => ((state.data?.loading ?? 0) > 0 ? AGAIN_MS : false),
  });
  const hits = deferred === '' ? [] : (result.data?.hits ?? []);

  const links = () => [...(list.current?.querySelectorAll<HTMLElement>('a') ?? [])];
  const keyPressed = (event: KeyboardEvent) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (at + step < 0) document.getElementById('search-all-field')?.focus();
      else all[Math.min(at + step, all.length - 1)]?.focus();
    } else if (event.key === 'Enter' && at < 0) {
      event.preventDefault();
      all[0]?.click();
    }
  };

  return (
    <Dialog title={t('search.title')} size={640} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the field and the links in it take the focus */}
      <div className="gh-stack-3" onKeyDown={keyPressed}>
        <TextInput
          id="search-all-field"
          data-autofocus
          aria-label={t('search.field')}
          placeholder={t('search.field')}
          leftSection={<Search size={15} aria-hidden="true" />}
          rightSection={
            query && (
              <CloseButton size="xs" aria-label={t('common.clearSearch')} onClick={() => setQuery('')} />
            )
          }
          maxLength={500}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          data-testid="search-field"
        />
        {result.isError && <ProblemNotice problem={problemOf(result.error)} />}
        <p className="gh-faint gh-small" role="status">
          <Words query={deferred} total={result.data?.total ?? null} shown={hits.length} />
          {(result.data?.loading ?? 0) > 0 && (
            <> · {t('search.loading', { count: result.data?.loading ?? 0 })}</>
          )}
        </p>
        <ul className="gh-hits" ref={list} aria-label={t('search.title')}>
          {hits.map((hit) => (
            <Hit key={`${hit.serverId} ${hit.kind} ${hit.key}`} hit={hit} onOpen={onClose} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Words({ query, total, shown }: { query: string; total: number | null; shown: number }) {
  const { t } = useTranslation();
  if (query === '') return t('search.hint');
  if (total === null) return null;
  if (total === 0) return t('search.none', { query: visibleText(query, 60) });
  return total > shown ? t('search.first', { shown, count: total }) : t('search.count', { count: total });
}

function routeOf({ serverId, accountId, kind, key }: CatalogHit): Route {
  return toItem(serverId, tabs[kind], { key, accountId });
}

function Hit({ hit, onOpen }: { hit: CatalogHit; onOpen: () => void }) {
  const { t } = useTranslation();
  const { serverId, kind, key, label, summary } = hit;
  const serverName = useWorld('servers', (servers) => servers.get(serverId)?.name) ?? '';
  const Icon = icons[kind];
  return (
    <li>
      <a href={routeHash(routeOf(hit))} onClick={onOpen} data-testid={`hit-${kind}-${key}`}>
        <Icon size={15} aria-hidden="true" />
        <span className="gh-hit-text">
          <span className="gh-hit-line">
            <OutsideText text={label} limit={120} className="gh-strong" />
            <span className="gh-faint gh-small">
              {t(`search.kinds.${kind}`)} · <OutsideText text={serverName} limit={60} />
            </span>
          </span>
          <bdi className="gh-soft gh-small gh-hit-summary">{visibleText(summary ?? key, 160)}</bdi>
        </span>
      </a>
    </li>
  );
}
