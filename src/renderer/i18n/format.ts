const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  { unit: 'second', length: SECOND, until: MINUTE },
  { unit: 'minute', length: MINUTE, until: HOUR },
  { unit: 'hour', length: HOUR, until: DAY },
  { unit: 'day', length: DAY, until: 30 * DAY },
  { unit: 'month', length: 30 * DAY, until: 365 * DAY },
  { unit: 'year', length: 365 * DAY, until: Number.POSITIVE_INFINITY },
] as const;

const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();

function relativeFormat(locale: string, numeric: 'always' | 'auto'): Intl.RelativeTimeFormat {
  const key = `${locale} ${numeric}`;
  let format = relativeFormats.get(key);
  if (!format) {
    format = new Intl.RelativeTimeFormat(locale, { numeric, style: 'long' });
    relativeFormats.set(key, format);
  }
  return format;
}

/**
 * A time as seen from now: `in 42 minutes`, `5 seconds ago`, `now`. Rounded towards now, so that
 * what expires never seems to last longer than it does.
 * @param at milliseconds since the epoch
 * @param now milliseconds since the epoch
 */
export function relativeTime(at: number, now: number, locale: string): string {
  const distance = Math.abs(at - now);
  const { unit, length } = UNITS.find(({ until }) => distance < until) ?? UNITS[5];
  const amount = Math.floor(distance / length);
  // Without a number only for “now”: “yesterday” would hide how long ago it was.
  return amount === 0
    ? relativeFormat(locale, 'auto').format(0, 'second')
    : relativeFormat(locale, 'always').format(at < now ? -amount : amount, unit);
}

/** How often a relative time has to be looked at again, in milliseconds. */
export function relativeTimeStep(at: number, now: number): number {
  return Math.abs(at - now) < 2 * MINUTE ? SECOND : 15 * SECOND;
}

const absoluteFormats = new Map<string, Intl.DateTimeFormat>();

/** A time in full: day, time and zone. */
export function absoluteTime(at: number, locale: string): string {
  let format = absoluteFormats.get(locale);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
    absoluteFormats.set(locale, format);
  }
  return format.format(at);
}

/** A time of the last months, as short as it can be without being vague: day and minute. */
export function shortTime(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

const spanFormats = new Map<string, Intl.NumberFormat>();

/** How long it is until a time, as short as can be: `42m`, `5h`, `12d`. Rounded down, as {@link relativeTime}. */
export function shortSpan(at: number, now: number, locale: string): string {
  const left = Math.max(0, at - now);
  const [value, unit] =
    left < HOUR ? [left / MINUTE, 'minute'] : left < 2 * DAY ? [left / HOUR, 'hour'] : [left / DAY, 'day'];
  const key = `${locale} ${unit}`;
  let format = spanFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: unit as string,
      unitDisplay: 'narrow',
      maximumFractionDigits: 0,
      roundingMode: 'floor',
    });
    spanFormats.set(key, format);
  }
  return format.format(value as number);
}

/** Time of day with seconds. */
export function clockTime(at: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(at);
}

/** A duration as one reads it: `320 ms`, `4.2 s`, `3 min`. */
export function durationText(milliseconds: number, locale: string): string {
  const [value, unit, digits] =
    milliseconds < SECOND
      ? [milliseconds, 'millisecond', 0]
      : milliseconds < MINUTE
        ? [milliseconds / SECOND, 'second', 1]
        : [milliseconds / MINUTE, 'minute', 1];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'short',
    maximumFractionDigits: digits as number,
  }).format(value as number);
}

/** A running time as a stopwatch shows it: `0:42`. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A size as one reads it: `840 byte`, `12.5 kB`. */
export function byteText(bytes: number, locale: string): string {
  const [value, unit] =
    bytes < 1000
      ? [bytes, 'byte']
      : bytes < 1_000_000
        ? [bytes / 1000, 'kilobyte']
        : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit as string,
    // The short form of “bytes” has no plural.
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(value as number);
}
