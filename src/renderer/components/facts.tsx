import type { ReactNode } from 'react';

/** Names and values side by side; one below the other where it is narrow. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="gh-facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="gh-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
