import { FileText, Link2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ResourceContents } from '../../../shared/domain/resource.ts';
import type { ContentBlock } from '../../../shared/domain/tool.ts';
import { visibleText } from '../../../shared/problems.ts';
import { LongText } from '../../components/long-text.tsx';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { byteText } from '../../i18n/format.ts';
import { routeHash, toItem } from '../../state/route.ts';
import { Media } from './media.tsx';

/** One block of an answer or a prompt. A link leads into the window, never out of it. */
export function ContentBlockView({
  block,
  serverId,
  accountId,
}: {
  block: ContentBlock;
  serverId: string;
  accountId: string | null;
}) {
  const { t } = useTranslation();
  switch (block.type) {
    case 'text':
      return <LongText text={block.text} cut={block.cut ?? false} />;
    case 'image':
    case 'audio':
      return <Media mimeType={block.mimeType} data={block.data} />;
    case 'resource_link':
      return (
        <div className="gh-result-resource">
          <Link2 size={15} aria-hidden="true" />
          <div>
            <p className="gh-overline">{t('tools.link')}</p>
            <p>
              <OutsideText text={block.name} className="gh-strong" />
            </p>
            <p>
              <OutsideText text={block.uri} limit={1000} className="gh-mono gh-small" />
            </p>
            {block.description && <OutsideLines text={block.description} limit={2000} />}
            <a
              className="gh-link"
              href={routeHash(toItem(serverId, 'resources', { key: block.uri, accountId }))}
              data-testid="open-resource"
            >
              {t('tools.openResource')}
            </a>
          </div>
        </div>
      );
    case 'resource':
      return (
        <div className="gh-result-resource">
          <FileText size={15} aria-hidden="true" />
          <div className="gh-grow">
            <p className="gh-overline">
              {t('tools.resource')}
              {block.mimeType && <> · {visibleText(block.mimeType, 80)}</>}
            </p>
            <p>
              <OutsideText text={block.uri} limit={1000} className="gh-mono gh-small" />
            </p>
            <ContentsView contents={block} />
          </div>
        </div>
      );
    case 'unknown':
      return (
        <figure>
          <figcaption className="gh-overline">{t('tools.other')}</figcaption>
          <LongText text={block.json} mono />
        </figure>
      );
  }
}

/** What a resource holds: text, a picture, a sound, or how large it is. */
export function ContentsView({ contents }: { contents: ResourceContents }) {
  const { t, i18n } = useTranslation();
  const { text, data, mimeType = '', size, cut } = contents;
  if (text !== undefined) return <LongText text={text} mono cut={cut} />;
  if (data !== undefined) return <Media mimeType={mimeType} data={data} />;
  return (
    <p className="gh-soft gh-small">
      {byteText(size, i18n.language)} · {t('resources.binary')}
    </p>
  );
}
