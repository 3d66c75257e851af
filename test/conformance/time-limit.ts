/** For one scenario, in milliseconds, from the gate on: what the suite gives by itself. */
export const TIME_LIMIT_MS = 30_000;

/** What a client says that had to be stopped; the suite overlooks it when all checks were made by then. */
export const OVERTIME = `Stopped after ${TIME_LIMIT_MS / 1000} s.`;
