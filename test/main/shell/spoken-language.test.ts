import { describe, expect, test } from 'vitest';
import { SpokenLanguage, shellWords } from '../../../src/main/shell/spoken-language.ts';
import { noticeText, statusLine, trayToolTip } from '../../../src/main/shell/words.ts';
import { languages } from '../../../src/shared/languages.ts';

/** What a function of words is given, each recognizable in what comes of it. */
const GIVEN = {
  text: ['Anna', 'Bruno'],
  number: [47, 83],
} as const;

const standing = (servers: number, connected: number, needy = 0) => ({
  servers,
  connected,
  needy: Array.from({ length: needy }, (_, index) => ({
    serverId: String(index),
    name: `Server ${index}`,
    why: 'failed' as const,
  })),
  accounts: [],
});

describe.each(languages)('in %s', (language) => {
  const words = shellWords[language];

  test('what is handed to a sentence is said in it', () => {
    const [name, other] = GIVEN.text;
    const [few, many] = GIVEN.number;
    const { status, tray, notice, closing, menu } = words;
    const told = (said: string, ...parts: (string | number)[]) => {
      for (const part of parts) expect(said).toContain(String(part));
    };
    told(status.allConnected(many), many);
    told(status.someConnected(few, many), few, many);
    told(tray.needy(name, other), name, other);
    told(tray.more(many), many);
    told(tray.open(name), name);
    told(tray.quit(name), name);
    told(tray.toolTip(name, other, many), name, 'runo', many);
    expect(tray.toolTip(name, other, 0)).not.toMatch(/\d/);
    told(tray.toolTip(name, other, 1), 1);
    const one = notice.one(name, other);
    told(`${one.title} ${one.body}`, name, other);
    const several = notice.several(many, [name, other], few);
    told(`${several.title} ${several.body}`, many, name, other, few);
    expect(notice.several(2, [name], 0).body).toBe(name);
    told(closing.question(name), name);
    for (const label of [...menu.about(name), ...menu.homepage(name), menu.hide(name), menu.quit(name).mac])
      told(label, name);
  });

  test('nothing and one are said without a number', () => {
    expect(statusLine(standing(0, 0), words)).not.toMatch(/\d/);
    expect(statusLine(standing(1, 1), words)).not.toMatch(/\d/);
    expect(statusLine(standing(1, 0), words)).toMatch(/0.*1|1.*0/);
  });

  test('the tool tip and a notification are one line', () => {
    expect(trayToolTip(standing(3, 1, 2), words)).not.toContain('\n');
    const accounts = ['A', 'B', 'C', 'D'].map((serverName) => ({
      accountId: serverName,
      serverId: serverName,
      serverName,
      label: 'a',
    }));
    const { title, body } = noticeText({ accounts }, words);
    expect(title).toContain('4');
    expect(body).toMatch(/A.*B.*C.*1/);
  });
});

test('the system’s language is spoken until another one is chosen, and again when that is taken back', () => {
  const spoken = new SpokenLanguage('de');
  const heard: unknown[] = [];
  spoken.onChange(() => heard.push(spoken.words));
  expect(spoken.words).toBe(shellWords.de);
  spoken.choose('system');
  spoken.choose('de');
  expect(heard).toEqual([]);
  spoken.choose('zh');
  spoken.choose('system');
  expect(heard).toEqual([shellWords.zh, shellWords.de]);
});
