import { TextInput } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import type { CallInput } from '../../../shared/contract/index.ts';
import { visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { visibleLines } from '../../components/visible-lines.ts';

type Completion = CallInput<'catalog.complete'>;

/** A text field for which the server proposes values while one types (MCP specification, completion). */
export function CompletedInput({
  of,
  serverId,
  accountId,
  name,
  label,
  description,
  required,
  error,
  value,
  others,
  onChange,
}: Pick<Completion, 'of' | 'serverId' | 'accountId' | 'others'> & {
  name: string;
  label: string;
  description?: string | undefined;
  required: boolean;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
}) {
  const listId = useId();
  const [touched, setTouched] = useState(false);
  const typed = useSettled(value);
  const input = { serverId, accountId, of, argument: { name, value: typed }, others };
  const { data } = useQuery({
    queryKey: ['completion', input],
    queryFn: touched ? () => call('catalog.complete', input) : skipToken,
    gcTime: 60_000,
  });
  // A proposal that would be shown otherwise than it is can't be chosen by what one sees.
  const proposals = (data?.values ?? []).filter((one) => one !== '' && visibleText(one, 300) === one);
  return (
    <>
      <TextInput
        label={<bdi>{visibleText(label, 120)}</bdi>}
        description={description ? visibleLines(description, 1000) : undefined}
        error={error}
        withAsterisk={required}
        aria-required={required || undefined}
        list={listId}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onFocus={() => setTouched(true)}
        onChange={(event) => onChange(event.currentTarget.value)}
        data-testid={`argument-${name}`}
      />
      <datalist id={listId} data-testid={`proposals-${name}`}>
        {proposals.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

const PAUSE_MS = 150;

/** A value once it has not changed for a moment: the server is asked per pause, not per letter. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
