/**
 * Every screen and state, as pictures (`npm run screens`) or measured (`npm run test:screens`):
 * `[--only <part of a name>,…] [--language en,de,zh,pseudo] [--theme light,dark] [--width 1280,…] [--contrast usual,more,forced]
 * [--names usual,unkind] [--no-axe]`. Pictures and a contact sheet go to out/screens/. Exits 1 when text is cut or lies over
 * other text, or when axe-core, the content security policy or the page's own scripts complain.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { settings } from '../../src/shared/domain/settings.ts';
import { axeViolations } from './axe.ts';
import { contactSheet, type Picture } from './contact-sheet.ts';
import { NOW } from './fixtures.ts';
import { asTheyAre, unkindNames } from './hostile-names.ts';
import { type Options, readOptions } from './options.ts';
import { type Scene, scenes } from './scenes.ts';
import { settle } from './settle.ts';
import { appLanguage, dictionaryOf, inEnglish, locales, type Spoken } from './speech.ts';
import { type Answers, buildRenderer, installBridge, serve } from './stage.ts';
import { proveFindings, textFindings } from './text-findings.ts';

const HEIGHT = 800;
/** From this width on the servers are beside the page; in CSS pixels. */
const WIDE = 720;
const FIRST_LOAD_LIMIT = 250_000;
const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** The machines that run this have two cores. */
const LANES = 2;

/** One way to look at all screens. A screen is opened once for all widths of the same layout. */
interface Run {
  readonly language: Spoken;
  readonly theme: Options['themes'][number];
  readonly contrast: Options['contrasts'][number];
  readonly naming: Options['namings'][number];
  readonly widths: readonly number[];
}

const options = readOptions(process.argv.slice(2));
const out = resolve(options.out);
const pictures: Picture[] = [];
const complaints = new Map<string, string[]>();
let measured = 0;

/** Told at once, and how often at the end. */
function complain(what: string, where: string): void {
  const places = complaints.get(what) ?? [];
  if (places.length === 0) console.error(`${where}: ${what}`);
  complaints.set(what, [...places, where]);
}

async function look(browser: Browser, run: Run, origin: string, chosen: readonly Scene[]): Promise<void> {
  const { language, theme, contrast, naming, widths } = run;
  const narrow = (widths[0] ?? 0) < WIDE;
  const context = await browser.newContext({
    viewport: { width: widths[0] ?? WIDE, height: HEIGHT },
    colorScheme: theme,
    reducedMotion: 'reduce',
    contrast: contrast === 'more' ? 'more' : 'no-preference',
    forcedColors: contrast === 'forced' ? 'active' : 'none',
    locale: locales[language],
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  let where = '';
  page.on('pageerror', (error) => complain(error.message, where));
  page.on('console', (message) => {
    if (message.type() === 'error') complain(message.text(), where);
  });
  await page.clock.setFixedTime(NOW);
  let answers: Answers = {};
  const bridge = await installBridge(page, () => answers);
  const dictionary = await dictionaryOf(language);

  for (const scene of chosen) {
    const at = (width: number) =>
      [scene.name, language, theme, width, contrast, naming].filter((part) => part !== 'usual').join(' ');
    where = at(widths[0] ?? 0);
    const names = (naming === 'unkind' ? unkindNames : asTheyAre)();
    answers = {
      // That of some scenes never comes.
      'app.snapshot': async () => {
        const snapshot = await scene.snapshot;
        const app = { ...snapshot.app, systemLanguage: appLanguage(language) };
        return names.snapshot({ ...snapshot, app });
      },
      // Which page is open is kept there.
      'app.update-settings': async (change) =>
        settings.parse({ ...(await scene.snapshot).settings, ...change }),
      ...names.answers(scene.answers ?? {}),
    };
    await page.setViewportSize({ width: widths[0] ?? WIDE, height: scene.height ?? HEIGHT });
    await page.goto('about:blank');
    await page.goto(`${origin}/index.html${scene.hash ?? ''}`);
    try {
      if (scene.waitForFrame !== false) await page.locator('.gh-frame').waitFor();
      const emit = names.wrap(bridge.emit);
      await scene.act?.({
        page: inEnglish(page, dictionary, names.named),
        emit,
        calls: bridge.calls,
        narrow,
      });
      // The pointer rests nowhere: no tooltip, no hover.
      await page.mouse.move(0, 0);
      await settle(page, bridge.activity);
    } catch (error) {
      complain(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), where);
      continue;
    }
    for (const width of widths) {
      where = at(width);
      await page.setViewportSize({ width, height: scene.height ?? HEIGHT });
      await settle(page, bridge.activity);
      await examine(page, where);
      if (!options.measure) {
        const file = `${where.replaceAll(' ', '.')}.png`;
        await page.screenshot({ path: join(out, file) });
        pictures.push({
          scene: scene.name,
          title: scene.title,
          about: `${language}, ${theme}, ${width}`,
          file,
        });
      }
    }
  }
  await context.close();
}

async function examine(page: Page, where: string): Promise<void> {
  measured += 1;
  for (const finding of await textFindings(page)) complain(finding, where);
  if (options.axe) for (const violation of await axeViolations(page)) complain(violation, where);
  const refused = await page.evaluate(() => (window as unknown as { violations: string[] }).violations);
  for (const violation of refused) complain(`content security policy ${violation}`, where);
}

function runs(): Run[] {
  const layouts = [
    options.widths.filter((width) => width >= WIDE),
    options.widths.filter((width) => width < WIDE),
  ];
  return options.languages.flatMap((language) =>
    options.themes.flatMap((theme) =>
      options.contrasts.flatMap((contrast) =>
        options.namings.flatMap((naming) =>
          layouts.flatMap((widths) =>
            widths.length > 0 ? [{ language, theme, contrast, naming, widths }] : [],
          ),
        ),
      ),
    ),
  );
}

if (!options.only && !options.measure) await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const sites = new Map<boolean, Awaited<ReturnType<typeof serve>>>();
for (const pseudo of new Set(options.languages.map((language) => language === 'pseudo'))) {
  const folder = join(out, pseudo ? 'renderer-pseudo' : 'renderer');
  const bytes = await buildRenderer(resolve('src/renderer'), folder, pseudo ? 'pseudo' : 'en');
  sites.set(pseudo, await serve(folder));
  if (pseudo) continue;
  console.log(`first load: ${Math.round(bytes / 1000)} kB of script, gzipped`);
  if (bytes > FIRST_LOAD_LIMIT)
    complain(`first load: more than ${FIRST_LOAD_LIMIT / 1000} kB of script`, `${bytes} bytes`);
}
const browser = await chromium.launch({
  executablePath: EXECUTABLE,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'],
});
const proof = await browser.newPage();
await proveFindings(proof);
await proof.close();

const chosen = scenes.filter(({ name }) => !options.only || options.only.some((part) => name.includes(part)));
const waiting = runs();
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      await look(browser, run, sites.get(run.language === 'pseudo')?.origin ?? '', chosen);
      console.log(`${run.language} ${run.theme} ${run.widths.join(', ')} ${run.naming}: done`);
    }
  }),
);
await browser.close();
for (const site of sites.values()) site.close();

console.log(`${measured} measured of ${chosen.length} screens`);
if (!options.measure) {
  await writeFile(join(out, 'index.html'), contactSheet(scenes, pictures));
  console.log(`${pictures.length} pictures in ${out}/index.html`);
}
for (const [what, places] of complaints)
  if (places.length > 1) console.error(`${places.length} times: ${what}`);
if (complaints.size > 0) process.exitCode = 1;
