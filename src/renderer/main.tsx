import * as z from 'zod';

// Zod tries to compile its parsers with `new Function`; the content security policy refuses that
// and reports it at each start. Said before any schema is made, hence the import afterwards.
z.config({ jitless: true });

const { start } = await import('./start.tsx');
await start();
