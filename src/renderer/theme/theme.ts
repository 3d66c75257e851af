import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { workingButton } from '../components/working-button.ts';

/** Mantine wants ten shades; the ones painted are CSS variables in tokens.css. */
const shades = (color: string): MantineColorsTuple => [
  color,
  color,
  color,
  color,
  color,
  color,
  color,
  color,
  color,
  color,
];

const small = { defaultProps: { size: 'sm' } };

/**
 * Defaults of the components in use. Named rather than imported, so that what only a lazily loaded
 * screen uses is not part of the first load.
 */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: shades('#0d5c6d'), bad: shades('#c2362b') },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { renderRoot: workingButton } },
    ActionIcon: { defaultProps: { renderRoot: workingButton } },
    Modal: {
      defaultProps: {
        // Scroll locking would put a style element into the page; the frame does not scroll anyway.
        lockScroll: false,
        radius: 'var(--gh-radius-lg)',
        transitionProps: { duration: 140 },
      },
    },
    Menu: {
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 80 },
        // In a low window the item one walks to scrolls the button out of view: the menu must not go with it.
        hideDetached: false,
      },
    },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: true },
      },
    },
    TextInput: small,
    Textarea: small,
    NativeSelect: small,
    TagsInput: small,
    Switch: small,
    Checkbox: small,
    Radio: small,
    SegmentedControl: small,
  },
});
