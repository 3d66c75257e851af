import {
  type ExtraHeadersChange,
  headerName,
  headerValue,
  isFreeHeader,
} from '../../shared/domain/extra-header.ts';

/** One header in a form. */
export interface HeaderField {
  readonly name: string;
  /** Null: the value that is in the vault, which is never shown. */
  readonly value: string | null;
}

export type HeaderError = 'name' | 'reserved' | 'value' | 'twice';

/** What is wrong with each field; null where nothing is. Fields with neither name nor value say nothing. */
export function headerErrors(fields: readonly HeaderField[]): (HeaderError | null)[] {
  const names = fields.map(({ name }) => name.trim().toLowerCase());
  return fields.map(({ name, value }, index) => {
    const trimmed = name.trim();
    if (trimmed === '' && value === '') return null;
    if (trimmed !== '' && !isFreeHeader(trimmed)) return 'reserved';
    if (!headerName.safeParse(trimmed).success) return 'name';
    if (names.indexOf(trimmed.toLowerCase()) < index) return 'twice';
    return value === null || headerValue.safeParse(value.trim()).success ? null : 'value';
  });
}

/**
 * The change that makes the stored headers those of the form; null while something in it is wrong.
 * @param stored names the server has now
 */
export function headersChange(
  stored: readonly string[],
  fields: readonly HeaderField[],
): ExtraHeadersChange | null {
  if (headerErrors(fields).some((error) => error !== null)) return null;
  const change: ExtraHeadersChange = {};
  const kept = new Set(fields.map(({ name }) => name.trim().toLowerCase()));
  for (const name of stored) if (!kept.has(name.toLowerCase())) change[name] = null;
  for (const { name, value } of fields) {
    if (value !== null && name.trim() !== '') change[name.trim()] = value.trim();
  }
  return change;
}
