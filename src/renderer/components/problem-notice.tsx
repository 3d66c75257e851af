import { Button, CloseButton } from '@mantine/core';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Problem, type Remedy, visibleText } from '../../shared/problems.ts';
import { navigate } from '../state/route.ts';
import { useAnnouncement } from './announcements.ts';
import { problemText } from './problem-text.ts';
import { type ProblemContext, useRemedy } from './remedy.ts';

const icons = { error: CircleAlert, warning: TriangleAlert, information: Info } as const;

/** Remedies that end the problem; the others only hurry along what happens anyway, or explain. */
const solving: ReadonlySet<Remedy> = new Set(['sign-in', 'grant-more', 'use-loopback', 'enter-client-id']);

/** A problem where it happened: what, what to do, the button that does it; the technical name one click deeper. */
export function ProblemNotice({
  problem,
  context = {},
  title,
  actions,
  onDismiss,
}: {
  problem: Problem;
  context?: ProblemContext;
  title?: string;
  /** Further buttons beside the remedy. */
  actions?: ReactNode;
  onDismiss?: () => void;
}) {
  const { t } = useTranslation();
  const { sentence, advice, severity } = problemText(problem);
  const remedy = useRemedy(problem, context);
  const Icon = icons[severity];
  useAnnouncement([title, sentence, advice].filter(Boolean).join(' '), { urgent: severity === 'error' });
  return (
    <div className="gh-problem" data-severity={severity} data-testid="problem" data-code={problem.code}>
      <Icon className="gh-problem-icon" size={18} aria-hidden="true" />
      <div className="gh-problem-body">
        {title && <p className="gh-problem-title">{title}</p>}
        <p className="gh-problem-sentence">
          <bdi>{sentence}</bdi>
        </p>
        <p className="gh-problem-advice">{advice}</p>
        {(remedy || actions) && (
          <div className="gh-problem-actions">
            {remedy && (
              <Button
                size="xs"
                variant={severity === 'error' || solving.has(remedy.remedy) ? 'filled' : 'default'}
                loading={remedy.pending}
                onClick={remedy.run}
                data-testid="problem-remedy"
                data-remedy={remedy.remedy}
              >
                {remedy.label}
              </Button>
            )}
            {actions}
          </div>
        )}
        <details className="gh-disclosure">
          <summary>{t('problem.details')}</summary>
          <dl className="gh-problem-details">
            <dt>{t('problem.code')}</dt>
            <dd className="gh-mono">{problem.code}</dd>
            {problem.detail && (
              <>
                <dt>{t('problem.detail')}</dt>
                <dd className="gh-mono">
                  <bdi>{visibleText(problem.detail, 2000)}</bdi>
                </dd>
              </>
            )}
          </dl>
          {problem.traceId && remedy?.remedy !== 'show-activity' && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => navigate({ page: 'activity', traceId: problem.traceId })}
            >
              {t('problem.showTrace')}
            </Button>
          )}
        </details>
      </div>
      {onDismiss && <CloseButton size="sm" aria-label={t('common.dismiss')} onClick={onDismiss} />}
    </div>
  );
}
