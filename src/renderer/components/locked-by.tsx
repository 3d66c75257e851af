import { Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../shared/problems.ts';
import { useWorld } from '../state/live.ts';

/** Says beside something that can't be changed who decided so. */
export function LockedBy() {
  const { t } = useTranslation();
  const policy = useWorld('policy');
  if (!policy) return null;
  return (
    <p className="gh-soft gh-small gh-locked" data-testid="locked-by">
      <Lock size={12} aria-hidden="true" />
      {policy.organization
        ? t('settings.lockedBy', { organization: visibleText(policy.organization, 100) })
        : t('settings.lockedByPolicy')}
    </p>
  );
}
