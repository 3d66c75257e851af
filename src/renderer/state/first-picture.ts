import { useEffect, useState } from 'react';
import { nextFrame, pageTime } from './event-batch.ts';

/** What is not in the first picture comes at the latest so long after it, in milliseconds. */
const LATEST_MS = 1000;

/** False until the frame that it is first part of has been drawn: what is looked for first is shown first. */
export function useAfterFrame(): boolean {
  const [after, setAfter] = useState(false);
  useEffect(() => {
    let callOff = nextFrame(() => {
      callOff = pageTime.after(0, () => setAfter(true));
    });
    return () => callOff();
  }, []);
  return after;
}

/**
 * False until the first picture has been drawn and the page has nothing else to do: what is not in that picture is
 * loaded then, since loading, too, is work that a person would wait for.
 * @param begun whether the picture has been handed to React
 */
export function useAfterFirstPicture(begun = true): boolean {
  const [after, setAfter] = useState(false);
  useEffect(() => {
    if (!begun) return;
    let idle = 0;
    const callOff = nextFrame(() => {
      idle = requestIdleCallback(() => setAfter(true), { timeout: LATEST_MS });
    });
    return () => {
      callOff();
      cancelIdleCallback(idle);
    };
  }, [begun]);
  return after;
}
