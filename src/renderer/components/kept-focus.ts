/** Places worth standing on, from the inside out. */
const PLACES = 'article, li, section, form, main, nav, [role="dialog"], [role="tabpanel"]';
const REACHABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** An element, what it is in, and who stands beside each of these: all there is to go by once it is gone. */
interface Trail {
  readonly element: HTMLElement;
  readonly steps: readonly {
    readonly node: Element;
    readonly next: Element | null;
    readonly previous: Element | null;
  }[];
}

/**
 * From now on, who works with the keyboard is never left nowhere: when the element that has the focus disappears or can
 * no longer be used, the focus goes to the next of its kind in the same list, or to the innermost place around it that
 * is still there (WCAG 2.4.3). Dialogs give the focus back by themselves, and come first.
 */
export function keepFocus(): void {
  let trail: Trail | null = null;
  let asked = false;
  const look = () => {
    asked = false;
    const active = document.activeElement;
    const elsewhere = active !== null && active !== document.body && active !== trail?.element;
    if (trail === null || elsewhere || isUsable(trail.element)) return;
    const place = placeAfter(trail);
    if (place !== null) standOn(place);
  };
  const lookSoon = () => {
    if (asked || trail === null || isUsable(trail.element)) return;
    asked = true;
    // Who closed a dialog has a frame to say where the focus goes.
    requestAnimationFrame(() => requestAnimationFrame(look));
  };
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target !== document.body) trail = trailOf(target);
  });
  // A person who points at nothing in particular has left on purpose.
  document.addEventListener('pointerdown', ({ target }) => {
    if (!(target instanceof Element && target.closest(`${REACHABLE}, label, [tabindex]`))) trail = null;
  });
  new MutationObserver(lookSoon).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['disabled'],
  });
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled');
}

function trailOf(element: HTMLElement): Trail {
  const steps = [];
  for (let node: Element | null = element; node && node !== document.body; node = node.parentElement)
    steps.push({ node, next: node.nextElementSibling, previous: node.previousElementSibling });
  return { element, steps };
}

function placeAfter({ steps }: Trail): HTMLElement | null {
  const gone = steps.findLastIndex(({ node }) => !node.isConnected);
  const last = steps[gone];
  if (last) {
    const likewise = [last.next, last.previous].find(
      (other) =>
        other?.isConnected && other.tagName === last.node.tagName && other.className === last.node.className,
    );
    if (likewise) return likewise.matches(PLACES) ? (likewise as HTMLElement) : firstIn(likewise);
  }
  const around = steps.slice(gone + 1).find(({ node }) => node.matches(PLACES) && node.checkVisibility());
  return (around?.node ?? document.getElementById('content')) as HTMLElement | null;
}

function firstIn(element: Element): HTMLElement | null {
  return element.querySelector<HTMLElement>(REACHABLE);
}

function standOn(place: HTMLElement): void {
  if (!place.matches('[tabindex]') && !place.matches(REACHABLE)) {
    place.tabIndex = -1;
    // Once left, it is no more than it was before.
    place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true });
  }
  place.focus();
}
