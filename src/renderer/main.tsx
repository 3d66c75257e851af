import * as z from 'zod';

// Zod tries to compile its parsers with `new Function`; the content security policy refuses that
// and reports it at each start. Said before any schema is made, hence the imports afterwards.
z.config({ jitless: true });

// The words come beside the rest, not after it.
const words = import('./i18n/languages.ts').then(({ lastLanguage, loadWords }) => loadWords(lastLanguage()));
const { start } = await import('./start.tsx');
await start(words);
