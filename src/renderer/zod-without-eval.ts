import * as z from 'zod';

// Zod compiles its parsers with `new Function` where it can; the content security policy refuses
// that, and says so at each start. Imported first, before any schema is made.
z.config({ jitless: true });
