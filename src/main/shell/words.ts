import { appIdentity } from '../../shared/app-identity.ts';
import { visibleText } from '../../shared/problems.ts';
import type { Attention, NeedyServer } from './attention.ts';
import type { SignInNotice } from './sign-in-notices.ts';
import type { ShellWords } from './words/words.ts';

const NAME_LIMIT = 60;
const SHOWN_SERVERS = 3;

/** Names come from outside and stand in places that know no markup, but do know `&` as a mnemonic. */
export function shownName(name: string): string {
  return visibleText(name, NAME_LIMIT).replaceAll('&', '&&');
}

/** How things stand, in one line. */
export function statusLine({ servers, connected }: Attention, { status }: ShellWords): string {
  if (servers === 0) return status.noServers;
  if (connected < servers) return status.someConnected(connected, servers);
  return servers === 1 ? status.onlyConnected : status.allConnected(servers);
}

/** What the item in the tray says while the pointer rests on it. */
export function trayToolTip(attention: Attention, words: ShellWords): string {
  return words.tray.toolTip(appIdentity.productName, statusLine(attention, words), attention.needy.length);
}

/** A server that needs the person, as an entry of a menu. */
export function needyLine({ name, why }: NeedyServer, { tray }: ShellWords): string {
  return tray.needy(shownName(name), tray.why[why]);
}

/** Title and text of a notification. */
export function noticeText(
  { accounts }: SignInNotice,
  { notice }: ShellWords,
): { title: string; body: string } {
  const [first] = accounts;
  if (first && accounts.length === 1) {
    return notice.one(visibleText(first.serverName, NAME_LIMIT), visibleText(first.label, NAME_LIMIT));
  }
  const names = [...new Set(accounts.map(({ serverName }) => visibleText(serverName, NAME_LIMIT)))];
  const more = Math.max(0, names.length - SHOWN_SERVERS);
  return notice.several(accounts.length, names.slice(0, SHOWN_SERVERS), more);
}
