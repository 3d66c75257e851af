import type { TFunction } from 'i18next';
import { type DragEvent, memo, type ReactNode } from 'react';
import type { ConsentStatus } from '../../../shared/domain/account.ts';
import type { ConnectionStatus } from '../../../shared/domain/connection.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { Tile } from '../../components/tile.tsx';
import { initialOf } from '../../components/visible-lines.ts';
import { relativeTime, shortSpan } from '../../i18n/format.ts';
import { remembered } from '../../i18n/remembered.ts';
import { useNow } from '../../state/clock.ts';
import { routeHash, toServer } from '../../state/route.ts';
import { nextExpiry } from '../../state/server-list.ts';
import { rowStatus } from './row-status.ts';

const SHOWN_ACCOUNTS = 3;
const MINUTE_MS = 60_000;
/** What can't be renewed and ends sooner is worth a look. */
const SOON_MS = 60 * MINUTE_MS;

/** One server of the list: its name, where it is, how it stands, who is signed in and for how long. */
export const ServerRow = memo(function ServerRow({
  id,
  name,
  host,
  status,
  consent,
  accounts,
  selected,
  tabbable,
  chosen,
  onChoose,
  onDrag,
  onDragEnd,
  t,
  language,
}: {
  id: string;
  name: string;
  host: string;
  status: ConnectionStatus;
  consent: ConsentStatus;
  accounts: readonly AccountView[];
  selected: boolean;
  tabbable: boolean;
  /** Whether it is one of those chosen; null while nobody chooses. */
  chosen: boolean | null;
  onChoose: ((serverIds: readonly string[], on: boolean) => void) | null;
  onDrag: (serverId: string) => void;
  onDragEnd: () => void;
  t: TFunction;
  language: string;
}) {
  const { of, tone } = rowStatus(status, consent);
  const words =
    of === 'consent'
      ? remembered(t, `consent ${consent}`, () => t(`consent.short.${consent}`))
      : remembered(t, `connection ${status}`, () => t(`connection.${status}`));
  const content: ReactNode = (
    <>
      <Tile name={name} tone={tone} />
      <span className="gh-server-row-text">
        <span className="gh-server-row-top">
          <OutsideText text={name} className="gh-server-row-name" />
          <Avatars accounts={accounts} t={t} />
        </span>
        <span className="gh-server-row-top">
          <span className="gh-server-row-line">
            <span className="gh-server-row-status" data-tone={tone} title={words}>
              {words}
            </span>
            <span aria-hidden="true"> · </span>
            <OutsideText text={host} />
          </span>
          {accounts.length > 0 && <Expiry accounts={accounts} t={t} language={language} />}
        </span>
      </span>
    </>
  );
  const common = {
    className: 'gh-server-row',
    'data-status': status,
    'data-testid': `server-row-${id}`,
  };
  if (chosen !== null) {
    return (
      <label {...common} data-chosen={chosen || undefined}>
        <input
          type="checkbox"
          className="gh-server-row-box"
          checked={chosen}
          tabIndex={tabbable ? 0 : -1}
          data-server-id={id}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          onChange={(event) => onChoose?.([id], event.currentTarget.checked)}
        />
        {content}
      </label>
    );
  }
  return (
    <a
      {...common}
      href={routeHash(toServer(id))}
      aria-current={selected ? 'page' : undefined}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
      tabIndex={tabbable ? 0 : -1}
      data-server-id={id}
      draggable
      onDragStart={(event: DragEvent) => {
        // Another program gets nothing of it: the address of a link here leads nowhere else.
        event.dataTransfer.clearData();
        event.dataTransfer.setData('application/x-gatehouse-server', id);
        event.dataTransfer.effectAllowed = 'move';
        onDrag(id);
      }}
      onDragEnd={onDragEnd}
    >
      {content}
    </a>
  );
});

/** Who is signed in, by the first letters of their names. */
function Avatars({ accounts, t }: { accounts: readonly AccountView[]; t: TFunction }) {
  if (accounts.length === 0) return null;
  const more = accounts.length - SHOWN_ACCOUNTS;
  const labels = accounts.slice(0, 8).map(({ label }) => visibleText(label, 60));
  return (
    <span className="gh-avatars" title={labels.join('\n')}>
      <span className="gh-visually-hidden">
        {remembered(t, `accounts ${accounts.length}`, () =>
          t('home.accountsCount', { count: accounts.length }),
        )}
      </span>
      {accounts.slice(0, SHOWN_ACCOUNTS).map(({ id, label }) => (
        <span key={id} className="gh-avatar" aria-hidden="true">
          {initialOf(label)}
        </span>
      ))}
      {more > 0 && (
        <span className="gh-avatar" data-more aria-hidden="true">
          +{Math.min(more, 99)}
        </span>
      )}
    </span>
  );
}

/** When the first of the accounts runs out. */
function Expiry({
  accounts,
  t,
  language,
}: {
  accounts: readonly AccountView[];
  t: TFunction;
  language: string;
}) {
  const now = useNow(MINUTE_MS / 4);
  const next = nextExpiry(accounts, now);
  if (!next) return null;
  const soon = !next.renews && next.at - now < SOON_MS;
  const time = relativeTime(next.at, now, language);
  const key = next.renews ? 'frame.expiresRenews' : 'frame.expires';
  const words = remembered(t, `${key} ${time}`, () => t(key, { time }));
  return (
    <span className="gh-server-row-expiry" data-soon={soon || undefined} title={words}>
      <span aria-hidden="true">{shortSpan(next.at, now, language)}</span>
      <span className="gh-visually-hidden">{words}</span>
    </span>
  );
}
