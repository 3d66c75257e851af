import { ArrowDown, HardDrive, IdCard, Link2, ShieldAlert, Target } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentPreview as Preview } from '../../../shared/domain/sign-in.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ScopeExplanations } from '../../components/scopes.tsx';
import { storageText } from '../../components/storage-text.ts';
import { phrase } from '../../i18n/index.ts';
import { hostOf } from '../../state/server-list.ts';

/** Everything the person should know before a browser opens: who asks, for what, and what becomes of it. */
export function ConsentPreview({
  preview,
  machine = false,
}: {
  preview: Preview;
  /** No browser opens: the server's settings name a machine grant. */
  machine?: boolean;
}) {
  const { t } = useTranslation();
  const serverHost = hostOf(preview.serverUrl);
  const sameHost = serverHost === preview.issuerHost;
  const scopes = preview.scopes ?? [];
  return (
    <section className="gh-preview" data-testid="consent-preview" aria-label={t('preview.title')}>
      <div className="gh-preview-who">
        <p className="gh-overline">{machine ? t('preview.tokenFrom') : t('preview.consentFrom')}</p>
        <p className="gh-preview-host">
          <OutsideText text={preview.issuerHost} limit={255} />
        </p>
        <p className="gh-preview-site">{sameHost ? t('preview.sameHost') : t('preview.otherHost')}</p>
        <p className="gh-faint gh-small gh-preview-arrow">
          <ArrowDown size={13} aria-hidden="true" /> {t('preview.forServer')}
        </p>
        <p className="gh-preview-server">
          {preview.serverName && (
            <>
              <OutsideText text={preview.serverName} limit={200} className="gh-strong" />{' '}
            </>
          )}
          <OutsideText text={serverHost} limit={255} className="gh-soft" />
        </p>
      </div>

      {preview.deviations.length > 0 && (
        <div className="gh-preview-part gh-preview-deviations">
          <h3>
            <ShieldAlert size={15} aria-hidden="true" />
            {t('preview.deviations', { count: preview.deviations.length })}
          </h3>
          <ul>
            {preview.deviations.map((deviation) => (
              <li key={deviation}>
                <OutsideText text={phrase(deviation)} limit={500} />
              </li>
            ))}
          </ul>
        </div>
      )}

      <div className="gh-preview-part">
        <h3 className="gh-overline">{t('preview.scopes')}</h3>
        {scopes.length > 0 ? (
          <ScopeExplanations scopes={scopes} hasPage={!machine} />
        ) : (
          <p className="gh-soft gh-small">{t('scopes.none')}</p>
        )}
      </div>

      <dl className="gh-preview-facts">
        <PreviewFact icon={<HardDrive size={15} />} name={t('preview.storage')}>
          {storageText(preview.storage, t)}
        </PreviewFact>
        <PreviewFact icon={<IdCard size={15} />} name={t('preview.registration')}>
          {t(`preview.registrations.${preview.registration}`)}
        </PreviewFact>
        {!machine && (
          <PreviewFact icon={<Link2 size={15} />} name={t('preview.redirect')}>
            {t(`preview.redirects.${preview.redirect}`)}
          </PreviewFact>
        )}
        <PreviewFact icon={<Target size={15} />} name={t('preview.resource')}>
          {preview.resource ? (
            <OutsideText text={preview.resource} limit={500} className="gh-mono" />
          ) : (
            t('preview.resourceAny')
          )}
        </PreviewFact>
      </dl>
      <details className="gh-disclosure gh-preview-more">
        <summary>{t('preview.technical')}</summary>
        <p className="gh-small">
          {t('preview.issuer')}: <OutsideText text={preview.issuer} limit={500} className="gh-mono" />
        </p>
        {preview.issuers.length > 1 && (
          <>
            <p className="gh-small">{t('preview.issuers', { count: preview.issuers.length })}</p>
            <ul className="gh-plain-list gh-small">
              {preview.issuers.slice(0, 20).map((issuer) => (
                <li key={issuer} className="gh-mono">
                  {visibleText(issuer)}
                </li>
              ))}
            </ul>
          </>
        )}
      </details>
    </section>
  );
}

function PreviewFact({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }) {
  return (
    <div className="gh-preview-fact">
      <span aria-hidden="true">{icon}</span>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
