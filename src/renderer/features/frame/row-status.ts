import type { ConsentStatus } from '../../../shared/domain/account.ts';
import type { ConnectionStatus } from '../../../shared/domain/connection.ts';
import { connectionTone, consentTone, type Tone } from '../../components/status.tsx';

/** What a row says besides the name: the most useful of both statuses. */
export function rowStatus(
  status: ConnectionStatus,
  consent: ConsentStatus,
): { of: 'consent' | 'connection'; tone: Tone } {
  if (status === 'disabled') return { of: 'connection', tone: 'idle' };
  const consentSpeaks = !['granted', 'not-needed', 'partial'].includes(consent);
  if (consentSpeaks) return { of: 'consent', tone: consentTone[consent] };
  return { of: 'connection', tone: connectionTone[status] };
}
