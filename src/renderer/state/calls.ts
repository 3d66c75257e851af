import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { CallInput, CallName, CallOutput } from '../../shared/contract/index.ts';
import { problemOf } from '../../shared/problems.ts';
import { call } from '../bridge.ts';
import { notifyProblem } from '../components/notify.tsx';

/**
 * A call as an action of the interface, with its pending state. A failure is announced as a
 * notification unless `quiet`, for callers that show it in place.
 */
export function useCall<Name extends CallName>(
  name: Name,
  { quiet = false }: { quiet?: boolean } = {},
): UseMutationResult<CallOutput<Name>, Error, CallInput<Name>> {
  return useMutation<CallOutput<Name>, Error, CallInput<Name>>({
    mutationFn: (input) => call(name, input),
    onError: (error) => {
      if (!quiet) notifyProblem(problemOf(error));
    },
  });
}
