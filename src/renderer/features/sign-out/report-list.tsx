import { CircleCheck, CircleDashed, CircleX, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SignOutReport } from '../../../shared/contract/accounts.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import type { AccountPlace } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';

/** What is to be looked at first. */
const ORDER: readonly SignOutReport['revocation'][] = [
  'failed',
  'queued',
  'not-offered',
  'confirmed',
  'nothing-to-revoke',
];

const ICONS = {
  failed: CircleX,
  queued: Clock,
  'not-offered': CircleDashed,
  confirmed: CircleCheck,
  'nothing-to-revoke': CircleCheck,
} as const;

/** Whether an issuer did all that was asked of it. */
export function isConfirmed({ revocation, registration }: SignOutReport): boolean {
  return (
    (revocation === 'confirmed' || revocation === 'nothing-to-revoke') &&
    (registration === null || registration === 'deleted' || registration === 'kept')
  );
}

/** What became of each account that was signed out, what needs a look first. */
export function ReportList({
  reports,
  places,
  label,
}: {
  reports: readonly SignOutReport[];
  places: ReadonlyMap<string, AccountPlace>;
  label: string;
}) {
  const sorted = reports.toSorted(
    (a, b) => ORDER.indexOf(a.revocation) - ORDER.indexOf(b.revocation) || a.label.localeCompare(b.label),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard too
    <ul className="gh-reports" aria-label={label} tabIndex={0}>
      {sorted.map((report) => (
        <Report key={report.accountId} report={report} place={places.get(report.accountId)} />
      ))}
    </ul>
  );
}

function Report({ report, place }: { report: SignOutReport; place: AccountPlace | undefined }) {
  const { t } = useTranslation();
  const { accountId, revocation, registration, detail } = report;
  // Deleting here can fail as well; then the account is still shown.
  const stillHere = useWorld('accounts', (accounts) => accounts.has(accountId)) && revocation === 'failed';
  const Icon = ICONS[revocation];
  const where = [place?.serverName, place?.issuerHost].filter((part) => part !== null && part !== undefined);
  return (
    <li data-testid="sign-out-report" data-revocation={revocation} data-registration={registration ?? 'none'}>
      <Icon size={16} aria-hidden="true" />
      <div className="gh-grow">
        <p>
          <OutsideText text={report.label} limit={200} className="gh-strong" />
        </p>
        {where.length > 0 && (
          <p className="gh-faint gh-small">
            <bdi>{where.map((part) => visibleText(part, 120)).join(' · ')}</bdi>
          </p>
        )}
        <p className="gh-small">
          {stillHere ? t('signOut.report.stillHere') : t(`signOut.report.revocations.${revocation}`)}{' '}
          {registration && t(`signOut.report.registrations.${registration}`)}
        </p>
        {detail && (
          <p className="gh-faint gh-small">
            <OutsideText text={detail} limit={600} />
          </p>
        )}
      </div>
    </li>
  );
}
