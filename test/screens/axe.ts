import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core has to say about a page, a sentence for each violation. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(await source);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: typeof import('axe-core') }).axe;
    const results = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return results.violations.map(
      ({ id, help, nodes }) =>
        `axe ${id}: ${help} [${nodes
          .slice(0, 4)
          .map(({ target, any }) => `${target.join(' ')}${any[0]?.message ? ` (${any[0].message})` : ''}`)
          .join('; ')}]`,
    );
  });
}
