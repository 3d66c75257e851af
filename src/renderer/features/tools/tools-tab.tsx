import { useQuery } from '@tanstack/react-query';
import { Wrench } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
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
import { CallHistory } from './call-history.tsx';
import { OpenedTool } from './tool-pane.tsx';
import './tools.css';

export default function ToolsTab(props: CatalogTabProps) {
  return (
    <Connected {...props}>
      {(accountId) => (
        <Tools key={accountId ?? ''} serverId={props.server.id} accountId={accountId} item={props.item} />
      )}
    </Connected>
  );
}

function Tools({
  serverId,
  accountId,
  item,
}: {
  serverId: string;
  accountId: string | null;
  item: CatalogItem | null;
}) {
  const { t } = useTranslation();
  const tools = useQuery({
    queryKey: keys.catalog(serverId, accountId, 'tools'),
    queryFn: () => call('tools.list', { serverId, accountId }),
    // The main process knows how long a list holds.
    staleTime: 0,
  });
  const entries = tools.data?.entries;
  const rows = useMemo(
    () => (entries ?? []).map(({ name, title, summary }) => ({ key: name, label: title ?? name, summary })),
    [entries],
  );

  if (tools.isError)
    return (
      <ProblemNotice
        problem={problemOf(tools.error)}
        context={{ serverId, accountId, onRetry: () => void tools.refetch() }}
      />
    );
  if (!tools.data) return <PageLoading />;
  if (rows.length === 0)
    return (
      <>
        <Empty icon={<Wrench size={22} aria-hidden="true" />} title={t('tools.none')} />
        <ListNotes of={[tools.data]} />
      </>
    );
  return (
    <>
      <ListNotes of={[tools.data]} />
      <TwoPanes
        list={
          <EntryList
            rows={rows}
            chosenKey={item?.key ?? null}
            words={{
              list: t('tools.title'),
              search: t('tools.search'),
              count: (count) => t('tools.count', { count }),
              noMatch: (search) => t('tools.noMatch', { search }),
            }}
            testId="tool"
            onChoose={(key) => navigate(toItem(serverId, 'tools', { key }))}
          />
        }
        chosen={
          item && (
            <OpenedTool
              key={item.key}
              name={item.key}
              serverId={serverId}
              accountId={accountId}
              onBack={() => navigate(toServer(serverId, 'tools'))}
            />
          )
        }
        empty={
          <>
            <Empty
              icon={<Wrench size={22} aria-hidden="true" />}
              title={t('tools.choose')}
              text={t('tools.chooseText')}
            />
            <CallHistory serverId={serverId} />
          </>
        }
      />
    </>
  );
}
