import * as z from 'zod';
import { languages } from '../languages.ts';

/** A language Gatehouse speaks. */
export const language = z.enum(languages);
