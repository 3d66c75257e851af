import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { problemOf } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { keys } from '../../state/live.ts';
import { type CatalogItem, navigate, toItem, toServer } from '../../state/route.ts';
import { type CatalogTabProps, Connected } from '../catalog/connected.tsx';
import { EntryList } from '../catalog/entry-list.tsx';
import { ListNotes } from '../catalog/list-notes.tsx';
import { TwoPanes } from '../catalog/two-panes.tsx';
import { PageLoading } from '../frame/page-loading.tsx';
import { ResourcePane } from './resource-pane.tsx';
import { TemplatePane } from './template-pane.tsx';
import '../tools/tools.css';

type Listed = CallOutput<'resources.list'>;

export default function ResourcesTab(props: CatalogTabProps) {
  return (
    <Connected {...props}>
      {(accountId) => (
        <Resources key={accountId ?? ''} serverId={props.server.id} accountId={accountId} item={props.item} />
      )}
    </Connected>
  );
}

interface Place {
  serverId: string;
  accountId: string | null;
  item: CatalogItem | null;
}

function Resources({ serverId, accountId, item }: Place) {
  const { t } = useTranslation();
  const listed = useQuery({
    queryKey: keys.catalog(serverId, accountId, 'resources'),
    queryFn: () => call('resources.list', { serverId, accountId }),
    // The main process knows how long a list holds.
    staleTime: 0,
  });
  if (listed.isError)
    return (
      <ProblemNotice
        problem={problemOf(listed.error)}
        context={{ serverId, accountId, onRetry: () => void listed.refetch() }}
      />
    );
  if (!listed.data) return <PageLoading />;
  const { resources, templates } = listed.data;
  const nothing = resources.entries.length === 0 && templates.entries.length === 0;
  return (
    <>
      <ListNotes of={[resources, templates]} />
      {nothing && !item ? (
        <Empty icon={<FileText size={22} aria-hidden="true" />} title={t('resources.none')} />
      ) : (
        <Panes listed={listed.data} serverId={serverId} accountId={accountId} item={item} />
      )}
    </>
  );
}

function Panes({ listed, serverId, accountId, item }: Place & { listed: Listed }) {
  const { t } = useTranslation();
  const template = listed.templates.entries.find(({ uriTemplate }) => uriTemplate === item?.key);
  const entry = listed.resources.entries.find(({ uri }) => uri === item?.key);
  const back = () => navigate(toServer(serverId, 'resources'));
  const open = (key: string) => navigate(toItem(serverId, 'resources', { key }));
  return (
    <TwoPanes
      list={<Lists listed={listed} chosenKey={item?.key ?? null} onChoose={open} />}
      chosen={
        item &&
        (template ? (
          <TemplatePane
            key={template.uriTemplate}
            template={template}
            serverId={serverId}
            accountId={accountId}
            onBack={back}
            onOpen={open}
          />
        ) : (
          <ResourcePane
            key={item.key}
            uri={item.key}
            entry={entry ?? null}
            canFollow={listed.canFollow}
            followed={listed.followed.includes(item.key)}
            serverId={serverId}
            accountId={accountId}
            onBack={back}
          />
        ))
      }
      empty={
        <Empty
          icon={<FileText size={22} aria-hidden="true" />}
          title={t('resources.choose')}
          text={t('resources.chooseText')}
        />
      }
    />
  );
}

function Lists({
  listed: { resources, templates, followed },
  chosenKey,
  onChoose,
}: {
  listed: Listed;
  chosenKey: string | null;
  onChoose: (key: string) => void;
}) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<'resources' | 'templates'>(() => {
    const isTemplate = templates.entries.some(({ uriTemplate }) => uriTemplate === chosenKey);
    return resources.entries.length === 0 || isTemplate ? 'templates' : 'resources';
  });
  const resourceRows = useMemo(() => {
    const marked = new Set(followed);
    return resources.entries.map(({ uri, name, title, summary }) => ({
      key: uri,
      label: title ?? name,
      summary: summary ?? uri,
      ...(marked.has(uri) && { mark: t('resources.followed') }),
    }));
  }, [resources, followed, t]);
  const templateRows = useMemo(
    () =>
      templates.entries.map(({ uriTemplate, name, title, summary }) => ({
        key: uriTemplate,
        label: title ?? name,
        summary: summary ?? uriTemplate,
      })),
    [templates],
  );
  const both = resourceRows.length > 0 && templateRows.length > 0;
  return (
    <div className="gh-stack-2 gh-pane-list">
      {both && (
        <SegmentedControl
          size="xs"
          aria-label={t('resources.kinds')}
          value={kind}
          data={[
            { value: 'resources', label: t('resources.plain') },
            { value: 'templates', label: t('resources.templates') },
          ]}
          onChange={(value) => setKind(value === 'templates' ? 'templates' : 'resources')}
        />
      )}
      {kind === 'resources' ? (
        <EntryList
          rows={resourceRows}
          chosenKey={chosenKey}
          words={{
            list: t('resources.plain'),
            search: t('resources.search'),
            count: (count) => t('resources.count', { count }),
            noMatch: (search) => t('resources.noMatch', { search }),
          }}
          testId="resource"
          onChoose={onChoose}
        />
      ) : (
        <EntryList
          rows={templateRows}
          chosenKey={chosenKey}
          words={{
            list: t('resources.templates'),
            search: t('resources.templatesSearch'),
            count: (count) => t('resources.templatesCount', { count }),
            noMatch: (search) => t('resources.templatesNoMatch', { search }),
          }}
          testId="template"
          onChoose={onChoose}
        />
      )}
    </div>
  );
}
