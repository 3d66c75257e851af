import * as z from 'zod';
import { elicitationAnswer } from '../domain/elicitation.ts';
import { id } from '../domain/identifiers.ts';
import { calls } from './define.ts';

const one = z.object({ elicitationId: id });

export const elicitationCalls = calls({
  'elicitations.answer': { input: one.extend({ answer: elicitationAnswer }), output: z.void() },
  /** Opens the address of a question in the browser: the person has seen it whole. */
  'elicitations.open': { input: one, output: z.void() },
});
