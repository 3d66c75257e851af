import type { ClientName } from './clients/messages.ts';
import { median } from './figures.ts';
import type { Report, Row } from './report.ts';

const names: readonly ClientName[] = ['gatehouse', 'sdk', 'mcp-remote'];
const labels: Record<ClientName, string> = { gatehouse: 'Gatehouse', sdk: 'SDK', 'mcp-remote': 'mcp-remote' };
const colours: Record<ClientName, string> = { gatehouse: '#1c7ed6', sdk: '#868e96', 'mcp-remote': '#f08c00' };
const [LEFT, WIDTH, BAR, GAP] = [380, 460, 12, 16] as const;

/** The times of the report as bars, each line to its own scale: what counts is who is beside whom. */
export function asChart({ sections }: Report): string {
  const timed = sections.flatMap(({ rows }) => rows).flatMap(barsOf);
  const height = timed.reduce((sum, { bars }) => sum + bars.length * BAR + GAP, 40);
  let y = 30;
  const lines = timed.map(({ what, bars }) => {
    const longest = Math.max(...bars.map(({ ms }) => ms));
    const title = text(LEFT - 10, y + (bars.length * BAR) / 2 + 4, what, 'end');
    const drawn = bars.map(({ name, ms }, index) => {
      const [top, width] = [y + index * BAR, Math.max(1, (ms / longest) * WIDTH)];
      return `<rect x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${colours[name]}"/>${text(LEFT + width + 6, top + 9, `${labels[name]} ${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`, 'start')}`;
    });
    y += bars.length * BAR + GAP;
    return title + drawn.join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 160}" height="${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${text(10, 18, 'Medians, each line to its own scale; shorter is better', 'start')}${lines.join('\n')}</svg>\n`;
}

/** A row whose figures are milliseconds, by client. */
function barsOf({ what, figures }: Row): { what: string; bars: { name: ClientName; ms: number }[] }[] {
  if (!/time|connected/.test(what) || figures === null || typeof figures !== 'object') return [];
  const bars = names.flatMap((name) => {
    const ms = (figures as Partial<Record<ClientName, unknown>>)[name];
    return Array.isArray(ms) && ms.every((one) => typeof one === 'number') ? [{ name, ms: median(ms) }] : [];
  });
  return bars.length < 2 ? [] : [{ what, bars }];
}

function text(x: number, y: number, words: string, anchor: 'start' | 'end'): string {
  const safe = words.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${safe}</text>`;
}
