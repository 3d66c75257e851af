import {
  closeSignOut,
  closeSignOutReport,
  useSignOutReport,
  useSignOutRequest,
} from '../../state/dialogs.ts';
import { SignOutDialog } from './sign-out-dialog.tsx';
import { SignOutReportDialog } from './sign-out-report.tsx';
import './sign-out.css';

/** The question before a sign-out and the report after it, over whatever page is open. */
export default function SignOuts() {
  const request = useSignOutRequest();
  const report = useSignOutReport();
  return (
    <>
      {request && <SignOutDialog key={JSON.stringify(request)} scope={request} onClose={closeSignOut} />}
      {report && <SignOutReportDialog request={report} onClose={closeSignOutReport} />}
    </>
  );
}
