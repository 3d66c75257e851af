import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { useDefaultAccount } from './default-account.ts';

/** What is special about an account, beside its name. */
export function AccountTags({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const { isDefault, hasOthers } = useDefaultAccount(account);
  return (
    <>
      {isDefault && hasOthers && (
        <Tooltip label={t('account.defaultText')}>
          <span className="gh-tag" data-testid="default-account">
            {t('account.default')}
          </span>
        </Tooltip>
      )}
      {account.storage.kind === 'memory' && (
        <Tooltip label={t('storage.memory')}>
          <span className="gh-tag" data-tone="warn" data-testid="memory-only">
            {t('account.memoryOnly')}
          </span>
        </Tooltip>
      )}
    </>
  );
}
