import { Button } from '@mantine/core';
import { ArrowRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ResourceTemplate } from '../../../shared/domain/catalog.ts';
import { problemOf } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { CompletedInput } from '../catalog/completed-input.tsx';
import { filledOf, without } from '../catalog/filled-values.ts';
import { BackToList } from '../catalog/two-panes.tsx';

/** A template of resources: its values lead to one (RFC 6570). */
export function TemplatePane({
  template: { uriTemplate, name, title, summary, variables },
  serverId,
  accountId,
  onBack,
  onOpen,
}: {
  template: ResourceTemplate;
  serverId: string;
  accountId: string | null;
  onBack: () => void;
  onOpen: (uri: string) => void;
}) {
  const { t } = useTranslation();
  const expand = useCall('resources.expand', { quiet: true });
  const [values, setValues] = useState<Record<string, string>>({});
  const filled = filledOf(values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    expand.mutate({ uriTemplate, values: filled }, { onSuccess: onOpen });
  };
  return (
    <form className="gh-tool" noValidate onSubmit={submit}>
      <header className="gh-pane-head">
        <BackToList label={t('resources.title')} onBack={onBack} />
        <p className="gh-overline">{t('resources.template')}</p>
        <h2 className="gh-tool-title">
          <OutsideText text={title ?? name} />
        </h2>
        <OutsideText text={uriTemplate} limit={1000} className="gh-mono gh-faint gh-small" />
        {summary && <OutsideText text={summary} className="gh-soft" />}
      </header>
      <p className="gh-soft gh-small">{t('resources.templateText')}</p>
      <div className="gh-form">
        {variables.map((variable) => (
          <CompletedInput
            key={variable}
            of={{ kind: 'template', uriTemplate }}
            serverId={serverId}
            accountId={accountId}
            name={variable}
            label={variable}
            required={false}
            value={values[variable] ?? ''}
            others={without(filled, variable)}
            onChange={(value) => setValues({ ...values, [variable]: value })}
          />
        ))}
      </div>
      {expand.error && <ProblemNotice problem={problemOf(expand.error)} />}
      <div>
        <Button
          type="submit"
          size="sm"
          rightSection={<ArrowRight size={14} aria-hidden="true" />}
          loading={expand.isPending}
          data-testid="open-template"
        >
          {t('resources.openTemplate')}
        </Button>
      </div>
    </form>
  );
}
