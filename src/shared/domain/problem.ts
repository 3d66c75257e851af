import * as z from 'zod';
import { type Problem, type ProblemCode, problemCatalogue } from '../problems.ts';

const problemCodes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

/** A {@link Problem} as it is stored and as it crosses to the page. */
export const problem = z.object({
  code: z.enum(problemCodes),
  params: z.record(z.string(), z.string()),
  detail: z.string().nullable(),
  traceId: z.string().nullable(),
}) satisfies z.ZodType<Problem>;
