import { Checkbox } from '@mantine/core';
import { ArrowRight, ChevronDown } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ConsentStatusLabel } from '../../components/status.tsx';
import { Tile } from '../../components/tile.tsx';
import { When } from '../../components/when.tsx';
import { useWorld } from '../../state/live.ts';
import { routeHash, toServer } from '../../state/route.ts';
import { connectionKey } from '../../state/world.ts';
import { AccountActions } from './account-actions.tsx';
import { AccountDetails } from './account-details.tsx';
import { AccountTags } from './account-tags.tsx';
import type { Selection } from './selection.ts';

/** One account in one line; everything about it, and everything to do with it, below once it is opened. */
export function AccountRow({ account, selection }: { account: AccountView; selection: Selection | null }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const moreId = useId();
  const server = useWorld('servers', (servers) => servers.get(account.serverId));
  const serverName = server ? visibleText(server.name, 120) : t('accounts.lostServer');
  return (
    <li data-testid={`account-row-${account.id}`} data-open={open || undefined}>
      <div className="gh-account-row">
        {selection && (
          <Checkbox
            aria-label={t('accounts.selectOne', { label: visibleText(account.label, 100) })}
            checked={selection.has(account.id)}
            onChange={(event) => selection.set([account.id], event.currentTarget.checked)}
          />
        )}
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? moreId : undefined}
          onClick={() => setOpen(!open)}
        >
          <Tile name={account.label} />
          <span className="gh-account-row-text">
            <span className="gh-account-name">
              <OutsideText text={account.label} limit={200} className="gh-strong" />
              <AccountTags account={account} />
            </span>
            <span className="gh-faint gh-small">
              <bdi>{t('accounts.at', { server: serverName })}</bdi>
            </span>
          </span>
          <span className="gh-account-row-status">
            <ConsentStatusLabel status={account.consent} short />
            <Lasting account={account} />
          </span>
          <ChevronDown size={16} aria-hidden="true" className="gh-faint gh-account-chevron" />
        </button>
      </div>
      {open && (
        <div id={moreId} className="gh-account-more">
          <div className="gh-account-more-head">
            {server ? (
              <a className="gh-link" href={routeHash(toServer(server.id))}>
                <bdi>{t('accounts.openServer', { server: serverName })}</bdi>{' '}
                <ArrowRight size={13} aria-hidden="true" />
              </a>
            ) : (
              <span />
            )}
            <AccountActions account={account} />
          </div>
          <OpenDetails account={account} />
        </div>
      )}
    </li>
  );
}

function OpenDetails({ account }: { account: AccountView }) {
  const connection = useWorld(
    'connections',
    (connections) => connections.get(connectionKey(account.serverId, account.id)) ?? null,
  );
  return <AccountDetails account={account} connection={connection} />;
}

function Lasting({ account: { state, grant } }: { account: AccountView }) {
  const { t } = useTranslation();
  const live = state.kind === 'live' || state.kind === 'insufficient';
  if (!live || grant.accessTokenExpiresAt === null) return null;
  return (
    <span className="gh-faint gh-small">
      {grant.refreshable ? (
        t('account.renews')
      ) : (
        <>
          {t('account.expires')} <When at={grant.accessTokenExpiresAt} />
        </>
      )}
    </span>
  );
}
