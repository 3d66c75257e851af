import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { TraceSummary } from '../../../shared/domain/trace.ts';
import { call } from '../../bridge.ts';
import { keys } from '../../state/live.ts';

/** The traces of one server, or all of them: newest first, kept up to date. */
export function useTraces(serverId: string | null): UseQueryResult<readonly TraceSummary[]> {
  return useQuery({
    queryKey: keys.traces(serverId),
    queryFn: () => call('activity.list', { serverId }) as Promise<readonly TraceSummary[]>,
  });
}
