import type { ReactNode } from 'react';

/** What a place says while there is nothing in it, with the one action that changes it. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon?: ReactNode;
  title: string;
  text?: string;
  children?: ReactNode;
}) {
  return (
    <div className="gh-empty">
      {icon && <div className="gh-empty-icon">{icon}</div>}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children && <div className="gh-empty-action">{children}</div>}
    </div>
  );
}
