import { visibleText } from '../../shared/problems.ts';
import type { Attention, NeedyServer } from './attention.ts';
import type { SignInNotice } from './sign-in-notices.ts';

const NAME_LIMIT = 60;

/** Names come from outside and stand in places that know no markup, but do know `&` as a mnemonic. */
export function shownName(name: string): string {
  return visibleText(name, NAME_LIMIT).replaceAll('&', '&&');
}

/** How things stand, in one line. */
export function statusLine({ servers, connected }: Attention): string {
  if (servers === 0) return 'No servers yet';
  if (connected === servers) return servers === 1 ? 'Connected' : `All ${servers} servers connected`;
  return `${connected} of ${servers} servers connected`;
}

const WHY: Readonly<Record<NeedyServer['why'], string>> = {
  'sign-in': 'sign in',
  'more-scope': 'wants more permissions',
  failed: 'not connected',
};

export function needyLine({ name, why }: NeedyServer): string {
  return `${shownName(name)}: ${WHY[why]}`;
}

/** Title and text of a notification. */
export function noticeText({ accounts }: SignInNotice): { title: string; body: string } {
  const [first] = accounts;
  if (first && accounts.length === 1) {
    return {
      title: `Sign in to ${visibleText(first.serverName, NAME_LIMIT)} again`,
      body: `The sign-in of ${visibleText(first.label, NAME_LIMIT)} is no longer valid.`,
    };
  }
  const names = [...new Set(accounts.map(({ serverName }) => visibleText(serverName, NAME_LIMIT)))];
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return { title: `${accounts.length} accounts need you to sign in again`, body: `${shown}${more}` };
}
