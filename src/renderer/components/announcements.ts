import { useEffect } from 'react';

/** How long something must stay true before it is said: what changes at once is not worth hearing. */
const SETTLING_MS = 400;
/** What never settles is said now and then all the same. */
const LONGEST_MS = 5000;
/** Nobody can listen faster. */
const PAUSE_MS = 1200;
/** Beyond this many, the oldest of what is not urgent is not said. */
const MOST_WAITING = 5;
/** Said words are gone from the page soon, so that nobody who walks through it meets them. */
const KEPT_MS = 8000;

interface Message {
  readonly key: string;
  readonly text: string;
  readonly urgent: boolean;
  readonly since: number;
  readonly due: number;
}

export interface AnnouncementOptions {
  /** What the words are about: later words about the same replace earlier ones that were not said yet. */
  readonly key?: string;
  /** Interrupts what is being read: for failures only. */
  readonly urgent?: boolean;
}

let regions: Record<'polite' | 'urgent', HTMLElement> | null = null;
let waiting: readonly Message[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let spokenAt = Number.NEGATIVE_INFINITY;

/**
 * Puts the two places into the page from which screen readers read aloud; once, before the first render. They must be
 * there before there is something to say (WCAG 4.1.3): words that come together with their place are often not read.
 */
export function startAnnouncing(): void {
  const make = (live: 'polite' | 'assertive') => {
    const region = document.createElement('div');
    region.className = 'gh-announcements';
    region.setAttribute('aria-live', live);
    region.setAttribute('aria-atomic', 'true');
    document.body.append(region);
    return region;
  };
  regions = { polite: make('polite'), urgent: make('assertive') };
}

/** Says something to those who listen instead of looking: once, when it has settled, and never many things at once. */
export function announce(text: string, { key = text, urgent = false }: AnnouncementOptions = {}): void {
  if (text === '') return;
  const now = performance.now();
  const since = waiting.find((one) => one.key === key)?.since ?? now;
  const message = { key, text, urgent, since, due: Math.min(now + SETTLING_MS, since + LONGEST_MS) };
  const all = [...waiting.filter((one) => one.key !== key), message];
  const tooMany = all.length > MOST_WAITING;
  const dropped = tooMany ? (all.find((one) => !one.urgent) ?? all[0]) : undefined;
  waiting = all.filter((one) => one !== dropped);
  plan();
}

function plan(): void {
  clearTimeout(timer);
  const next = nextMessage();
  if (!next) return;
  const at = Math.max(next.due, next.urgent ? 0 : spokenAt + PAUSE_MS);
  timer = setTimeout(() => speak(next), Math.max(0, at - performance.now()));
}

function nextMessage(): Message | undefined {
  return waiting.toSorted((a, b) => Number(b.urgent) - Number(a.urgent) || a.due - b.due)[0];
}

function speak(message: Message): void {
  waiting = waiting.filter((one) => one !== message);
  const region = regions?.[message.urgent ? 'urgent' : 'polite'];
  if (region) {
    const words = document.createElement('p');
    words.textContent = message.text;
    region.replaceChildren(words);
    setTimeout(() => words.remove(), KEPT_MS);
  }
  spokenAt = performance.now();
  plan();
}

/** Announces the words while they are not null, and again whenever they change. */
export function useAnnouncement(
  words: string | null,
  { key, urgent = false }: AnnouncementOptions = {},
): void {
  useEffect(() => {
    if (words !== null) announce(words, { ...(key !== undefined && { key }), urgent });
  }, [words, key, urgent]);
}
