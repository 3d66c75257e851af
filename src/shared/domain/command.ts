import * as z from 'zod';

/** Text the system can take as an argument or a path: a NUL character would cut it short. */
const systemText = z
  .string()
  .max(32_768)
  .refine((text) => !text.includes('\0'), 'contains a NUL character');

/** Name of an environment variable: neither empty, nor with the sign that would end it. */
export const environmentName = systemText
  .min(1)
  .max(256)
  .refine((name) => !name.includes('='), 'contains an equals sign');

/** One environment variable for a command; the value of a secret one rests in the vault. */
export const environmentEntry = z.union([
  z.strictObject({ name: environmentName, secret: z.literal(true) }),
  z.strictObject({ name: environmentName, value: systemText }),
]);
export type EnvironmentEntry = z.infer<typeof environmentEntry>;

const uniqueNames = (entries: readonly { name: string }[]): boolean =>
  new Set(entries.map(({ name }) => name)).size === entries.length;

/** A program of this computer with everything it is started with. No shell reads it. */
export const command = z.object({
  program: systemText.min(1).max(4096),
  arguments: z.array(systemText).max(500),
  /** Absolute path of the working folder; null: the person's home folder. */
  folder: systemText.min(1).max(4096).nullable(),
  environment: z.array(environmentEntry).max(200).refine(uniqueNames, 'names a variable twice'),
});
export type Command = z.infer<typeof command>;

/** A command as the person enters it, secret values with it; they go no further than the vault. */
export const commandDraft = command.extend({
  environment: z
    .array(
      z.strictObject({
        name: environmentName,
        secret: z.boolean(),
        /** Null: the secret value that is in the vault already. */
        value: systemText.nullable(),
      }),
    )
    .max(200)
    .refine(uniqueNames, 'names a variable twice')
    .refine((entries) => entries.every(({ secret, value }) => secret || value !== null), 'lacks a value'),
});
export type CommandDraft = z.infer<typeof commandDraft>;
