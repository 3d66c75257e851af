import { createHash } from 'node:crypto';
import type { Command } from '../../../shared/domain/command.ts';

/**
 * Names a command by everything the person is shown of it. Two commands that differ in anything, be it the
 * order of arguments, have different digests. Values of secret variables are not part of it: they are not shown.
 */
export function commandDigest({ program, arguments: values, folder, environment }: Command): string {
  const shown = environment.map((entry) => ('secret' in entry ? [entry.name] : [entry.name, entry.value]));
  return createHash('sha256')
    .update(JSON.stringify([program, values, folder, shown]))
    .digest('base64url');
}
