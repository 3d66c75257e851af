import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileJson, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportFile } from '../../../shared/domain/import.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { keys } from '../../state/live.ts';
import { ImportEntryRow } from './import-entry-row.tsx';
import '../add-server/choice.css';
import './import.css';

/** The servers other MCP clients keep on this computer; each is taken over by itself. */
export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: keys.imports,
    queryFn: () => call('imports.look', undefined),
    gcTime: 0,
    staleTime: 0,
  });
  // What is secret in the files is kept no longer than this dialog is open.
  useEffect(() => () => void call('imports.forget', undefined).catch(() => undefined), []);
  const files = found.data?.files ?? [];
  const places = found.data?.places ?? [];

  return (
    <Dialog title={t('import.title')} size={680} onClose={onClose}>
      <div className="gh-stack-4" data-testid="import-dialog" aria-busy={found.isFetching}>
        <p className="gh-soft">{t('import.lead')}</p>
        {found.isError && <ProblemNotice problem={problemOf(found.error)} />}
        {found.isSuccess && files.length === 0 && (
          <div className="gh-callout" data-testid="import-nothing">
            {t('import.nothing')}
          </div>
        )}
        <div className="gh-imports">
          {files.map((file) => (
            <FoundFile key={file.path} file={file} onChanged={() => void found.refetch()} onClose={onClose} />
          ))}
        </div>
        {places.length > 0 && (
          <details className="gh-disclosure">
            <summary>{t('import.places')}</summary>
            <ul className="gh-import-places">
              {places.map(({ client, path }) => (
                <li key={path}>
                  {t(`import.clients.${client}`)}
                  <span className="gh-mono gh-small gh-faint">{visibleText(path, 500)}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
        <div className="gh-dialog-actions">
          <Button
            variant="default"
            loading={found.isFetching}
            leftSection={<RotateCw size={14} aria-hidden="true" />}
            onClick={() => void found.refetch()}
          >
            {t('import.again')}
          </Button>
          <Button onClick={onClose}>{t('import.done')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function FoundFile({
  file,
  onChanged,
  onClose,
}: {
  file: ImportFile;
  onChanged: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { client, path, problem, entries } = file;
  return (
    <section className="gh-import-file" data-testid={`import-file-${client}`}>
      <header>
        <FileJson size={16} aria-hidden="true" />
        <h3>{t(`import.clients.${client}`)}</h3>
        <bdi className="gh-faint gh-mono gh-import-path" title={visibleText(path, 500)}>
          {visibleText(path, 500)}
        </bdi>
      </header>
      {problem && <ProblemNotice problem={problem} context={{ onRetry: onChanged }} />}
      {!problem && entries.length === 0 && <p className="gh-faint gh-small">{t('import.noServers')}</p>}
      {entries.length > 0 && (
        <ul className="gh-choice">
          {entries.map((entry) => (
            <ImportEntryRow key={entry.id} entry={entry} onAdded={onChanged} onClose={onClose} />
          ))}
        </ul>
      )}
    </section>
  );
}
