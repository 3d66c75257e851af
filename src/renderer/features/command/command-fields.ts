import type { Command, CommandDraft } from '../../../shared/domain/command.ts';

/** A variable in the form. */
export interface VariableField {
  readonly name: string;
  /** Null: the secret value that is in the vault, which is never shown. */
  readonly value: string | null;
  readonly secret: boolean;
}

/** The command form: text as typed. */
export interface CommandFields {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly variables: readonly VariableField[];
}

export type CommandErrors = Partial<
  Record<'program' | 'folder' | 'variables', 'missing' | 'path' | 'name' | 'twice'>
>;

export function fieldsOfCommand({ program, arguments: values, folder, environment }: Command): CommandFields {
  return {
    program,
    arguments: values,
    folder: folder ?? '',
    variables: environment.map((entry) =>
      'secret' in entry
        ? { name: entry.name, value: null, secret: true }
        : { name: entry.name, value: entry.value, secret: false },
    ),
  };
}

/** What the form stands for, or which fields can't be read. */
export function commandOfFields(
  fields: CommandFields,
): { ok: true; command: CommandDraft } | { ok: false; errors: CommandErrors } {
  const errors: CommandErrors = {};
  const program = fields.program.trim();
  const folder = fields.folder.trim();
  const variables = fields.variables
    .map(({ name, ...rest }) => ({ ...rest, name: name.trim() }))
    .filter(({ name, value }) => name !== '' || value !== '');
  if (program === '') errors.program = 'missing';
  if (folder !== '' && !/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(folder)) errors.folder = 'path';
  if (variables.some(({ name }) => name === '' || /[=\0]/.test(name))) errors.variables = 'name';
  if (new Set(variables.map(({ name }) => name)).size < variables.length) errors.variables = 'twice';
  if (variables.some(({ value, secret }) => value === null && !secret)) errors.variables = 'missing';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    command: {
      program,
      arguments: [...fields.arguments],
      folder: folder || null,
      environment: variables.map(({ name, value, secret }) => ({ name, value, secret })),
    },
  };
}
