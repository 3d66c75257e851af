import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import type { SchemaError } from './schema-validation.ts';

const MEASURED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

/** Puts into words what a schema does not accept. */
export function useErrorWords(): (error: SchemaError) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ keyword, limit, format }) => {
      const measured = MEASURED.find((name) => name === keyword);
      if (measured && limit !== null) return t(`tools.errors.${measured}`, { limit });
      if (keyword === 'format' && format)
        return t('tools.errors.format', { format: visibleText(format, 40) });
      if (keyword === 'enum' || keyword === 'const') return t('tools.errors.enum');
      if (keyword === 'pattern' || keyword === 'type') return t(`tools.errors.${keyword}`);
      return t('tools.errors.other', { keyword });
    },
    [t],
  );
}
