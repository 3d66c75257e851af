/** The one IPC channel of calls. */
export const CALL_CHANNEL = 'gatehouse:call';
/** The one IPC channel of events. */
export const EVENT_CHANNEL = 'gatehouse:event';
