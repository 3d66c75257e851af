import { Notification } from 'electron';

/** Notifications on the screen: one that is collected as garbage would lose its click. */
const shown = new Set<Notification>();

/**
 * Shows a notification of the system.
 * @param clicked called when the person clicks it
 */
export function showNotification(text: { title: string; body: string }, clicked: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification(text);
  shown.add(notification);
  notification.on('click', clicked);
  notification.on('close', () => shown.delete(notification));
  notification.show();
}
