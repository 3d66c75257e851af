import { type KeyboardEvent, memo, type PointerEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { changeFrame, SIDEBAR, useFrameState } from '../../state/frame.ts';

const STEP = 16;

const bounded = (width: number) => Math.round(Math.min(SIDEBAR.most, Math.max(SIDEBAR.least, width)));

/** The edge between the sidebar and the page: it is drawn by the pointer, or moved by the arrow keys. */
export const SidebarEdge = memo(function SidebarEdge() {
  const { t } = useTranslation();
  const { sidebarWidth } = useFrameState();
  const drawn = useRef<number | null>(null);
  const width = sidebarWidth ?? SIDEBAR.usual;

  /** Shows a width while it is not decided yet. */
  const show = (frame: HTMLElement | null, value: number) =>
    frame?.style.setProperty('--gh-sidebar-width', `${value}px`);
  const frameOf = (event: PointerEvent) => event.currentTarget.closest<HTMLElement>('.gh-frame');

  const moved = (event: PointerEvent) => {
    if (drawn.current === null) return;
    drawn.current = bounded(event.clientX);
    show(frameOf(event), drawn.current);
  };
  const released = () => {
    if (drawn.current !== null && drawn.current !== width) changeFrame({ sidebarWidth: drawn.current });
    drawn.current = null;
  };
  const keyPressed = (event: KeyboardEvent) => {
    const target = {
      ArrowLeft: width - STEP,
      ArrowRight: width + STEP,
      Home: SIDEBAR.least,
      End: SIDEBAR.most,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    changeFrame({ sidebarWidth: bounded(target) });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no line
    <div
      className="gh-sidebar-edge"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('frame.sidebarWidth')}
      aria-valuenow={width}
      aria-valuemin={SIDEBAR.least}
      aria-valuemax={SIDEBAR.most}
      title={t('frame.sidebarWidthHint')}
      data-testid="sidebar-edge"
      onKeyDown={keyPressed}
      onDoubleClick={() => changeFrame({ sidebarWidth: null })}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        drawn.current = width;
      }}
      onPointerMove={moved}
      onPointerUp={released}
      onPointerCancel={(event) => {
        drawn.current = null;
        show(frameOf(event), width);
      }}
    />
  );
});
