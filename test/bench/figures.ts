/** The value at a share of the sorted values, between two of them where it falls there. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The straight line with the least squares through points, and how much of their spread it explains (R²). */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): {
  readonly slope: number;
  readonly start: number;
  readonly fit: number;
} {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (term: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0);
  const slope = sum((x, y) => x * y) / sum((x) => x * x);
  const start = meanY - slope * meanX;
  const missed = points.reduce((total, [x, y]) => total + (y - start - slope * x) ** 2, 0);
  return { slope, start, fit: 1 - missed / sum((_, y) => y * y) };
}

/** The median of pairs' ratios: what both sides of a round saw of the machine is in neither. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((one, round) => one / (theirs[round] ?? Number.NaN)));
}

export const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`;

/** A median with the quarter of the rounds below and above it. */
export const spread = (ms: readonly number[]): string =>
  `${milliseconds(median(ms))} (${milliseconds(quantile(ms, 0.25))} – ${milliseconds(quantile(ms, 0.75))})`;

export const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
