import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ListNote } from '../../../shared/domain/catalog.ts';

/** What is missing of a server's list, and why; nothing when it is whole. */
export function ListNotes({ of }: { of: readonly { leftOut: number; note: ListNote | null }[] }) {
  const { t } = useTranslation();
  const leftOut = of.reduce((sum, list) => sum + list.leftOut, 0);
  const notes = [...new Set(of.flatMap(({ note }) => note ?? []))];
  if (leftOut === 0 && notes.length === 0) return null;
  return (
    <ul className="gh-list-notes" data-testid="list-notes">
      {notes.map((note) => (
        <li key={note}>
          <TriangleAlert size={14} aria-hidden="true" />
          {t(`catalog.notes.${note}`)}
        </li>
      ))}
      {leftOut > 0 && (
        <li>
          <TriangleAlert size={14} aria-hidden="true" />
          {t('catalog.leftOut', { count: leftOut })}
        </li>
      )}
    </ul>
  );
}
