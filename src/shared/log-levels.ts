/** Severities of RFC 5424, least first, as MCP names them. */
export const logLevels = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

export type LogLevel = (typeof logLevels)[number];

/** The level a text names, or undefined. */
export function logLevelNamed(text: string): LogLevel | undefined {
  return logLevels.find((level) => level === text);
}
