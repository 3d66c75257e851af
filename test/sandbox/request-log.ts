/** Who was asked: `elsewhere` is a place nobody should be led to, or a third party a profile needs. */
export type HostName = 'issuer' | 'server' | 'elsewhere';

/** One request as a test may see it: where it went and how it ended, never what it carried. */
export interface LoggedRequest {
  host: HostName;
  method: string;
  /** Path without the query: queries carry codes and states. */
  path: string;
  /** `grant_type` of a token request. */
  grantType?: string;
  /** 0 until the answer has been sent. */
  status: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** Selects log entries; members left out match everything. `path` may be a pattern. */
export interface RequestFilter {
  host?: HostName;
  method?: string;
  path?: string | RegExp;
  grantType?: string;
  status?: number;
}

/** What the sandbox's hosts were asked, in order of arrival. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];

  /** Starts an entry; the caller fills in `status` and `grantType` later. */
  begin(host: HostName, method: string, path: string): LoggedRequest {
    const entry: LoggedRequest = { host, method, path, status: 0, at: Date.now() };
    this.entries.push(entry);
    return entry;
  }

  /** How many requests match every given member of the filter. */
  count(filter: RequestFilter = {}): number {
    return this.entries.filter((entry) => matches(entry, filter)).length;
  }

  /** Forgets everything; the array stays the same object. */
  reset(): void {
    this.entries.length = 0;
  }
}

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  if (filter.host !== undefined && entry.host !== filter.host) return false;
  if (filter.method !== undefined && entry.method !== filter.method) return false;
  if (filter.grantType !== undefined && entry.grantType !== filter.grantType) return false;
  if (filter.status !== undefined && entry.status !== filter.status) return false;
  if (filter.path instanceof RegExp) return filter.path.test(entry.path);
  return filter.path === undefined || entry.path === filter.path;
}
