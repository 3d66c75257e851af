import type { HostileRow, PageRow } from '../row.ts';

const row = <Name extends string>(
  told: Omit<PageRow, 'kind' | 'who'> & { readonly name: Name },
): PageRow & { readonly name: Name } => ({ kind: 'page', who: 'server', ...told });

/** What is displayed: each of these is looked at in the page of the running app. */
export const page = [
  row({
    name: 'markup-before-the-sign-in',
    does: 'Publishes a name of markup, reversed and invisible characters, and a `javascript:` link to its policy.',
    must: 'The preview shows text with every such character visible, the issuer’s host in clear, and no link.',
    guard: { file: 'main/sign-in/consent-preview.ts', name: 'visibleText' },
  }),
  row({
    name: 'markup-in-the-page',
    does: 'Names itself and its tools by markup with scripts and pictures.',
    must: 'Text: no element of theirs is in the page, nothing of theirs ran.',
    guard: { file: 'renderer/components/outside-text.tsx', name: 'visibleText' },
  }),
  row({
    name: 'answer-that-is-a-page',
    does: 'Answers with a page, a Markdown link to `javascript:`, and a picture that is a document with a script.',
    must: 'Shown as text and as a picture; no link, no script, no request.',
    guard: { file: 'renderer/features/catalog/content-block.tsx', name: 'ContentBlock' },
  }),
  row({
    name: 'look-alike-in-the-page',
    does: 'Asks the person to open an address with a Cyrillic letter in its name.',
    must: 'The name that will be asked is shown, with a warning; the browser is not opened.',
    guard: { file: 'main/servers/shown-address.ts', name: 'mixesScripts' },
  }),
] as const satisfies readonly HostileRow[];
