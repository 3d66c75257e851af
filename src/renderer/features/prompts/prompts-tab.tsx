import { useQuery } from '@tanstack/react-query';
import { MessageSquareText } from 'lucide-react';
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
import { PromptPane } from './prompt-pane.tsx';
import '../tools/tools.css';

export default function PromptsTab(props: CatalogTabProps) {
  return (
    <Connected {...props}>
      {(accountId) => (
        <Prompts key={accountId ?? ''} serverId={props.server.id} accountId={accountId} item={props.item} />
      )}
    </Connected>
  );
}

function Prompts({
  serverId,
  accountId,
  item,
}: {
  serverId: string;
  accountId: string | null;
  item: CatalogItem | null;
}) {
  const { t } = useTranslation();
  const prompts = useQuery({
    queryKey: keys.catalog(serverId, accountId, 'prompts'),
    queryFn: () => call('prompts.list', { serverId, accountId }),
    // The main process knows how long a list holds.
    staleTime: 0,
  });
  const entries = prompts.data?.entries;
  const rows = useMemo(
    () => (entries ?? []).map(({ name, title, summary }) => ({ key: name, label: title ?? name, summary })),
    [entries],
  );
  if (prompts.isError)
    return (
      <ProblemNotice
        problem={problemOf(prompts.error)}
        context={{ serverId, accountId, onRetry: () => void prompts.refetch() }}
      />
    );
  if (!prompts.data) return <PageLoading />;
  if (rows.length === 0)
    return (
      <>
        <Empty icon={<MessageSquareText size={22} aria-hidden="true" />} title={t('prompts.none')} />
        <ListNotes of={[prompts.data]} />
      </>
    );
  const chosen = prompts.data.entries.find(({ name }) => name === item?.key);
  return (
    <>
      <ListNotes of={[prompts.data]} />
      <TwoPanes
        list={
          <EntryList
            rows={rows}
            chosenKey={chosen?.name ?? null}
            words={{
              list: t('prompts.title'),
              search: t('prompts.search'),
              count: (count) => t('prompts.count', { count }),
              noMatch: (search) => t('prompts.noMatch', { search }),
            }}
            testId="prompt"
            onChoose={(key) => navigate(toItem(serverId, 'prompts', { key }))}
          />
        }
        chosen={
          chosen && (
            <PromptPane
              key={chosen.name}
              prompt={chosen}
              serverId={serverId}
              accountId={accountId}
              onBack={() => navigate(toServer(serverId, 'prompts'))}
            />
          )
        }
        empty={
          <Empty
            icon={<MessageSquareText size={22} aria-hidden="true" />}
            title={t('prompts.choose')}
            text={t('prompts.chooseText')}
          />
        }
      />
    </>
  );
}
