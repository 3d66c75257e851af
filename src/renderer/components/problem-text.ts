import { describeProblem, type Problem, problemCatalogue, visibleText } from '../../shared/problems.ts';
import { phrase, problemWords } from '../i18n/index.ts';

export interface ProblemText {
  sentence: string;
  advice: string;
  severity: 'error' | 'warning' | 'information';
}

const PARAMETER_LIMIT = 400;

/** The words for a problem. Parameters come from outside and are made inert once more. */
export function problemText(problem: Problem): ProblemText {
  const params = Object.fromEntries(
    Object.entries(problem.params).map(([name, value]) => [
      name,
      phrase(visibleText(value, PARAMETER_LIMIT)),
    ]),
  );
  const { sentence, advice } = describeProblem({ ...problem, params }, problemWords() ?? problemCatalogue);
  return { sentence, advice, severity: problemCatalogue[problem.code].severity };
}
