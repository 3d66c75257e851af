import { ActionIcon, type ActionIconProps, Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, ReactNode } from 'react';

type Props = {
  label: string;
  children: ReactNode;
  variant?: 'subtle' | 'default';
  size?: 'sm' | 'md';
} & Omit<ComponentPropsWithRef<'button'>, 'children' | 'style' | 'color'>;

/** A button that shows only an icon: its name is read out and shown on hover. */
export function IconButton({ label, children, variant = 'subtle', size = 'md', ...rest }: Props) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        aria-label={label}
        variant={variant}
        size={size}
        color="gray"
        {...(rest as ActionIconProps)}
        className="gh-icon-button"
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
