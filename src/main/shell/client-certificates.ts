import type { App, Certificate } from 'electron';
import type { ClientCertificate } from '../../shared/domain/certificate-request.ts';
import { visibleText } from '../../shared/problems.ts';

/** Asks the person: the fingerprint of the certificate to show, or null for none. */
export type ChooseCertificate = (
  host: string,
  certificates: readonly ClientCertificate[],
) => Promise<string | null>;

/**
 * Has the person choose when a server wants to see a certificate. Without this Electron would show the first
 * one there is to whoever asks. Errors of a server's own certificate are not dealt with anywhere: they end the
 * connection, and nothing can allow one.
 */
export function chooseClientCertificates(app: Pick<App, 'on'>, choose: ChooseCertificate): void {
  app.on('select-client-certificate', (event, contents, url, certificates, callback) => {
    event.preventDefault();
    // Pages load nothing from anywhere, so none of theirs is worth a question.
    if (contents !== null || !URL.canParse(url)) return callback();
    const host = new URL(url).host;
    void choose(host, certificates.map(shown))
      .catch(() => null)
      .then((fingerprint) => {
        const chosen = certificates.find((one) => one.fingerprint === fingerprint);
        if (chosen) callback(chosen);
        else callback();
      });
  });
}

function shown({
  fingerprint,
  subjectName,
  issuerName,
  validStart,
  validExpiry,
}: Certificate): ClientCertificate {
  return {
    fingerprint,
    subject: visibleText(subjectName),
    issuer: visibleText(issuerName),
    validFrom: Math.max(0, Math.round(validStart * 1000)),
    validUntil: Math.max(0, Math.round(validExpiry * 1000)),
  };
}
