/**
 * Key screens compared pixel by pixel with the pictures in test/screens/reference: `npm run test:pixels [-- --only <part of a name>]`.
 * `-- --update` takes new pictures instead. What differs is in out/pixels/, and the exit code is 1. Always the Chromium that comes
 * from npm, so that the same page makes the same picture everywhere.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { NOW } from '../screens/fixtures.ts';
import { type Scene, scenes } from '../screens/scenes.ts';
import { settle } from '../screens/settle.ts';
import { buildRenderer, installBridge, serve } from '../screens/stage.ts';
import { compare } from './comparison.ts';
import { type KeyScreen, keyScreens } from './key-screens.ts';

/** A button that moves by one pixel changes several times as many. */
const MOST_DIFFERENT = 30;
const HEIGHT = 640;
/** The only fonts that are the same everywhere are those of the app: everything is written in them. */
const SAME_EVERYWHERE =
  ':root { --gh-font-mono: "Inter Variable" !important } * { caret-color: transparent !important }';

const { values: options } = parseArgs({
  options: { update: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const references = resolve('test/screens/reference');
const out = resolve('out/pixels');

async function picture(
  browser: Browser,
  origin: string,
  { scene: name, theme, width }: KeyScreen,
  style = '',
): Promise<Buffer> {
  const scene = scenes.find((one) => one.name === name);
  if (!scene) throw new Error(`no screen ${name}`);
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    // For the style above; whether the policy holds is tested elsewhere.
    bypassCSP: true,
  });
  try {
    const page = await context.newPage();
    await show(page, origin, scene, width, style);
    return await page.screenshot();
  } finally {
    await context.close();
  }
}

async function show(page: Page, origin: string, scene: Scene, width: number, style: string): Promise<void> {
  await page.clock.setFixedTime(NOW);
  const { emit, calls, activity } = await installBridge(page, () => ({
    'app.snapshot': () => scene.snapshot,
    ...scene.answers,
  }));
  await page.goto(`${origin}/index.html${scene.hash ?? ''}`);
  await page.addStyleTag({ content: `${SAME_EVERYWHERE} ${style}` });
  await page.locator('.gh-frame').waitFor();
  await scene.act?.({ page, emit, calls, narrow: width < 720 });
  await page.mouse.move(0, 0);
  await settle(page, activity);
}

/** @returns what is wrong with one screen, or null */
async function check(
  browser: Browser,
  bench: Page,
  origin: string,
  screen: KeyScreen,
): Promise<string | null> {
  const name = `${screen.scene}.${screen.theme}.${screen.width}`;
  const file = join(references, `${name}.png`);
  const taken = await picture(browser, origin, screen);
  if (options.update) {
    await writeFile(file, taken);
    return null;
  }
  const expected = await readFile(file).catch(() => null);
  if (expected === null) return `${name}: there is no reference; take it with --update`;
  const { different, diff } = await compare(bench, expected, taken);
  if (different <= MOST_DIFFERENT) return null;
  await writeFile(join(out, `${name}.png`), taken);
  if (diff) await writeFile(join(out, `${name}.diff.png`), diff);
  return `${name}: ${different} pixels differ, see ${join(out, `${name}.diff.png`)}`;
}

/** Whether the comparison would notice: a button moved by one pixel must be found. */
async function noticesShift(browser: Browser, bench: Page, origin: string): Promise<boolean> {
  const screen: KeyScreen = { scene: 'home-empty', theme: 'light', width: 900 };
  const [still, shifted] = [
    await picture(browser, origin, screen),
    await picture(browser, origin, screen, 'main button { transform: translateX(1px) }'),
  ];
  return (await compare(bench, still, shifted)).different > MOST_DIFFERENT;
}

const { default: sparticuz } = await import('@sparticuz/chromium');
const browser = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-lcd-text',
    '--font-render-hinting=none',
    '--force-color-profile=srgb',
    '--force-device-scale-factor=1',
    '--hide-scrollbars',
  ],
});
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (options.update) await mkdir(references, { recursive: true });
await buildRenderer(resolve('src/renderer'), join(out, 'renderer'));
const site = await serve(join(out, 'renderer'));
const bench = await browser.newPage();
const wrong: string[] = [];
if (!(await noticesShift(browser, bench, site.origin)))
  wrong.push('a button moved by one pixel goes unnoticed');
const chosen = keyScreens.filter(({ scene }) => !options.only || scene.includes(options.only));
for (const screen of chosen) {
  const complaint = await check(browser, bench, site.origin, screen);
  if (complaint !== null) wrong.push(complaint);
}
await browser.close();
site.close();
for (const complaint of wrong) console.error(complaint);
console.log(
  options.update
    ? `${chosen.length} pictures taken`
    : `${chosen.length - wrong.length} of ${chosen.length} screens look as they did`,
);
if (wrong.length > 0) process.exitCode = 1;
