import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { TraceSummary } from '../../shared/domain/trace.ts';
import { describeProblem, type Problem, visibleText } from '../../shared/problems.ts';
import { Redactor } from '../trace/redaction.ts';

const SHOWN_PROBLEMS = 20;
const SHOWN_TRACES = 40;

export interface DiagnosticFacts {
  readonly snapshot: Snapshot;
  /** Newest first. */
  readonly traces: readonly TraceSummary[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * What somebody who looks for a fault needs to know, as one text to paste into a report: versions, settings,
 * states, the last problems and what was tried. No secret, and no name of a person: accounts are counted.
 */
export function diagnosticsAsMarkdown({ snapshot, traces, now }: DiagnosticFacts): string {
  const { app, storage, settings, policy, servers, accounts, registrations, connections, notices } = snapshot;
  // Which servers there are, and in which order, says nothing about a fault.
  const { serverOrder: _order, frame: _frame, ...chosen } = settings;
  // Everything was redacted where it was recorded; this is for what a server may have smuggled past that.
  const redactor = new Redactor();
  const listed = (entries: readonly string[]) =>
    entries.length === 0 ? ['None.'] : entries.map((entry) => `- ${plain(redactor.text(entry))}`);
  const failed = traces.filter(({ problem }) => problem !== null).slice(0, SHOWN_PROBLEMS);
  const lines = [
    '# Gatehouse diagnostics',
    '',
    `Written ${moment(now)}. Holds no secret.`,
    '',
    `- Gatehouse ${app.version}, ${app.runtime}, ${app.platform}`,
    `- Secrets rest: ${storage.kind === 'memory' ? `in memory (${storage.reason})` : storage.kind}`,
    `- Settings: ${JSON.stringify(chosen)}`,
    `- Policy: ${policy === null ? 'none' : policy.broken === null ? 'in force' : plain(`broken, ${policy.broken}`)}`,
    `- Accounts: ${counted(accounts.map(({ consent }) => consent))}`,
    `- Registrations: ${counted(registrations.map(({ kind }) => kind))}`,
    '',
    '## Servers',
    '',
    ...listed(
      servers.map((server) => {
        // A command's arguments may hold anything; its kind says enough here.
        const where = server.kind === 'remote' ? new URL(server.url).host : 'a program on this computer';
        const states = connections.filter(({ serverId }) => serverId === server.id);
        const state = server.enabled ? counted(states.map(({ status }) => status)) : 'switched off';
        return `${where}: consent ${server.consent}; connections: ${state}`;
      }),
    ),
    '',
    '## Last problems',
    '',
    ...listed([
      ...notices.map((problem) => `at start: ${told(problem)}`),
      ...failed.map(
        ({ startedAt, kind, problem }) => `${moment(startedAt)} ${kind}: ${problem && told(problem)}`,
      ),
    ]),
    '',
    '## Last traces',
    '',
    // Titles name accounts, hence people.
    ...listed(
      traces.slice(0, SHOWN_TRACES).map(({ startedAt, endedAt, kind, outcome, problem }) => {
        const took = endedAt === null ? 'still running' : `${endedAt - startedAt} ms`;
        return `${moment(startedAt)} ${kind} ${outcome}${problem ? ` (${problem.code})` : ''}, ${took}`;
      }),
    ),
    '',
  ];
  return lines.join('\n');
}

function told(problem: Problem): string {
  const detail = problem.detail === null ? '' : `; ${problem.detail}`;
  return `${problem.code}: ${describeProblem(problem).sentence}${detail}`;
}

/** Text of others in a Markdown document: marks that mean something there are escaped. */
function plain(text: string): string {
  return visibleText(text, 2500).replace(/[\\`*_{}[\]<>#|!~]/g, '\\$&');
}

function counted(values: readonly string[]): string {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].map(([value, all]) => `${all.length} ${value}`).join(', ') || 'none';
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
