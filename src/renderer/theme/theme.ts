import {
  Checkbox,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  NumberInput,
  PasswordInput,
  Radio,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';

/** Names a colour whose shades are CSS variables: the values are in tokens.css. */
const named = (variable: string): MantineColorsTuple => [
  variable,
  variable,
  variable,
  variable,
  variable,
  variable,
  variable,
  variable,
  variable,
  variable,
];

const small = { size: 'sm' } as const;

export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: named('#0d5c6d'), bad: named('#c2362b') },
  respectReducedMotion: true,
  focusRing: 'auto',
  cursorType: 'pointer',
  components: {
    // Scroll locking would put a style element into the page; the frame does not scroll anyway.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, radius: 'var(--gh-radius-lg)', transitionProps: { duration: 140 } },
    }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: true },
      },
    }),
    TextInput: TextInput.extend({ defaultProps: small }),
    Textarea: Textarea.extend({ defaultProps: small }),
    PasswordInput: PasswordInput.extend({ defaultProps: small }),
    NumberInput: NumberInput.extend({ defaultProps: small }),
    Select: Select.extend({ defaultProps: small }),
    TagsInput: TagsInput.extend({ defaultProps: small }),
    Switch: Switch.extend({ defaultProps: small }),
    Checkbox: Checkbox.extend({ defaultProps: small }),
    Radio: Radio.extend({ defaultProps: small }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: small }),
  },
});
