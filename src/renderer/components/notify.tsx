import { notifications } from '@mantine/notifications';
import type { Problem } from '../../shared/problems.ts';
import { i18n } from '../i18n/index.ts';
import { problemText } from './problem-text.ts';

const LONG_MS = 12_000;

/** Tells of a problem that has no place on the screen. The same problem is shown once. */
export function notifyProblem(problem: Problem): void {
  const { sentence, advice, severity } = problemText(problem);
  const id = `${problem.code} ${sentence}`;
  notifications.hide(id);
  notifications.show({
    id,
    autoClose: severity === 'error' ? false : LONG_MS,
    title: sentence,
    message: advice,
    className: 'gh-toast',
    closeButtonProps: { 'aria-label': i18n.t('common.dismiss') },
    'data-severity': severity,
    'data-testid': 'problem',
    'data-code': problem.code,
  } as Parameters<typeof notifications.show>[0]);
}

/** Confirms something done. */
export function notifyDone(message: string, title?: string): void {
  notifications.show({
    message,
    ...(title && { title }),
    className: 'gh-toast',
    autoClose: title ? LONG_MS : 3000,
    closeButtonProps: { 'aria-label': i18n.t('common.dismiss') },
  });
}
