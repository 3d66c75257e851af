import { Button, Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CertificateRequest } from '../../../shared/domain/certificate-request.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { absoluteTime } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';

/** Asks which certificate a server shall see. None is chosen beforehand: it would tell the server who one is. */
export default function CertificateDialog({ request }: { request: CertificateRequest }) {
  const { t, i18n } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(null);
  const choose = useCall('certificates.choose');
  const answer = (fingerprint: string | null) => choose.mutate({ requestId: request.id, fingerprint });
  return (
    <Dialog title={t('certificate.title')} size={520} onClose={() => answer(null)}>
      <div className="gh-stack-4" data-testid="certificate-dialog">
        <p>
          {t('certificate.text')} <OutsideText text={request.host} className="gh-strong" />
        </p>
        <Radio.Group label={t('certificate.choose')} value={chosen} onChange={setChosen}>
          <div className="gh-stack-3 gh-radios">
            {request.certificates.map(({ fingerprint, subject, issuer, validUntil }) => (
              <Radio
                key={fingerprint}
                value={fingerprint}
                label={visibleText(subject, 120)}
                description={t('certificate.details', {
                  issuer: visibleText(issuer, 120),
                  until: absoluteTime(validUntil, i18n.language),
                })}
              />
            ))}
          </div>
        </Radio.Group>
        <p className="gh-soft gh-small">{t('certificate.remembered')}</p>
        <div className="gh-dialog-actions">
          <Button variant="default" onClick={() => answer(null)} data-testid="certificate-none">
            {t('certificate.none')}
          </Button>
          <Button disabled={chosen === null} onClick={() => answer(chosen)} data-testid="certificate-show">
            {t('certificate.show')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
