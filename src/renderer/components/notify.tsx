import type { NotificationData } from '@mantine/notifications';
import type { Problem } from '../../shared/problems.ts';
import { i18n } from '../i18n/index.ts';
import { announce } from './announcements.ts';
import { problemText } from './problem-text.ts';

const LONG_MS = 12_000;
const SHORT_MS = 3000;

async function show(data: NotificationData & Record<`data-${string}`, string>): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  if (data.id) notifications.hide(data.id);
  notifications.show({
    ...data,
    className: 'gh-toast',
    // Mantine's would interrupt whatever is being read, for “Copied”.
    role: 'presentation',
    closeButtonProps: { 'aria-label': i18n.t('common.dismiss') },
  });
}

/** Tells of a problem that has no place on the screen. The same problem is shown once. */
export function notifyProblem(problem: Problem): void {
  const { sentence, advice, severity } = problemText(problem);
  announce(`${sentence} ${advice}`, { urgent: severity === 'error' });
  void show({
    id: `${problem.code} ${sentence}`,
    autoClose: severity === 'error' ? false : LONG_MS,
    title: sentence,
    message: advice,
    'data-severity': severity,
    'data-testid': 'problem',
    'data-code': problem.code,
  });
}

/** Confirms something done; with a title it stays long enough to be read. */
export function notifyDone(message: string, title?: string): void {
  announce(title ? `${title} ${message}` : message);
  void show({ message, autoClose: title ? LONG_MS : SHORT_MS, ...(title && { title }) });
}
