import { Button } from '@mantine/core';
import { ExternalLink, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Elicitation, ElicitationAnswer } from '../../../shared/domain/elicitation.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { useCall } from '../../state/calls.ts';
import '../catalog/catalog.css';

type Question = Extract<Elicitation['question'], { mode: 'url' }>;

/** A page a server wants opened: whole, its host in clear, and opened by nobody but the person. */
export function UrlQuestion({
  id,
  question: { address, opened, announced },
  pending,
  onAnswer,
}: {
  id: string;
  question: Question;
  pending: boolean;
  onAnswer: (answer: ElicitationAnswer) => void;
}) {
  const { t } = useTranslation();
  const open = useCall('elicitations.open');
  const openIt = () => open.mutate({ elicitationId: id });
  return (
    <>
      <div className="gh-stack-2">
        <p>{t('elicitation.wantsOpened')}</p>
        <p className="gh-elicitation-host" data-testid="elicitation-host">
          {/* As the network has it: what people read may be letters that only look like others. */}
          <OutsideText text={address.host} limit={500} />
        </p>
        <p className="gh-overline">{t('elicitation.address')}</p>
        {/* biome-ignore lint/a11y/useSemanticElements: no form, only a name for what scrolls */}
        <div
          className="gh-code gh-elicitation-address"
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={t('elicitation.address')}
          data-testid="elicitation-address"
        >
          <OutsideText text={address.url} limit={8192} className="gh-mono" />
        </div>
        {address.warnings.length > 0 && (
          <ul className="gh-list-notes" data-testid="elicitation-warnings">
            {address.warnings.map((warning) => (
              <li key={warning}>
                <TriangleAlert size={14} aria-hidden="true" />
                <span>
                  {t(`elicitation.warnings.${warning}`, { name: visibleText(address.readableHost, 200) })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {opened && (
        <p className="gh-soft gh-small" role="status">
          {announced ? t('elicitation.opened') : t('elicitation.openedThen')}
        </p>
      )}
      <div className="gh-dialog-actions">
        {opened ? (
          <>
            <Button variant="default" onClick={openIt} loading={open.isPending}>
              {t('elicitation.openAgain')}
            </Button>
            {announced ? (
              <Button onClick={() => onAnswer({ action: 'cancel' })} loading={pending}>
                {t('common.close')}
              </Button>
            ) : (
              <Button
                onClick={() => onAnswer({ action: 'accept' })}
                loading={pending}
                data-testid="elicitation-finished"
              >
                {t('elicitation.finished')}
              </Button>
            )}
          </>
        ) : (
          <>
            <Button
              variant="default"
              onClick={() => onAnswer({ action: 'cancel' })}
              data-testid="elicitation-cancel"
            >
              {t('elicitation.cancel')}
            </Button>
            <Button
              variant="default"
              onClick={() => onAnswer({ action: 'decline' })}
              data-testid="elicitation-decline"
            >
              {t('elicitation.decline')}
            </Button>
            <Button
              leftSection={<ExternalLink size={14} aria-hidden="true" />}
              onClick={openIt}
              loading={open.isPending}
              data-testid="elicitation-open"
            >
              {t('elicitation.open')}
            </Button>
          </>
        )}
      </div>
    </>
  );
}
