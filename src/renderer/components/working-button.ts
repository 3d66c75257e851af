import { type ComponentPropsWithRef, createElement, type MouseEvent, type ReactNode } from 'react';

type Props = ComponentPropsWithRef<'button'> & {
  readonly href?: string;
  readonly 'data-loading'?: boolean;
  readonly 'data-disabled'?: boolean;
};

const ignore = (event: MouseEvent) => {
  event.preventDefault();
  event.stopPropagation();
};

/**
 * How buttons are put into the page. While what it started goes on, Mantine disables a button, and a disabled button
 * drops the focus: who works with the keyboard would have to start over from the top. It keeps the focus, says
 * that it is busy, and does nothing.
 */
export function workingButton({ type = 'button', ...props }: Props): ReactNode {
  if (props.href !== undefined) return createElement('a', props as ComponentPropsWithRef<'a'>);
  const works = props['data-loading'] && !props['data-disabled'];
  // Enter in a form presses its button: so that is ignored too.
  const waiting = works && { disabled: false, 'aria-disabled': true, 'aria-busy': true, onClick: ignore };
  // biome-ignore lint/a11y/useButtonType: Mantine's, a button unless said otherwise
  return createElement('button', { type, ...props, ...waiting });
}
