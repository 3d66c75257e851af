import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { PolicyView } from '../../shared/domain/policy.ts';
import type { Server } from '../../shared/domain/server.ts';
import type { Settings, SettingsChange } from '../../shared/domain/settings.ts';
import { failure, type Problem } from '../../shared/problems.ts';
import { canonicalServerUrl, parseServerUrl } from '../oauth/url-policy.ts';
import { type Policy, type PolicyState, WINDOWS_PATH } from './policy-file.ts';

const NO_RULES: Policy = { version: 1 };

/** A server that has to be there, with an identifier that is the same at each start. */
export interface ForcedServer {
  readonly id: string;
  readonly name: string;
  readonly url: URL;
}

/**
 * Holds the rules of whoever manages this computer. Asked before anything is added, signed in or connected; a
 * file that can't be used refuses all of it.
 */
export class PolicyGuard {
  readonly #state: PolicyState;
  readonly #rules: Policy;
  readonly forced: readonly ForcedServer[];

  constructor(state: PolicyState) {
    this.#state = state;
    this.#rules = state.kind === 'in-force' ? state.policy : NO_RULES;
    this.forced = (this.#rules.forcedServers ?? []).map(({ name, url }) => {
      const parsed = parseServerUrl(url);
      return { id: forcedId(parsed), name, url: parsed };
    });
  }

  /** What the person should know at start, if anything. */
  get notice(): Problem | null {
    return this.#state.kind === 'broken' ? this.#brokenFailure(this.#state).problem : null;
  }

  /** Whether the file can't be used. */
  get isBroken(): boolean {
    return this.#state.kind === 'broken';
  }

  get isMemoryOnly(): boolean {
    return this.#rules.vault === 'memory-only';
  }

  /** Settings the policy decides. While it can't be read, nobody is asked for updates either. */
  get settings(): Partial<Settings> {
    return this.#rules.updates === 'off' || this.isBroken ? { updateChecks: false } : {};
  }

  /** @throws ProblemError `policy-broken`: nothing new begins before the file is mended */
  ready(): void {
    if (this.#state.kind === 'broken') throw this.#brokenFailure(this.#state);
  }

  /** @throws ProblemError `policy-broken`, `policy-server-refused` */
  admitAddress(url: URL): void {
    this.ready();
    const { allowedServers } = this.#rules;
    if (allowedServers === undefined || this.#forcedAt(url) || matchesAny(url, allowedServers)) return;
    throw failure('policy-server-refused', { by: this.#by, host: url.host });
  }

  /** @throws ProblemError `policy-broken`, `policy-commands-refused` */
  admitCommands(): void {
    this.ready();
    if (this.#rules.localCommands === false) throw failure('policy-commands-refused', { by: this.#by });
  }

  /**
   * @param program as the command names it
   * @throws ProblemError `policy-broken`, `policy-commands-refused`, `policy-program-refused`
   */
  admitProgram(program: string): void {
    this.admitCommands();
    const { allowedPrograms } = this.#rules;
    if (allowedPrograms === undefined || allowedPrograms.some((one) => isSamePath(one, program))) return;
    throw failure('policy-program-refused', { by: this.#by, program });
  }

  /**
   * @throws ProblemError `policy-broken`, `policy-server-refused`, `policy-commands-refused`,
   *   `policy-program-refused`
   */
  admitServer(server: Server): void {
    if (server.kind === 'remote') this.admitAddress(new URL(server.url));
    else this.admitProgram(server.command.program);
  }

  /** @throws ProblemError `policy-broken`, `policy-issuer-refused` */
  admitIssuer(issuer: string): void {
    this.ready();
    const { allowedIssuers } = this.#rules;
    if (allowedIssuers === undefined) return;
    const url = URL.canParse(issuer) ? new URL(issuer) : null;
    if (url && matchesAny(url, allowedIssuers)) return;
    throw failure('policy-issuer-refused', { by: this.#by, host: url?.host ?? issuer });
  }

  /** @throws ProblemError `policy-locked` when the server has to stay as it is */
  mayGo(server: Server): void {
    if (this.#isForced(server)) throw failure('policy-locked', { by: this.#by, what: server.name });
  }

  /** @throws ProblemError `policy-locked` when the change is about something the policy decides */
  mayChange(change: SettingsChange): void {
    for (const [name, value] of Object.entries(this.settings)) {
      const wanted = change[name as keyof Settings];
      if (wanted !== undefined && wanted !== value) {
        throw failure('policy-locked', { by: this.#by, what: 'This setting' });
      }
    }
  }

  /** What the interface shows of it; null on a computer nobody manages. */
  view(servers: readonly Server[]): PolicyView | null {
    if (this.#state.kind === 'none') return null;
    return {
      path: this.#state.path,
      organization: this.#rules.organization ?? null,
      broken: this.#state.kind === 'broken' ? this.#state.reason : null,
      allowedServers: this.#rules.allowedServers ?? null,
      allowedIssuers: this.#rules.allowedIssuers ?? null,
      localCommands: this.#rules.localCommands ?? true,
      allowedPrograms: this.#rules.allowedPrograms ?? null,
      forcedServers: servers.filter((server) => this.#isForced(server)).map(({ id }) => id),
      memoryOnly: this.isMemoryOnly,
      updatesOff: this.settings.updateChecks === false,
    };
  }

  get #by(): string {
    return this.#rules.organization ?? 'The policy of this computer';
  }

  #isForced(server: Server): boolean {
    return server.kind === 'remote' && this.#forcedAt(new URL(server.url)) !== undefined;
  }

  #forcedAt(url: URL): ForcedServer | undefined {
    const canonical = canonicalServerUrl(url);
    return this.forced.find((one) => canonicalServerUrl(one.url) === canonical);
  }

  #brokenFailure({ path, reason }: Extract<PolicyState, { kind: 'broken' }>) {
    return failure('policy-broken', { path, reason });
  }
}

/** Whether a host, or a host with its port, is one of those meant. */
function matchesAny({ hostname, host, protocol, port }: URL, patterns: readonly string[]): boolean {
  const withPort = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  return patterns.some((pattern) => {
    const asked = /:\d+$/.test(pattern) ? withPort : hostname;
    // A host is no host below itself.
    return pattern.startsWith('*.') ? asked.endsWith(pattern.slice(1)) : asked === pattern;
  });
}

/** Whether two full paths are the same. One that has to be looked for (`node`) is none. */
function isSamePath(one: string, other: string): boolean {
  if (one === other) return true;
  const areWindows = WINDOWS_PATH.test(one) && WINDOWS_PATH.test(other);
  return areWindows && win32.normalize(one).toLowerCase() === win32.normalize(other).toLowerCase();
}

function forcedId(url: URL): string {
  const digest = createHash('sha256').update(canonicalServerUrl(url)).digest('hex');
  return `managed-${digest.slice(0, 24)}`;
}
