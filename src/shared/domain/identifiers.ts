import * as z from 'zod';

/** Identifier made by Gatehouse: letters, digits and dashes, safe as a file name and in a link. */
export const id = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** Milliseconds since the Unix epoch. */
export const timestamp = z.number().int().nonnegative();

/** Text that came from outside, bounded so that no view has to be. */
export const outsideText = z.string().max(4096);
