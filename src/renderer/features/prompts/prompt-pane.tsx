import { Button } from '@mantine/core';
import { Copy, Play } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PromptEntry } from '../../../shared/domain/catalog.ts';
import type { FilledPrompt } from '../../../shared/domain/prompt.ts';
import { problemOf } from '../../../shared/problems.ts';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { CompletedInput } from '../catalog/completed-input.tsx';
import { ContentBlockView } from '../catalog/content-block.tsx';
import { filledOf, without } from '../catalog/filled-values.ts';
import { BackToList } from '../catalog/two-panes.tsx';
import { promptText } from './prompt-text.ts';

/** One prompt: its arguments, and its messages once they are filled in. */
export function PromptPane({
  prompt,
  serverId,
  accountId,
  onBack,
}: {
  prompt: PromptEntry;
  serverId: string;
  accountId: string | null;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const { name, title, summary } = prompt;
  const get = useCall('prompts.get', { quiet: true });
  const [values, setValues] = useState<Record<string, string>>({});
  const [missing, setMissing] = useState<readonly string[]>([]);
  const filled = filledOf(values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const left = prompt.arguments.filter((one) => one.required && !filled[one.name]);
    setMissing(left.map((one) => one.name));
    if (left.length === 0) get.mutate({ serverId, accountId, name, arguments: filled });
  };
  return (
    <form className="gh-tool" noValidate onSubmit={submit}>
      <header className="gh-pane-head">
        <BackToList label={t('prompts.title')} onBack={onBack} />
        <h2 className="gh-tool-title">
          <OutsideText text={title ?? name} />
        </h2>
        {title && <OutsideText text={name} className="gh-mono gh-faint gh-small" />}
        {summary && <OutsideText text={summary} className="gh-soft" />}
      </header>
      <div className="gh-stack-3">
        <h3>{t('prompts.arguments')}</h3>
        {prompt.arguments.length === 0 ? (
          <p className="gh-soft gh-small">{t('prompts.noArguments')}</p>
        ) : (
          <div className="gh-form">
            {prompt.arguments.map((one) => (
              <CompletedInput
                key={one.name}
                of={{ kind: 'prompt', name }}
                serverId={serverId}
                accountId={accountId}
                name={one.name}
                label={one.title ?? one.name}
                description={one.description}
                required={one.required}
                error={missing.includes(one.name) ? t('tools.errors.required') : undefined}
                value={values[one.name] ?? ''}
                others={without(filled, one.name)}
                onChange={(value) => setValues({ ...values, [one.name]: value })}
              />
            ))}
          </div>
        )}
      </div>
      <div className="gh-row-actions">
        <Button
          type="submit"
          size="sm"
          leftSection={<Play size={14} aria-hidden="true" />}
          loading={get.isPending}
          data-testid="get-prompt"
        >
          {t('prompts.get')}
        </Button>
      </div>
      {get.error && <ProblemNotice problem={problemOf(get.error)} context={{ serverId, accountId }} />}
      {get.data && <Messages prompt={get.data} serverId={serverId} accountId={accountId} />}
    </form>
  );
}

function Messages({
  prompt,
  serverId,
  accountId,
}: {
  prompt: FilledPrompt;
  serverId: string;
  accountId: string | null;
}) {
  const { t } = useTranslation();
  const copy = useCall('prompts.copy');
  const roles = { user: t('prompts.roles.user'), assistant: t('prompts.roles.assistant') };
  return (
    <section className="gh-stack-3" aria-label={t('prompts.messages')} data-testid="prompt-messages">
      <div className="gh-section-head">
        <h3>{t('prompts.messages')}</h3>
        <Button
          size="xs"
          variant="default"
          leftSection={<Copy size={14} aria-hidden="true" />}
          disabled={prompt.messages.length === 0}
          data-testid="copy-prompt"
          onClick={() =>
            copy.mutate(
              { text: promptText(prompt, roles) },
              { onSuccess: () => notifyDone(t('prompts.copied')) },
            )
          }
        >
          {t('prompts.copy')}
        </Button>
      </div>
      {prompt.description && <OutsideLines text={prompt.description} limit={2000} />}
      {prompt.messages.length === 0 && <p className="gh-faint">{t('prompts.empty')}</p>}
      <ol className="gh-messages">
        {prompt.messages.map(({ role, content }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity and never move
          <li key={index} data-role={role}>
            <p className="gh-overline">{roles[role]}</p>
            <ContentBlockView block={content} serverId={serverId} accountId={accountId} />
          </li>
        ))}
      </ol>
      {prompt.leftOut > 0 && (
        <p className="gh-result-note">{t('prompts.leftOut', { count: prompt.leftOut })}</p>
      )}
    </section>
  );
}
