import type { ReactNode } from 'react';

/** What a place says while there is nothing in it, with the one action that changes it. */
export function Empty({
  icon,
  title,
  text,
  level = 2,
  children,
}: {
  icon?: ReactNode;
  title: string;
  text?: string;
  /** 1 where nothing else on the page is its heading. */
  level?: 1 | 2;
  children?: ReactNode;
}) {
  const Heading = `h${level}` as const;
  return (
    <div className="gh-empty">
      {icon && <div className="gh-empty-icon">{icon}</div>}
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {children && <div className="gh-empty-action">{children}</div>}
    </div>
  );
}
