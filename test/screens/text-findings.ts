import type { Page } from 'playwright-core';

/**
 * Measures the texts of a page as they lie now: what is cut without a way to see it whole, what lies over other text,
 * what makes the page scroll sideways.
 * @returns a sentence for each finding
 */
export function textFindings(page: Page): Promise<string[]> {
  return page.evaluate(findings);
}

/**
 * Shows that the measuring sees what it should, on a page made for it.
 * @throws Error when it misses something, or finds something where nothing is
 */
export async function proveFindings(page: Page): Promise<void> {
  const found = async (body: string) => {
    await page.setContent(
      `<!doctype html><html lang="en"><style>*{margin:0}</style><body>${body}</body></html>`,
    );
    return page.evaluate(findings);
  };
  const box = 'width:80px;height:20px;white-space:nowrap;overflow:hidden';
  const proofs: [kind: string | null, body: string][] = [
    ['cut', `<p style="${box}">a text that does not fit in here</p>`],
    [null, `<p style="${box}" title="a text that does not fit in here">a text that does not fit in here</p>`],
    [null, `<pre style="${box};overflow:auto">a text that does not fit in here</pre>`],
    ['cut', `<p style="height:8px;overflow:hidden">one line</p>`],
    ['cut', `<p style="position:fixed;left:95vw;white-space:nowrap">out of the window</p>`],
    ['over', `<p>one text</p><p style="margin-top:-14px">another text</p>`],
    [null, `<p>one text</p><p>another text</p>`],
    [null, `<p>beneath</p><div role="dialog" style="position:fixed;inset:0;background:#fff">above</div>`],
    ['sideways', `<div style="width:calc(100vw + 40px)">wide</div>`],
    ['cut', `<input placeholder="a hint that does not fit into its field at all" style="width:90px">`],
  ];
  for (const [kind, body] of proofs) {
    const told = await found(body);
    const right = kind === null ? told.length === 0 : told.some((finding) => finding.startsWith(kind));
    if (!right) throw new Error(`measuring is wrong about ${body}: ${told.join(', ') || 'nothing found'}`);
  }
}

