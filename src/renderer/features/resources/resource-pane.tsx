import { Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Download, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ResourceEntry } from '../../../shared/domain/catalog.ts';
import type { ResourceContents } from '../../../shared/domain/resource.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { byteText } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';
import { keys, queryClient } from '../../state/live.ts';
import { ContentsView } from '../catalog/content-block.tsx';
import { BackToList } from '../catalog/two-panes.tsx';
import { PageLoading } from '../frame/page-loading.tsx';

/** One resource and what it holds; it may be one no list names, from a link or a template. */
export function ResourcePane({
  uri,
  entry,
  canFollow,
  followed,
  serverId,
  accountId,
  onBack,
}: {
  uri: string;
  entry: ResourceEntry | null;
  canFollow: boolean;
  followed: boolean;
  serverId: string;
  accountId: string | null;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const read = useQuery({
    queryKey: keys.resource(serverId, accountId, uri),
    queryFn: () => call('resources.read', { serverId, accountId, uri }),
    staleTime: 0,
  });
  const title = entry?.title ?? entry?.name ?? uri;
  return (
    <article className="gh-tool" aria-label={visibleText(title, 120)}>
      <header className="gh-pane-head">
        <BackToList label={t('resources.title')} onBack={onBack} />
        <h2 className="gh-tool-title">
          <OutsideText text={title} />
        </h2>
        {title !== uri && <OutsideText text={uri} limit={1000} className="gh-mono gh-faint gh-small" />}
        {entry?.summary && <OutsideText text={entry.summary} className="gh-soft" />}
      </header>
      <div className="gh-row-actions">
        <Button
          size="xs"
          variant="default"
          leftSection={<RefreshCw size={14} aria-hidden="true" />}
          loading={read.isFetching}
          onClick={() => void read.refetch()}
          data-testid="read-again"
        >
          {t('resources.readAgain')}
        </Button>
        {canFollow && <Follow uri={uri} followed={followed} serverId={serverId} accountId={accountId} />}
      </div>
      {read.isError ? (
        <ProblemNotice
          problem={problemOf(read.error)}
          context={{ serverId, accountId, onRetry: () => void read.refetch() }}
        />
      ) : read.data ? (
        <section className="gh-stack-3" aria-label={t('resources.contents')} data-testid="resource-contents">
          <p className="gh-faint gh-small">
            {t('resources.readAt')} <When at={read.dataUpdatedAt} />
          </p>
          {read.data.contents.length === 0 && <p className="gh-faint">{t('resources.empty')}</p>}
          {read.data.contents.map((contents, part) => (
            <Part
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity of their own
              key={part}
              contents={contents}
              part={part}
              only={read.data.contents.length === 1}
              uri={uri}
              serverId={serverId}
              accountId={accountId}
            />
          ))}
          {read.data.leftOut > 0 && (
            <p className="gh-result-note">{t('resources.leftOut', { count: read.data.leftOut })}</p>
          )}
        </section>
      ) : (
        <PageLoading />
      )}
    </article>
  );
}

function Follow({
  uri,
  followed,
  serverId,
  accountId,
}: {
  uri: string;
  followed: boolean;
  serverId: string;
  accountId: string | null;
}) {
  const { t } = useTranslation();
  const subscribe = useCall('resources.subscribe');
  const unsubscribe = useCall('resources.unsubscribe');
  const change = followed ? unsubscribe : subscribe;
  const listKey = keys.catalog(serverId, accountId, 'resources');
  return (
    <Switch
      label={t('resources.follow')}
      title={t('resources.followHint')}
      checked={followed}
      disabled={change.isPending}
      onChange={() =>
        change.mutate(
          { serverId, accountId, uri },
          { onSettled: () => void queryClient.invalidateQueries({ queryKey: listKey }) },
        )
      }
      data-testid="follow-resource"
    />
  );
}

function Part({
  contents,
  part,
  only,
  uri,
  serverId,
  accountId,
}: {
  contents: ResourceContents;
  part: number;
  only: boolean;
  uri: string;
  serverId: string;
  accountId: string | null;
}) {
  const { t, i18n } = useTranslation();
  const save = useCall('resources.save');
  return (
    <div className="gh-stack-2">
      <div className="gh-resource-part">
        <Facts>
          {!only && <Fact name={t('resources.part', { number: part + 1 })}>{visibleText(contents.uri)}</Fact>}
          <Fact name={t('resources.size')}>{byteText(contents.size, i18n.language)}</Fact>
          {contents.mimeType && <Fact name={t('resources.type')}>{visibleText(contents.mimeType, 80)}</Fact>}
        </Facts>
        <Button
          size="xs"
          variant="default"
          leftSection={<Download size={14} aria-hidden="true" />}
          loading={save.isPending}
          data-testid="save-resource"
          onClick={() =>
            save.mutate(
              { serverId, accountId, uri, part },
              {
                onSuccess: (outcome) => {
                  if (outcome === 'saved') notifyDone(t('resources.saved'));
                },
              },
            )
          }
        >
          {only ? t('resources.save') : t('resources.savePart', { number: part + 1 })}
        </Button>
      </div>
      <ContentsView contents={contents} />
    </div>
  );
}
