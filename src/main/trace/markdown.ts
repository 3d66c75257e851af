import type { Trace } from '../../shared/domain/trace.ts';
import { describeProblem } from '../../shared/problems.ts';

/** A trace as one text to paste into a bug report. Secrets were removed when it was recorded. */
export function traceAsMarkdown(trace: Trace): string {
  const lines = [
    `# ${trace.title}`,
    '',
    `- Kind: ${trace.kind}`,
    `- Started: ${new Date(trace.startedAt).toISOString()}`,
    `- Outcome: ${trace.outcome}`,
  ];
  if (trace.problem) {
    lines.push(`- Problem: \`${trace.problem.code}\` ${describeProblem(trace.problem).sentence}`);
    if (trace.problem.detail) lines.push(`- Detail: ${trace.problem.detail}`);
  }
  for (const [index, step] of trace.steps.entries()) {
    const took = step.durationMs === null ? '' : ` (${Math.round(step.durationMs)} ms)`;
    lines.push('', `## ${index + 1}. ${step.from} → ${step.to}: ${step.title}${took}`);
    if (step.rule) lines.push('', `Rule: ${step.rule.text} (${step.rule.reference})`);
    for (const note of step.notes) lines.push('', `Note: ${note}`);
    if (step.request) {
      lines.push('', ...message(`${step.request.method} ${step.request.url}`, step.request));
    }
    if (step.response) lines.push('', ...message(`HTTP ${step.response.status}`, step.response));
    for (const { side, place, kind, ...said } of step.tokens) {
      const where = `${side === 'request' ? 'request' : 'answer'}, ${place}`;
      lines.push('', `Token in the ${where} (${kind}, signature not kept, not checked):`, '');
      lines.push(...fenced('json', [JSON.stringify(said, null, 2)]));
    }
    if (step.problem) {
      lines.push('', `Problem: \`${step.problem.code}\` ${describeProblem(step.problem).sentence}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function message(
  first: string,
  { headers, body }: { headers: Record<string, string>; body: string | null },
): string[] {
  const content = [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  if (body) content.push('', body);
  return fenced('http', content);
}

function fenced(language: string, content: string[]): string[] {
  // A fence longer than any run of backticks inside can't be closed by what it holds.
  const longest = Math.max(2, ...(content.join('\n').match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...content, fence];
}
