import { Button, Loader, TextInput } from '@mantine/core';
import { ArrowRight, LockOpen } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProbeResult } from '../../../shared/contract/servers.ts';
import type { ExtraHeaders } from '../../../shared/domain/extra-header.ts';
import { type Problem, problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { useAnnouncement } from '../../components/announcements.ts';
import { type HeaderField, headersChange } from '../../components/header-fields.ts';
import { HeaderRows } from '../../components/header-rows.tsx';
import { notifyProblem } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { navigate, toServer } from '../../state/route.ts';
import { hostOf } from '../../state/server-list.ts';
import { looksComplete } from './address.ts';
import { ConsentPreview } from './consent-preview.tsx';

const PAUSE_MS = 700;
const NAME_LIMIT = 200;

type Stage =
  | { kind: 'address' }
  | { kind: 'probing' }
  | { kind: 'found'; result: Exclude<ProbeResult, { kind: 'problem' }> }
  | { kind: 'problem'; problem: Problem; existingServerId: string | null };

/** What a server at an address says about itself, and the button that adds it. Nothing is stored before that. */
export function AddressEntry({
  url,
  name: givenName,
  headers,
  asksByItself,
  formId,
  onHeaders,
  onBareWord,
  onEdit,
  onAdded,
  onClose,
}: {
  url: string;
  /** What the file or link the address came from calls the server. */
  name: string | null;
  headers: readonly HeaderField[];
  /** Whether the server may be contacted before the person says so. */
  asksByItself: boolean;
  formId: string;
  onHeaders: (headers: readonly HeaderField[]) => void;
  /** One bare word is no address. */
  onBareWord: () => void;
  onEdit: () => void;
  /** Where more servers wait to be added: this one is added, and nothing else happens. */
  onAdded: ((serverId: string) => void) | null;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [known, setKnown] = useState<{ of: string; stage: Stage } | null>(null);
  const [name, setName] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  const [triedHeaders, setTriedHeaders] = useState(false);
  const [addProblem, setAddProblem] = useState<Problem | null>(null);
  const attempt = useRef(0);
  // What was found out about another address, or with other keys, says nothing about this one.
  const subject = JSON.stringify([url, headers]);
  const stage: Stage = known?.of === subject ? known.stage : { kind: 'address' };

  const probe = useCallback(async (address: string, keys: ExtraHeaders, of: string) => {
    const own = ++attempt.current;
    setKnown({ of, stage: { kind: 'probing' } });
    setAddProblem(null);
    const result = await call('servers.probe', { url: address, headers: keys }).catch(
      (error: unknown): ProbeResult => ({
        kind: 'problem',
        problem: problemOf(error),
        existingServerId: null,
      }),
    );
    if (own !== attempt.current) return;
    setKnown({ of, stage: result.kind === 'problem' ? result : { kind: 'found', result } });
  }, []);

  useEffect(() => {
    // Nor is it asked while a key for it is being typed.
    if (stage.kind !== 'address' || !asksByItself || headers.length > 0 || !looksComplete(url)) return;
    const timer = setTimeout(() => void probe(url, {}, subject), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [url, headers.length, subject, stage.kind, probe, asksByItself]);

  // Closing forgets the question.
  useEffect(() => () => void attempt.current++, []);

  /** The headers as they are sent; null while one of them is no header. */
  const keysOf = (): ExtraHeaders | null => {
    const change = headersChange([], headers);
    setTriedHeaders(change === null);
    return change as ExtraHeaders | null;
  };
  const probeNow = () => {
    const keys = keysOf();
    if (keys !== null) void probe(url, keys, subject);
  };

  const found = stage.kind === 'found' ? stage.result : null;
  const suggestedName = givenName ?? found?.suggestedName ?? hostOf(url);
  const chosenName = (name ?? visibleText(suggestedName, NAME_LIMIT - 1)).slice(0, NAME_LIMIT);

  const host = visibleText(hostOf(found?.url ?? url), 100);
  const announced =
    stage.kind === 'probing'
      ? t('addServer.probing', { host })
      : found?.kind === 'open'
        ? `${t('addServer.open')} ${t('addServer.openText', { host })}`
        : found?.kind === 'sign-in'
          ? t('addServer.signInHint', { host: visibleText(found.preview.issuerHost, 100) })
          : null;
  useAnnouncement(announced, { key: 'probe' });

  const add = async (then: 'sign-in' | 'show' | 'settings') => {
    const keys = keysOf();
    if (keys === null) return;
    setWorking(true);
    setAddProblem(null);
    try {
      const server = await call('servers.add', {
        url: found?.url ?? url,
        name: chosenName.trim() || hostOf(url),
        signInFollows: then === 'sign-in' && onAdded === null,
        headers: keys,
      });
      if (onAdded) return onAdded(server.id);
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
    else if (/^(?!localhost$)[\w@+-]+$/i.test(url)) onBareWord();
    else if (stage.kind !== 'probing' && url) probeNow();
  };

  return (
    <form id={formId} onSubmit={submit} noValidate>
      <div className="gh-add-scroll">
        <details className="gh-disclosure" open={headers.length > 0 || undefined}>
          <summary>{t('keys.summary')}</summary>
          <div className="gh-stack-2 gh-add-keys">
            <p className="gh-soft gh-small">{t('keys.text')}</p>
            <HeaderRows fields={headers} showErrors={triedHeaders} onChange={onHeaders} />
          </div>
        </details>

        <div data-testid="probe-result" data-kind={found ? found.kind : stage.kind}>
          {stage.kind === 'probing' && (
            <p className="gh-add-probing">
              <Loader size={14} aria-hidden="true" />
              <span>{t('addServer.probing', { host: visibleText(hostOf(url), 100) })}</span>
            </p>
          )}
          {stage.kind === 'problem' && (
            <ProblemNotice
              problem={stage.problem}
              context={{ onRetry: probeNow, onEditUrl: onEdit, onAddAnyway: () => void add('settings') }}
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
                  {headers.length > 0
                    ? t('addServer.openWithKey')
                    : t('addServer.openText', { host: visibleText(hostOf(found.url), 100) })}
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
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {addProblem && <ProblemNotice problem={addProblem} context={{ onEditUrl: onEdit }} />}
      </div>

      <footer className="gh-add-foot">
        {found?.kind === 'sign-in' ? (
          <p className="gh-faint gh-small gh-grow">
            {found.preview.registration === 'ask'
              ? t('preview.registrations.ask')
              : onAdded
                ? t('addServer.signInLater')
                : t('addServer.signInHint', { host: visibleText(found.preview.issuerHost, 100) })}
          </p>
        ) : (
          <span className="gh-grow" />
        )}
        {found?.kind === 'sign-in' ? (
          onAdded ? (
            <Button type="submit" loading={working} data-testid="add-address">
              {t('addServer.add')}
            </Button>
          ) : found.preview.registration === 'ask' ? (
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
            disabled={!url || stage.kind === 'probing'}
          >
            {t('addServer.check')}
          </Button>
        )}
      </footer>
    </form>
  );
}
