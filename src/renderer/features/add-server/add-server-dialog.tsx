import { Button, Loader, Modal, TextInput } from '@mantine/core';
import { ArrowRight, Globe, LockOpen } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProbeResult } from '../../../shared/contract/servers.ts';
import { type Problem, problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { notifyProblem } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { AddServerRequest } from '../../state/dialogs.ts';
import { navigate, toServer } from '../../state/route.ts';
import { hostOf } from '../../state/server-list.ts';
import { looksComplete } from './address.ts';
import { ConsentPreview } from './consent-preview.tsx';
import './add-server.css';

const PAUSE_MS = 700;
const NAME_LIMIT = 200;

type Stage =
  | { kind: 'address' }
  | { kind: 'probing'; url: string }
  | { kind: 'found'; url: string; result: Exclude<ProbeResult, { kind: 'problem' }> }
  | { kind: 'problem'; url: string; problem: Problem; existingServerId: string | null };

/** One field; what is found there; one button. Nothing is stored before that button. */
export default function AddServerDialog({
  request,
  onClose,
}: {
  request: AddServerRequest;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [address, setAddress] = useState(request.url);
  const [stage, setStage] = useState<Stage>({ kind: 'address' });
  const [name, setName] = useState('');
  const [nameTouched, setNameTouched] = useState(false);
  const [working, setWorking] = useState(false);
  const [addProblem, setAddProblem] = useState<Problem | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useRef(0);

  const probe = useCallback(async (url: string) => {
    const own = ++attempt.current;
    setStage({ kind: 'probing', url });
    setAddProblem(null);
    const result = await call('servers.probe', { url }).catch(
      (error: unknown): ProbeResult => ({
        kind: 'problem',
        problem: problemOf(error),
        existingServerId: null,
      }),
    );
    // An answer about an address that was changed meanwhile is of no use.
    if (own !== attempt.current) return;
    setStage(result.kind === 'problem' ? { ...result, url } : { kind: 'found', url, result });
  }, []);

  useEffect(() => {
    const url = address.trim();
    if (stage.kind !== 'address' || !looksComplete(url)) return;
    // What a link brought is looked at by the person first; only then is its server contacted.
    if (request.source === 'link' && address === request.url) return;
    const timer = setTimeout(() => void probe(url), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [address, stage.kind, probe, request]);

  // Closing forgets the question.
  useEffect(() => () => void attempt.current++, []);

  const changeAddress = (value: string) => {
    attempt.current++;
    setAddress(value);
    setStage({ kind: 'address' });
    setAddProblem(null);
  };
  const editUrl = () => {
    field.current?.focus();
    field.current?.select();
  };

  const found = stage.kind === 'found' ? stage.result : null;
  const suggestedName = found?.suggestedName ?? request.name ?? hostOf(address.trim());
  const chosenName = (nameTouched ? name : visibleText(suggestedName, NAME_LIMIT - 1)).slice(0, NAME_LIMIT);

  const add = async (then: 'sign-in' | 'show' | 'settings') => {
    setWorking(true);
    setAddProblem(null);
    try {
      const server = await call('servers.add', {
        url: found?.url ?? address.trim(),
        name: chosenName.trim() || hostOf(address.trim()),
        signInFollows: then === 'sign-in',
      });
      onClose();
      navigate(toServer(server.id, then === 'settings' ? 'settings' : 'overview'));
      // The server is in the list now: what goes wrong from here on is told on its own page.
      if (then === 'sign-in')
        await call('sign-ins.begin', { serverId: server.id, accountId: null, confirmed: true }).catch(
          (error: unknown) => notifyProblem(problemOf(error)),
        );
    } catch (error) {
      setAddProblem(problemOf(error));
      setWorking(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (working) return;
    if (found) void add(found.kind === 'open' ? 'show' : 'sign-in');
    else if (stage.kind !== 'probing' && address.trim()) void probe(address.trim());
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('addServer.title')}
      size={560}
      yOffset="8dvh"
      classNames={{ body: 'gh-add-body' }}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit} className="gh-add" noValidate>
        <div className="gh-add-scroll">
          {request.source === 'link' && (
            <p className="gh-callout">
              {t('addServer.fromLink')}{' '}
              {request.name && t('addServer.linkName', { name: visibleText(request.name, 100) })}
            </p>
          )}
          <TextInput
            ref={field}
            size="md"
            type="text"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            label={t('addServer.address')}
            placeholder={t('addServer.addressPlaceholder')}
            description={stage.kind === 'address' ? t('addServer.addressHint') : undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={address}
            maxLength={8192}
            leftSection={<Globe size={16} aria-hidden="true" />}
            data-autofocus
            data-testid="server-url-input"
            onChange={(event) => changeAddress(event.currentTarget.value)}
          />

          <div data-testid="probe-result" data-kind={found ? found.kind : stage.kind} aria-live="polite">
            {stage.kind === 'probing' && (
              <p className="gh-add-probing">
                <Loader size={14} aria-hidden="true" />
                <span>{t('addServer.probing', { host: visibleText(hostOf(stage.url), 100) })}</span>
              </p>
            )}
            {stage.kind === 'problem' && (
              <ProblemNotice
                problem={stage.problem}
                context={{
                  onRetry: () => void probe(stage.url),
                  onEditUrl: editUrl,
                  onAddAnyway: () => void add('settings'),
                }}
                actions={
                  stage.existingServerId && (
                    <Button
                      size="xs"
                      onClick={() => {
                        onClose();
                        navigate(toServer(stage.existingServerId ?? ''));
                      }}
                    >
                      {t('addServer.openExisting')}
                    </Button>
                  )
                }
              />
            )}
            {found?.kind === 'open' && (
              <div className="gh-open">
                <LockOpen size={18} aria-hidden="true" />
                <div>
                  <p className="gh-strong">{t('addServer.open')}</p>
                  <p className="gh-soft">
                    {t('addServer.openText', { host: visibleText(hostOf(found.url), 100) })}
                  </p>
                </div>
              </div>
            )}
            {found?.kind === 'sign-in' && <ConsentPreview preview={found.preview} />}
          </div>

          {found && (
            <TextInput
              label={t('addServer.name')}
              value={chosenName}
              maxLength={NAME_LIMIT}
              onChange={(event) => {
                setNameTouched(true);
                setName(event.currentTarget.value);
              }}
            />
          )}
          {addProblem && <ProblemNotice problem={addProblem} context={{ onEditUrl: editUrl }} />}
        </div>

        <footer className="gh-add-foot">
          {found?.kind === 'sign-in' && (
            <p className="gh-faint gh-small gh-grow">
              {found.preview.registration === 'ask'
                ? t('preview.registrations.ask')
                : t('addServer.signInHint', { host: visibleText(found.preview.issuerHost, 100) })}
            </p>
          )}
          {!found && <span className="gh-grow" />}
          {found?.kind === 'open' && <span className="gh-grow" />}
          {found?.kind === 'sign-in' ? (
            found.preview.registration === 'ask' ? (
              <Button loading={working} onClick={() => void add('settings')}>
                {t('addServer.addAnyway')}
              </Button>
            ) : (
              <Button
                type="submit"
                loading={working}
                rightSection={<ArrowRight size={16} aria-hidden="true" />}
                data-testid="sign-in-button"
              >
                {t('addServer.signIn')}
              </Button>
            )
          ) : found ? (
            <Button type="submit" loading={working}>
              {t('addServer.add')}
            </Button>
          ) : (
            <Button
              type="submit"
              variant={stage.kind === 'problem' ? 'default' : 'filled'}
              disabled={!address.trim() || stage.kind === 'probing'}
            >
              {t('addServer.check')}
            </Button>
          )}
        </footer>
      </form>
    </Modal>
  );
}
