import { Button } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';

/** A list and what is chosen in it side by side; one at a time where it is narrow. */
export function TwoPanes({
  list,
  chosen,
  empty,
}: {
  list: ReactNode;
  /** Null: nothing is chosen. */
  chosen: ReactNode;
  /** Beside the list while nothing is chosen, where there is room. */
  empty: ReactNode;
}) {
  return (
    <div className="gh-tools" data-chosen={chosen ? true : undefined}>
      {list}
      {chosen ?? <div className="gh-tools-none">{empty}</div>}
    </div>
  );
}

/** Leads back to the list where only one of both fits. */
export function BackToList({ label, onBack }: { label: string; onBack: () => void }) {
  return (
    <div className="gh-tool-back">
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        className="gh-quiet-button"
        leftSection={<ArrowLeft size={14} aria-hidden="true" />}
        onClick={onBack}
      >
        {label}
      </Button>
    </div>
  );
}
