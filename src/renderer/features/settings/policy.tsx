import { useTranslation } from 'react-i18next';
import type { PolicyView } from '../../../shared/domain/policy.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Fact, Facts } from '../../components/facts.tsx';

/** What whoever manages this computer decided. */
export function PolicyFacts({ policy }: { policy: PolicyView }) {
  const { t } = useTranslation();
  const listed = (allowed: readonly string[] | null) =>
    allowed === null
      ? t('settings.policyAny')
      : allowed.length === 0
        ? t('settings.policyNone')
        : visibleText(allowed.join(', '), 2000);
  const programs = (allowed: readonly string[] | null) =>
    allowed === null ? t('settings.policyAllowed') : listed(allowed);
  return (
    <div className="gh-stack-3" data-testid="policy">
      <p className="gh-soft">
        {policy.organization
          ? t('settings.managedBy', { organization: visibleText(policy.organization, 100) })
          : t('settings.managed')}
      </p>
      {policy.broken ? (
        <p className="gh-strong" role="alert">
          {t('settings.policyBroken', { reason: visibleText(policy.broken) })}
        </p>
      ) : (
        <Facts>
          <Fact name={t('settings.policyServers')}>{listed(policy.allowedServers)}</Fact>
          <Fact name={t('settings.policyIssuers')}>{listed(policy.allowedIssuers)}</Fact>
          <Fact name={t('settings.policyCommands')}>
            {policy.localCommands ? programs(policy.allowedPrograms) : t('settings.policyRefused')}
          </Fact>
          {policy.memoryOnly && (
            <Fact name={t('settings.policyVault')}>{t('settings.policyMemoryOnly')}</Fact>
          )}
          {policy.updatesOff && <Fact name={t('settings.updates')}>{t('settings.policyOff')}</Fact>}
        </Facts>
      )}
      <p className="gh-faint gh-small">{t('settings.policyFile', { path: visibleText(policy.path) })}</p>
    </div>
  );
}
