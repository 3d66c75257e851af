import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Copy, KeyRound } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SignatureAlgorithm, signatureAlgorithm } from '../../../shared/domain/client-key.ts';
import { problemOf } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideLines } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { keys, queryClient, useWorld } from '../../state/live.ts';
import { Risk } from './settings-section.tsx';

/** Which secrets are stored for a server; asked anew after they changed. */
export function useEnteredSecrets(serverId: string) {
  return useQuery({
    queryKey: keys.secrets(serverId),
    queryFn: () => call('servers.secrets', { serverId }),
    staleTime: 0,
  });
}

/** Says that the secrets of a server are not what they were. */
export function secretsChanged(serverId: string): void {
  void queryClient.invalidateQueries({ queryKey: keys.secrets(serverId) });
}

/** The key of a client that signs its requests: made here, its public half to be given to the issuer. */
export function ClientKey({ serverId }: { serverId: string }) {
  const { t } = useTranslation();
  const titleId = useId();
  const memoryOnly = useWorld('storage', (storage) => storage.kind === 'memory');
  const secrets = useEnteredSecrets(serverId);
  const make = useCall('servers.make-client-key', { quiet: true });
  const copy = useCall('servers.copy-client-key');
  const [algorithm, setAlgorithm] = useState<SignatureAlgorithm>('ES256');
  const [asking, setAsking] = useState(false);
  const key = secrets.data?.clientKey ?? null;
  const makeKey = () =>
    make.mutate(
      { serverId, algorithm },
      {
        onSuccess: () => {
          setAsking(false);
          secretsChanged(serverId);
          notifyDone(t('serverSettings.clientKeyMade'));
        },
      },
    );
  return (
    <fieldset className="gh-client-key" aria-labelledby={titleId} data-testid="client-key">
      <div>
        <p className="mantine-InputWrapper-label" id={titleId}>
          {t('serverSettings.clientKey')}
        </p>
        <p className="mantine-InputWrapper-description">{t('serverSettings.clientKeyText')}</p>
      </div>
      {memoryOnly && <Risk>{t('serverSettings.clientKeyMemory')}</Risk>}
      {secrets.isError && (
        <ProblemNotice
          problem={problemOf(secrets.error)}
          context={{ onRetry: () => void secrets.refetch() }}
        />
      )}
      {key && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its box is scrolled by keyboard too
        <section className="gh-code" tabIndex={0} aria-label={t('serverSettings.clientKeyPublic')}>
          <OutsideLines text={JSON.stringify(key, null, 2)} mono />
        </section>
      )}
      <div className="gh-client-key-actions">
        <NativeSelect
          size="xs"
          label={t('serverSettings.clientKeyAlgorithm')}
          value={algorithm}
          data={[...signatureAlgorithm.options]}
          onChange={(event) =>
            setAlgorithm(signatureAlgorithm.catch('ES256').parse(event.currentTarget.value))
          }
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<KeyRound size={14} aria-hidden="true" />}
          loading={make.isPending || secrets.isPending}
          onClick={() => (key ? setAsking(true) : makeKey())}
          data-testid="make-client-key"
        >
          {key ? t('serverSettings.clientKeyRenew') : t('serverSettings.clientKeyMake')}
        </Button>
        {key && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Copy size={14} aria-hidden="true" />}
            onClick={() =>
              copy.mutate({ serverId }, { onSuccess: () => notifyDone(t('serverSettings.clientKeyCopied')) })
            }
            data-testid="copy-client-key"
          >
            {t('serverSettings.clientKeyCopy')}
          </Button>
        )}
      </div>
      {make.error && !asking && (
        <ProblemNotice problem={problemOf(make.error)} context={{ onRetry: makeKey }} />
      )}
      {asking && (
        <ConfirmDialog
          title={t('serverSettings.clientKeyRenewTitle')}
          confirmLabel={t('serverSettings.clientKeyRenewConfirm')}
          pending={make.isPending}
          problem={make.error ? problemOf(make.error) : null}
          testId="make-client-key-confirm"
          onConfirm={makeKey}
          onClose={() => setAsking(false)}
        >
          <p>{t('serverSettings.clientKeyRenewText')}</p>
        </ConfirmDialog>
      )}
    </fieldset>
  );
}
