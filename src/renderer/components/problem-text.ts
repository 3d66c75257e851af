import { describeProblem, type Problem, problemCatalogue, visibleText } from '../../shared/problems.ts';
import { i18n } from '../i18n/index.ts';

export interface ProblemText {
  sentence: string;
  advice: string;
  severity: 'error' | 'warning' | 'information';
}

const PARAMETER_LIMIT = 400;

/**
 * The words for a problem: from the language's `problems.<code>` where it has them, else the
 * catalogue's English. Parameters come from outside and are made inert once more.
 */
export function problemText(problem: Problem): ProblemText {
  const params = Object.fromEntries(
    Object.entries(problem.params).map(([name, value]) => [name, visibleText(value, PARAMETER_LIMIT)]),
  );
  const english = describeProblem({ ...problem, params });
  const translated = (part: 'sentence' | 'advice') => {
    const key = `problems.${problem.code}.${part}`;
    return i18n.isInitialized && i18n.exists(key)
      ? String(i18n.t(key as never, params as never))
      : english[part];
  };
  return {
    sentence: translated('sentence'),
    advice: translated('advice'),
    severity: problemCatalogue[problem.code].severity,
  };
}
