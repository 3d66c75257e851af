import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Arguments } from '../../state/call-log.ts';
import { useErrorWords } from './error-words.ts';
import { argumentsOf, type Draft, draftOf, formOf, type JsonSchema, objectDraft } from './schema-form.ts';
import { validate } from './schema-validation.ts';

export type EntryMode = 'form' | 'json';

/**
 * What a person enters for a schema: in a form where one can be made, as JSON everywhere.
 * @param jsonOnly the schema is not the whole one
 */
export function useArgumentEntry(schema: JsonSchema, initial: Arguments | null, jsonOnly = false) {
  const { t } = useTranslation();
  const form = useMemo(() => (jsonOnly ? null : formOf(schema)), [schema, jsonOnly]);
  const [mode, setMode] = useState<EntryMode>(form ? 'form' : 'json');
  const [draft, setDraft] = useState<Draft>(() => draftFor(initial));
  const [json, setJson] = useState(() => JSON.stringify(initial ?? {}, null, 2));
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const words = useErrorWords();

  function draftFor(values: Arguments | null): Draft {
    if (!form) return {};
    return (values && draftOf(form, values)) ?? objectDraft(form, {});
  }

  const parsed = (): Arguments | string => {
    try {
      const value: unknown = JSON.parse(json);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Arguments)
        : t('tools.jsonInvalid', { message: Array.isArray(value) ? '[…]' : String(value) });
    } catch (error) {
      return t('tools.jsonInvalid', { message: error instanceof Error ? error.message : '' });
    }
  };

  /** The arguments entered; null when something needs a look, which then shows. */
  const collect = (): Arguments | null => {
    const found = new Map<string, string>();
    let value: Arguments;
    if (mode === 'json') {
      const written = parsed();
      if (typeof written === 'string') {
        setErrors(new Map([['', written]]));
        return null;
      }
      value = written;
    } else if (form) {
      const result = argumentsOf(form, draft);
      for (const { pointer, key } of result.errors) found.set(pointer, t(`tools.errors.${key}`));
      value = result.value;
    } else return null;
    for (const error of validate(schema, value))
      if (!found.has(error.pointer)) found.set(error.pointer, words(error));
    // Arguments written by hand may be meant to be wrong: who builds a server wants to see its answer.
    if (mode === 'form' && found.size > 0) {
      setErrors(found);
      return null;
    }
    setErrors(new Map());
    return value;
  };

  const switchTo = (next: EntryMode) => {
    setErrors(new Map());
    if (!form) return;
    if (next === 'json') {
      setJson(JSON.stringify(argumentsOf(form, draft).value, null, 2));
      setMode('json');
      return;
    }
    const written = parsed();
    if (typeof written === 'string') setErrors(new Map([['', written]]));
    else {
      setDraft(draftOf(form, written) ?? {});
      setMode('form');
    }
  };

  /** Replaces what is entered; null empties it. */
  const fill = (values: Arguments | null) => {
    setErrors(new Map());
    setDraft(draftFor(values));
    setJson(JSON.stringify(values ?? {}, null, 2));
  };

  return { form, mode, draft, json, errors, setDraft, setJson, collect, switchTo, fill };
}
