/**
 * Pictures of every screen and state: `node test/screens/main.ts [--only <part of a name>,…] [--widths 1200,480]`.
 * Writes PNGs and a contact sheet to out/screens/ and exits 1 when axe-core, the content security
 * policy or the page's own scripts complain.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { contactSheet, type Picture } from './contact-sheet.ts';
import { NOW } from './fixtures.ts';
import { scenes } from './scenes.ts';
import { type Answers, buildRenderer, installBridge, serve } from './stage.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    widths: { type: 'string', default: '1200,480' },
    out: { type: 'string', default: 'out/screens' },
    renderer: { type: 'string' },
  },
});
const out = resolve(options.out);
const THEMES = ['light', 'dark'] as const;
const WIDTHS = options.widths.split(',').map(Number);
const HEIGHT = 800;
const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const FIRST_LOAD_LIMIT = 250_000;
const pictures: Picture[] = [];
const complaints: string[] = [];

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const built = options.renderer ? resolve(options.renderer) : join(out, 'renderer');
if (!options.only) await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (!options.renderer) {
  const bytes = await buildRenderer(resolve('src/renderer'), built);
  console.log(`first load: ${Math.round(bytes / 1000)} kB of script, gzipped`);
  if (bytes > FIRST_LOAD_LIMIT)
    complaints.push(`first load: more than ${FIRST_LOAD_LIMIT / 1000} kB of script`);
}
const site = await serve(built);
const browser = await chromium.launch({
  executablePath: EXECUTABLE,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'],
});

const parts = options.only?.split(',');
const chosen = scenes.filter(({ name }) => !parts || parts.some((part) => name.includes(part)));

async function photograph(theme: (typeof THEMES)[number], width: number): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  let where = '';
  page.on('pageerror', (error) => complaints.push(`${where}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${where}: ${message.text()}`);
  });
  await page.clock.setFixedTime(NOW);
  let answers: Answers = {};
  const { emit, calls } = await installBridge(page, () => answers);

  for (const scene of chosen) {
    where = `${scene.name} (${theme}, ${width})`;
    answers = { 'app.snapshot': () => scene.snapshot, ...scene.answers };
    await page.setViewportSize({ width, height: scene.height ?? HEIGHT });
    await page.goto('about:blank');
    await page.goto(`${site.origin}/index.html${scene.hash ?? ''}`);
    try {
      if (scene.waitForFrame !== false) await page.locator('.gh-frame').waitFor({ timeout: 10_000 });
      await scene.act?.({ page, emit, calls, narrow: width < 720 });
      // The pointer rests nowhere: no tooltip, no hover.
      await page.mouse.move(0, 0);
      await page.locator('.gh-page-loading').waitFor({ state: 'detached', timeout: 10_000 });
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(150);
    } catch (error) {
      complaints.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const file = `${scene.name}.${theme}.${width}.png`;
    await page.screenshot({ path: join(out, file) });
    pictures.push({ scene: scene.name, title: scene.title, theme, width, file });

    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    if (overflow) complaints.push(`${where}: wider than the window`);
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const axe = (window as unknown as { axe: typeof import('axe-core') }).axe;
      const results = await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return results.violations.map(
        ({ id, help, nodes }) =>
          `${id}: ${help} [${nodes
            .slice(0, 4)
            .map(({ target, any }) => `${target.join(' ')}${any[0]?.message ? ` (${any[0].message})` : ''}`)
            .join('; ')}]`,
      );
    });
    complaints.push(...violations.map((violation) => `${where}: axe ${violation}`));
    const refused = await page.evaluate(() => (window as unknown as { violations: string[] }).violations);
    complaints.push(...refused.map((violation) => `${where}: content security policy ${violation}`));
  }
  await context.close();
}

const runs = THEMES.flatMap((theme) => WIDTHS.map((width) => [theme, width] as const));
// Two at a time: the machines that run this have two cores.
await Promise.all(
  [0, 1].map(async (lane) => {
    for (const [theme, width] of runs.filter((_, index) => index % 2 === lane))
      await photograph(theme, width);
  }),
);
await browser.close();
site.close();
await writeFile(join(out, 'index.html'), contactSheet(scenes, pictures));

console.log(`${pictures.length} pictures of ${chosen.length} screens in ${out}/index.html`);
for (const complaint of new Set(complaints)) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
