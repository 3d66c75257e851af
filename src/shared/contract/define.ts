import type * as z from 'zod';

/** One call from the renderer to the main process. */
export interface CallContract<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  /**
   * The output crosses as JSON text. `contextBridge` copies an object member by member and no deeper than
   * 1000 levels: what a server sends may be many thousands of members.
   */
  readonly asText?: true;
}

/** Keeps the names and schemas of a contract file as literal types. */
export const calls = <const T extends Record<string, CallContract>>(contracts: T): T => contracts;

/** Keeps the names and payload schemas of the events as literal types. */
export const events = <const T extends Record<string, z.ZodType>>(contracts: T): T => contracts;