/** Runs in the page. */
function findings(): string[] {
  /** What may scroll sideways: code, tables of figures, and rows of tabs, each reachable by keyboard. */
  const MAY_SCROLL = 'pre, code, table, textarea, .gh-code, .gh-lines, [role=tablist], [data-scrolls]';
  const TOLERANCE = 1.5;
  type Box = { left: number; top: number; right: number; bottom: number };
  const found = new Set<string>();
  const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
  const where = (element: Element) => {
    const own = [...element.classList].filter((name) => /^(gh|mantine)-/.test(name)).slice(0, 2);
    return `${element.tagName.toLowerCase()}${own.map((name) => `.${name}`).join('')}`;
  };
  const place = (element: Element) => {
    const parent = element.parentElement?.closest('[class*="gh-"]');
    return parent ? `${where(parent)} > ${where(element)}` : where(element);
  };
  const clips = (value: string) => value === 'hidden' || value === 'clip';
  const scrolls = (value: string) => value === 'auto' || value === 'scroll';

  /** Shown whole when the pointer rests on it, or by a name that assistive technology and a tool tip have. */
  const seenWhole = (element: Element, text: string): boolean => {
    for (let at: Element | null = element, steps = 0; at && steps < 5; at = at.parentElement, steps += 1)
      if (at.getAttribute('title')?.includes(text.trim()) || at.hasAttribute('data-whole')) return true;
    return false;
  };

  /** Those that hide what reaches beyond them: the edge of the window comes last. */
  const visiblePart = (element: Element, box: Box): { box: Box; scrolled: boolean } => {
    let part = { ...box };
    let scrolled = false;
    let fixed = false;
    for (let at: Element | null = element; at && at !== document.documentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      const inline = style.display === 'inline' || style.display === 'contents';
      if (!inline && !fixed) {
        const edge = at.getBoundingClientRect();
        const x = clips(style.overflowX) || scrolls(style.overflowX);
        const y = clips(style.overflowY) || scrolls(style.overflowY);
        const inX = x && (part.left < edge.left - TOLERANCE || part.right > edge.right + TOLERANCE);
        const inY = y && (part.top < edge.top - TOLERANCE || part.bottom > edge.bottom + TOLERANCE);
        if ((inX && scrolls(style.overflowX)) || (inY && scrolls(style.overflowY))) scrolled = true;
        if (x)
          part = { ...part, left: Math.max(part.left, edge.left), right: Math.min(part.right, edge.right) };
        if (y)
          part = { ...part, top: Math.max(part.top, edge.top), bottom: Math.min(part.bottom, edge.bottom) };
      }
      if (style.position === 'fixed') fixed = true;
    }
    part = { ...part, left: Math.max(part.left, 0), right: Math.min(part.right, innerWidth) };
    return { box: part, scrolled };
  };

  const hiddenOnPurpose = (element: Element): boolean => {
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      // For screen readers only, or moved out of the way until it is focused.
      if (style.position === 'absolute' && (width <= 1.5 || height <= 1.5)) return true;
      if (at.getAttribute('aria-hidden') === 'true' && style.position === 'absolute') return true;
      if (at.matches('.gh-skip, [inert]')) return true;
    }
    return false;
  };
  const layerOf = (element: Element): Element => {
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const { position } = getComputedStyle(at);
      if (
        position === 'fixed' ||
        position === 'sticky' ||
        at.matches('[role=dialog], [role=menu], [role=listbox], [role=tooltip]')
      )
        return at;
      if (position === 'absolute' && at.parentElement?.closest('[data-portal]')) return at;
    }
    return document.body;
  };

  const lines: { element: Element; layer: Element; box: Box; text: string }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? '';
    const element = node.parentElement;
    // A dot between two facts is no loss.
    if (!element || !/[\p{L}\p{N}]/u.test(text) || element.matches('script, style, option, noscript'))
      continue;
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if (hiddenOnPurpose(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      if (right - left < 1) continue;
      // A line box is as high as the font wants; letters take about the middle of it.
      const inset = (bottom - top) * 0.2;
      const box = { left, right, top: top + inset, bottom: bottom - inset };
      const { box: part, scrolled } = visiblePart(element, box);
      const lost =
        part.left > box.left + TOLERANCE ||
        part.right < box.right - TOLERANCE ||
        part.top > box.top + TOLERANCE ||
        part.bottom < box.bottom - TOLERANCE;
      if (lost && !scrolled && !seenWhole(element, text))
        found.add(`cut: “${short(text.trim())}” in ${place(element)}`);
      if (part.right - part.left > 1 && part.bottom - part.top > 1)
        lines.push({ element, layer: layerOf(element), box: part, text: text.trim() });
    }
  }

  lines.sort((a, b) => a.box.top - b.box.top);
  for (const [index, one] of lines.entries()) {
    for (let next = index + 1; next < lines.length; next += 1) {
      const other = lines[next];
      if (!other || other.box.top >= one.box.bottom) break;
      if (other.element === one.element || other.layer !== one.layer) continue;
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const height = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
      if (width > 3 && height > 2)
        found.add(
          `over each other: “${short(one.text)}” in ${place(one.element)} and “${short(other.text)}” in ${place(other.element)}`,
        );
    }
  }

  for (const field of document.querySelectorAll<HTMLInputElement>('input[placeholder]')) {
    const { placeholder, value } = field;
    if (value !== '' || !field.checkVisibility() || field.clientWidth === 0) continue;
    const style = getComputedStyle(field);
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas) continue;
    canvas.font = style.font;
    const room =
      field.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
    if (canvas.measureText(placeholder).width > room + 2 && !seenWhole(field, placeholder))
      found.add(`cut: the hint “${short(placeholder)}” of ${place(field)}`);
  }

  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.add('sideways: the page itself');
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (!scrolls(style.overflowX) || element.matches(MAY_SCROLL) || element.closest(MAY_SCROLL)) continue;
    if (element.scrollWidth <= element.clientWidth + TOLERANCE || element.clientWidth === 0) continue;
    const edge = element.getBoundingClientRect().right + TOLERANCE;
    const widest = [...element.querySelectorAll('*')].findLast(
      (one) => one.getBoundingClientRect().right > edge,
    );
    found.add(`sideways: ${place(element)}${widest ? ` because of ${place(widest)}` : ''}`);
  }
  return [...found];
}
