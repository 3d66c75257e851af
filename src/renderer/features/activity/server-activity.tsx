import { routeHash, toServer } from '../../state/route.ts';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

export default function ServerActivity({ serverId, traceId }: { serverId: string; traceId: string | null }) {
  const hrefOf = (id: string | null) => routeHash({ page: 'server', serverId, tab: 'activity', traceId: id });
  return traceId ? (
    <TraceView traceId={traceId} backHref={routeHash(toServer(serverId, 'activity'))} />
  ) : (
    <TraceList serverId={serverId} hrefOf={hrefOf} />
  );
}
