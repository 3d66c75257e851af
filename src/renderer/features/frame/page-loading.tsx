import { useTranslation } from 'react-i18next';

/** Nothing yet; says so only to those who listen, since it rarely lasts. */
export function PageLoading() {
  const { t } = useTranslation();
  return <div className="gh-page-loading" role="status" aria-label={t('common.loading')} />;
}
