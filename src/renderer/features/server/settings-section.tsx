import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';

/** One topic of the settings: its name beside its fields. */
export function SettingsSection({
  title,
  text,
  children,
}: {
  title: string;
  text?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="gh-setting" aria-labelledby={id}>
      <div className="gh-setting-head">
        <h2 id={id}>{title}</h2>
        {text && <p className="gh-faint gh-small">{text}</p>}
      </div>
      <div>{children}</div>
    </section>
  );
}

/** What a setting puts at risk. */
export function Risk({ children }: { children: ReactNode }) {
  return (
    <p className="gh-risk">
      <TriangleAlert size={13} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
