import { Button, Loader, VisuallyHidden } from '@mantine/core';
import type { TFunction } from 'i18next';
import { Ban, Check, ClipboardPaste, Copy, ExternalLink, X } from 'lucide-react';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInStep, SignInView } from '../../../shared/domain/sign-in.ts';
import { type Problem, problemOf, visibleText } from '../../../shared/problems.ts';
import { useAnnouncement } from '../../components/announcements.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { stopwatch } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';
import { useNow } from '../../state/clock.ts';
import { useWorld } from '../../state/live.ts';
import { navigate } from '../../state/route.ts';
import { hostOf } from '../../state/server-list.ts';
import { ConsentPreview } from '../add-server/consent-preview.tsx';
import { withReplaced } from './shown-sign-ins.ts';
import { stepOrder, stepState } from './steps.ts';
import '../add-server/add-server.css';
import './sign-in.css';

const SUCCESS_SHOWN_MS = 15_000;

/** One sign-in: where it stands, what the person can do now. */
export function SignInPanel({ signIn }: { signIn: SignInView }) {
  const { t } = useTranslation();
  const server = useWorld('servers', (servers) => servers.get(signIn.serverId));
  const account = useWorld('accounts', (accounts) =>
    signIn.accountId ? accounts.get(signIn.accountId) : undefined,
  );
  const dismiss = useCall('sign-ins.dismiss', { quiet: true });
  const { status, step } = signIn;
  const name = visibleText(server?.name ?? '', 100);
  const machine = server?.kind === 'remote' && server.settings.machineGrant !== undefined;
  const steps: readonly SignInStep[] = machine ? stepOrder.filter((one) => one !== 'browser') : stepOrder;
  const over = status.kind === 'succeeded' || status.kind === 'failed' || status.kind === 'cancelled';

  const label = account && visibleText(account.label, 100);
  const title = label
    ? over
      ? t('signIn.titleRenewOver', { label })
      : t('signIn.titleRenew', { label })
    : over
      ? t('signIn.titleOver', { name })
      : t('signIn.title', { name });

  const signIns = useWorld('signIns');
  const dismissAll = () => {
    for (const { id } of withReplaced(signIns.values(), signIn)) dismiss.mutate({ signInId: id });
  };
  const seenEnough = useEffectEvent(dismissAll);
  useEffect(() => {
    if (status.kind !== 'succeeded') return;
    const timer = setTimeout(() => seenEnough(), SUCCESS_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [status.kind]);

  const stepWords = t('signIn.announceStep', {
    number: steps.indexOf(step) + 1,
    total: steps.length,
    step: t(`signIn.steps.${step}.label`),
  });
  useAnnouncement(announcedWords(signIn, name, stepWords, t), { key: `sign-in ${signIn.id}` });
  const panel = useRef<HTMLElement>(null);
  const asks = status.kind === 'awaiting-confirmation';
  useEffect(() => {
    // It asks for an answer, and has pushed down or replaced the button that asked for it.
    const active = document.activeElement;
    const isFree = active === null || active === document.body || active.closest('main') !== null;
    if (asks && isFree && !panel.current?.contains(active)) panel.current?.focus();
  }, [asks]);

  return (
    <section
      ref={panel}
      className="gh-sign-in"
      tabIndex={-1}
      data-testid="sign-in-panel"
      data-step={step}
      data-status={status.kind}
      aria-label={title}
    >
      <header className="gh-sign-in-head">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {!over && status.kind !== 'awaiting-confirmation' && <Elapsed since={signIn.startedAt} />}
        {over && (
          <IconButton label={t('common.dismiss')} size="sm" onClick={dismissAll}>
            <X size={16} aria-hidden="true" />
          </IconButton>
        )}
      </header>
      <Stepper signIn={signIn} steps={steps} />
      <Now signIn={signIn} name={name} machine={machine} />
    </section>
  );
}

/** What is read aloud; a failure is read by its notice. */
function announcedWords(
  { status, preview }: SignInView,
  name: string,
  step: string,
  t: TFunction,
): string | null {
  switch (status.kind) {
    case 'working':
      return step;
    case 'awaiting-confirmation':
      return t('signIn.confirmTitle', { name });
    case 'waiting-for-browser':
      return `${step}. ${t('signIn.waitingAt', { host: visibleText(preview?.issuerHost ?? '…', 100) })}`;
    case 'succeeded':
      return `${t('signIn.succeeded')}. ${t('signIn.succeededText', { name })}`;
    case 'cancelled':
      return `${t('signIn.cancelled')}. ${t('signIn.cancelledText')}`;
    case 'failed':
      return null;
  }
}

function Stepper({ signIn, steps }: { signIn: SignInView; steps: readonly SignInStep[] }) {
  const { t } = useTranslation();
  return (
    <ol className="gh-stepper">
      {steps.map((step, index) => {
        const state = stepState(step, signIn.step, signIn.status.kind);
        return (
          <li key={step} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
            <span className="gh-step-mark" aria-hidden="true">
              {state === 'done' ? (
                <Check size={13} strokeWidth={3} />
              ) : state === 'failed' ? (
                <X size={13} strokeWidth={3} />
              ) : state === 'stopped' ? (
                <Ban size={13} />
              ) : (
                index + 1
              )}
            </span>
            <span className="gh-step-label">
              {t(`signIn.steps.${step}.label`)}
              <VisuallyHidden>, {t(`signIn.state.${state}`)}</VisuallyHidden>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Now({ signIn, name, machine }: { signIn: SignInView; name: string; machine: boolean }) {
  const { t } = useTranslation();
  const { status } = signIn;
  switch (status.kind) {
    case 'working':
      return (
        <Actions signIn={signIn}>
          <p className="gh-sign-in-now">
            <Loader size={14} aria-hidden="true" />
            {t(`signIn.steps.${signIn.step}.text`, {
              host: visibleText(signIn.preview?.issuerHost ?? '…', 100),
            })}
          </p>
        </Actions>
      );
    case 'awaiting-confirmation':
      return <Confirmation signIn={signIn} name={name} machine={machine} />;
    case 'waiting-for-browser':
      return <WaitingForBrowser signIn={signIn} deadline={status.deadline} />;
    case 'succeeded':
      return (
        <p className="gh-sign-in-now" data-tone="good">
          <Check size={16} aria-hidden="true" />
          <span>
            <strong>{t('signIn.succeeded')}.</strong> {t('signIn.succeededText', { name })}
          </span>
        </p>
      );
    case 'cancelled':
      return (
        <div className="gh-stack-3">
          <p className="gh-sign-in-now">
            <span>
              <strong>{t('signIn.cancelled')}.</strong> {t('signIn.cancelledText')}
            </span>
          </p>
          <StartOver signIn={signIn} />
        </div>
      );
    case 'failed':
      return <Failure signIn={signIn} problem={status.problem} />;
  }
}

function Failure({ signIn, problem }: { signIn: SignInView; problem: Problem }) {
  const { t } = useTranslation();
  const begin = useCall('sign-ins.begin');
  const startOver = () =>
    begin.mutate({ serverId: signIn.serverId, accountId: signIn.accountId, confirmed: true });
  return (
    <ProblemNotice
      title={t('signIn.failedAt', { step: t(`signIn.steps.${signIn.step}.label`) })}
      problem={problem}
      context={{ serverId: signIn.serverId, accountId: signIn.accountId, onRetry: startOver }}
      actions={
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            navigate({ page: 'server', serverId: signIn.serverId, tab: 'activity', traceId: signIn.traceId })
          }
        >
          {t('signIn.showTrace')}
        </Button>
      }
    />
  );
}

function StartOver({ signIn }: { signIn: SignInView }) {
  const { t } = useTranslation();
  const begin = useCall('sign-ins.begin');
  return (
    <div>
      <Button
        size="xs"
        variant="default"
        loading={begin.isPending}
        onClick={() =>
          begin.mutate({ serverId: signIn.serverId, accountId: signIn.accountId, confirmed: true })
        }
      >
        {t('signIn.startOver')}
      </Button>
    </div>
  );
}

function Confirmation({ signIn, name, machine }: { signIn: SignInView; name: string; machine: boolean }) {
  const { t } = useTranslation();
  const confirm = useCall('sign-ins.confirm');
  return (
    <div className="gh-stack-4">
      <p className="gh-soft">{t('signIn.confirmTitle', { name })}</p>
      {signIn.preview && <ConsentPreview preview={signIn.preview} machine={machine} />}
      <div className="gh-row-actions">
        <Button
          loading={confirm.isPending}
          onClick={() => confirm.mutate({ signInId: signIn.id })}
          data-testid="sign-in-button"
        >
          {machine ? t('signIn.confirmMachine') : t('signIn.confirm')}
        </Button>
        <CancelSignIn signInId={signIn.id} />
      </div>
    </div>
  );
}

function WaitingForBrowser({ signIn, deadline }: { signIn: SignInView; deadline: number }) {
  const { t } = useTranslation();
  const openAgain = useCall('sign-ins.open-again');
  const copyLink = useCall('sign-ins.copy-link');
  const paste = useCall('sign-ins.paste-callback', { quiet: true });
  const host = signIn.preview?.issuerHost ?? (signIn.preview ? hostOf(signIn.preview.issuer) : '…');
  const pasteProblem = paste.error ? problemOf(paste.error) : null;
  const one = { signInId: signIn.id };
  return (
    <div className="gh-stack-3">
      <div>
        <p className="gh-sign-in-now">
          <Loader size={14} aria-hidden="true" />
          {t('signIn.waitingAt', { host: visibleText(host, 100) })}
        </p>
        <Deadline at={deadline} />
      </div>
      <div className="gh-row-actions">
        <Button
          size="xs"
          variant="default"
          leftSection={<ExternalLink size={14} aria-hidden="true" />}
          onClick={() => openAgain.mutate(one)}
        >
          {t('signIn.openAgain')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<Copy size={14} aria-hidden="true" />}
          onClick={() => copyLink.mutate(one, { onSuccess: () => notifyDone(t('signIn.linkCopied')) })}
        >
          {t('signIn.copyLink')}
        </Button>
        <CancelSignIn signInId={signIn.id} />
      </div>
      <div className="gh-paste">
        <div className="gh-grow">
          <h3>{t('signIn.pasteTitle')}</h3>
          <p>{t('signIn.pasteText')}</p>
        </div>
        <Button
          size="xs"
          variant="default"
          leftSection={<ClipboardPaste size={14} aria-hidden="true" />}
          loading={paste.isPending}
          onClick={() => paste.mutate(one)}
          data-testid="paste-callback"
        >
          {t('signIn.paste')}
        </Button>
        {pasteProblem && (
          <div className="gh-paste-problem">
            <ProblemNotice problem={pasteProblem} context={{ onRetry: () => paste.mutate(one) }} />
          </div>
        )}
      </div>
    </div>
  );
}

function Actions({ signIn, children }: { signIn: SignInView; children: ReactNode }) {
  return (
    <div className="gh-sign-in-line">
      {children}
      <CancelSignIn signInId={signIn.id} />
    </div>
  );
}

function CancelSignIn({ signInId }: { signInId: string }) {
  const { t } = useTranslation();
  const cancel = useCall('sign-ins.cancel');
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="xs"
      variant="subtle"
      color="gray"
      className="gh-quiet-button"
      disabled={asked}
      onClick={() => {
        setAsked(true);
        cancel.mutate({ signInId }, { onError: () => setAsked(false) });
      }}
    >
      {t('common.cancel')}
    </Button>
  );
}

function Elapsed({ since }: { since: number }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  return (
    <span className="gh-faint gh-small gh-numbers" role="timer" aria-live="off">
      {t('signIn.elapsed', { time: stopwatch(now - since) })}
    </span>
  );
}

function Deadline({ at }: { at: number }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  return (
    <p className="gh-faint gh-small gh-numbers" role="timer" aria-live="off">
      {t('signIn.deadline', { time: stopwatch(at - now) })}
    </p>
  );
}
