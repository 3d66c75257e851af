import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A dialog over the page. It traps the focus, closes with Escape, and gives the focus back to where it was. */
export function Dialog({
  title,
  size = 440,
  closable = true,
  bare = false,
  onClose,
  children,
}: {
  title: ReactNode;
  /** Greatest width in pixels. */
  size?: number;
  /** False while closing would lose what is going on. */
  closable?: boolean;
  /** Without a head that is seen, and near the top: for what one opens, uses and leaves with the keyboard. */
  bare?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      centered={!bare}
      {...(bare && {
        yOffset: '10dvh',
        classNames: { header: 'gh-visually-hidden', body: 'gh-palette-body' },
      })}
      closeOnEscape={closable}
      closeOnClickOutside={closable}
      withCloseButton={closable && !bare}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Modal>
  );
}

/** For what is mounted while it is open: gives the focus back. Mantine does so only for dialogs that stay mounted. */
export function useFocusBack(): void {
  const [origin] = useState(focusOrigin);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        // Another dialog, or whoever closed this one, may have taken it already.
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        const target = origin?.isConnected ? origin : document.getElementById('content');
        target?.focus({ preventScroll: true });
      });
    },
    [origin],
  );
}

/** What has the focus; for an item of a menu, which closes now, the button that opened it. */
function focusOrigin(): HTMLElement | null {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active === document.body) return null;
  const opener = active.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return (opener ? document.getElementById(opener) : null) ?? active;
}
