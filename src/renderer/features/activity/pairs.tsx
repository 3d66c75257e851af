import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import type { NamedText } from './message-parts.ts';

const SHOWN = 100;

/** Names with values. */
export function Pairs({ title, pairs }: { title: string; pairs: readonly NamedText[] }) {
  if (pairs.length === 0) return null;
  const counted = new Map<string, number>();
  return (
    <div className="gh-pairs">
      <h4>{title}</h4>
      <dl className="gh-mono">
        {pairs.slice(0, SHOWN).map(([name, value]) => {
          // A hostile address repeats its parameters.
          const occurrence = (counted.get(name) ?? 0) + 1;
          counted.set(name, occurrence);
          return (
            <div key={`${occurrence} ${name}`}>
              <dt>{visibleText(name, 100)}</dt>
              <dd>
                <OutsideText text={value} limit={2000} />
              </dd>
            </div>
          );
        })}
      </dl>
      {pairs.length > SHOWN && <p className="gh-faint">… {pairs.length - SHOWN}</p>}
    </div>
  );
}
