import type { Trace, TraceParty, TraceStep } from '../../../shared/domain/trace.ts';

const ORDER = ['gatehouse', 'server', 'issuer', 'browser'] as const satisfies readonly TraceParty[];

/** Who took part in a trace, in the order of their lanes; always at least two. */
export function partiesOf({ steps }: Trace): TraceParty[] {
  const seen = new Set<TraceParty>(steps.flatMap(({ from, to }) => [from, to]));
  const parties = ORDER.filter((party) => party === 'gatehouse' || seen.has(party));
  return parties.length > 1 ? parties : ['gatehouse', 'server'];
}

const FIRST = 4;
const LAST = 94;

/** Where the lane of a party is, in percent of the width. */
export function laneAt(parties: readonly TraceParty[], party: TraceParty): number {
  return FIRST + (Math.max(0, parties.indexOf(party)) * (LAST - FIRST)) / (parties.length - 1);
}

/** The life lines behind a row. */
export function LifeLines({ parties }: { parties: readonly TraceParty[] }) {
  return (
    <svg className="gh-lifelines" width="100%" height="100%" aria-hidden="true">
      {parties.map((party) => {
        const x = `${laneAt(parties, party)}%`;
        return <line key={party} x1={x} x2={x} y1="0" y2="100%" />;
      })}
    </svg>
  );
}

const REQUEST_Y = 8;
const ANSWER_Y = 20;

/** A step as arrows between two lanes: what was sent, and what came back; a cross where nothing did. */
export function Arrows({ step, parties }: { step: TraceStep; parties: readonly TraceParty[] }) {
  const { from, to, response, durationMs } = step;
  const [start, end] = [laneAt(parties, from), laneAt(parties, to)];
  const way = Math.sign(end - start);
  if (way === 0) return null;
  const exchanged = durationMs !== null;
  return (
    <svg
      className="gh-arrows"
      width="100%"
      height={exchanged ? ANSWER_Y + 8 : REQUEST_Y + 8}
      aria-hidden="true"
    >
      <line className="gh-arrow" x1={`${start}%`} x2={`${end}%`} y1={REQUEST_Y} y2={REQUEST_Y} />
      <svg x={`${end}%`} y={REQUEST_Y} overflow="visible" role="presentation">
        <path className="gh-arrow-head" d={way > 0 ? 'M-8 -4 L0 0 L-8 4Z' : 'M8 -4 L0 0 L8 4Z'} />
      </svg>
      {response ? (
        <>
          <line
            className="gh-arrow gh-arrow-back"
            x1={`${start}%`}
            x2={`${end}%`}
            y1={ANSWER_Y}
            y2={ANSWER_Y}
          />
          <svg x={`${start}%`} y={ANSWER_Y} overflow="visible" role="presentation">
            <path className="gh-arrow-tip" d={way > 0 ? 'M7 -4 L0 0 L7 4' : 'M-7 -4 L0 0 L-7 4'} />
          </svg>
        </>
      ) : (
        exchanged && (
          <svg x={`${end}%`} y={ANSWER_Y - 2} overflow="visible" role="presentation">
            <path className="gh-arrow-none" d="M-4 -4 L4 4 M4 -4 L-4 4" />
          </svg>
        )
      )}
    </svg>
  );
}
