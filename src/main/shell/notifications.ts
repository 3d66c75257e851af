import { Notification } from 'electron';
import type { SignInNotice } from './sign-in-notices.ts';
import { noticeText } from './words.ts';

/** Notifications on the screen: one that is collected as garbage would lose its click. */
const shown = new Set<Notification>();

/**
 * Shows a notification of the system.
 * @param clicked called when the person clicks it
 */
export function showSignInNotice(notice: SignInNotice, clicked: (notice: SignInNotice) => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification(noticeText(notice));
  shown.add(notification);
  notification.on('click', () => clicked(notice));
  notification.on('close', () => shown.delete(notification));
  notification.show();
}
