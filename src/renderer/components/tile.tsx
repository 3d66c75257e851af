import type { Tone } from './status.tsx';
import { initialOf } from './visible-lines.ts';

/** The first letter of a server or account on a small tile, with its status in the corner. */
export function Tile({ name, tone, size = 'md' }: { name: string; tone?: Tone; size?: 'md' | 'lg' }) {
  return (
    <span className="gh-tile" data-size={size} aria-hidden="true">
      {initialOf(name)}
      {tone && <span className="gh-dot" data-tone={tone} />}
    </span>
  );
}
