import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import type { SignOutReportRequest } from '../../state/dialogs.ts';
import { navigate } from '../../state/route.ts';
import { isConfirmed, ReportList } from './report-list.tsx';

/** What the issuers confirmed, account by account: a sign-out is not over before this was said. */
export function SignOutReportDialog({
  request: { reports, places },
  onClose,
}: {
  request: SignOutReportRequest;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [one, ...others] = reports;
  const open = reports.filter((report) => !isConfirmed(report)).length;
  const queued = reports.some(
    ({ revocation, registration }) => revocation === 'queued' || registration === 'queued',
  );
  const title = !one
    ? t('signOut.report.titleNone')
    : others.length === 0
      ? t('signOut.report.titleOne', { label: visibleText(one.label, 80) })
      : t('signOut.report.titleMany', { count: reports.length });
  return (
    <Dialog title={<bdi>{title}</bdi>} size={520} onClose={onClose}>
      <div className="gh-stack-4" data-testid="sign-out-reports">
        {reports.length > 1 && (
          <p>
            {open === 0 ? t('signOut.report.allConfirmed') : t('signOut.report.notAll', { count: open })}{' '}
            {queued && t('signOut.report.queued')}
          </p>
        )}
        {reports.length > 0 && (
          <ReportList reports={reports} places={places} label={t('signOut.report.list')} />
        )}
        <div className="gh-dialog-actions">
          {queued && (
            <Button
              variant="default"
              onClick={() => {
                navigate({ page: 'accounts' });
                onClose();
              }}
            >
              {t('signOut.report.showQueued')}
            </Button>
          )}
          <Button onClick={onClose} data-autofocus>
            {t('signOut.report.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
