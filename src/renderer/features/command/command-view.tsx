import { useTranslation } from 'react-i18next';
import type { Command } from '../../../shared/domain/command.ts';
import { visibleText } from '../../../shared/problems.ts';
import './command.css';

/** A command in full: nothing is shortened, and what can't be seen is made visible. */
export function CommandView({ command }: { command: Command }) {
  const { t } = useTranslation();
  return (
    <dl className="gh-command">
      <dt>{t('command.program')}</dt>
      <dd>
        <Exactly text={command.program} />
      </dd>
      <dt>{t('command.arguments')}</dt>
      <dd>
        {command.arguments.length === 0 ? (
          <span className="gh-faint">{t('command.noArguments')}</span>
        ) : (
          <ol className="gh-command-arguments">
            {command.arguments.map((text, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an argument has nothing but its place
              <li key={index}>
                <Exactly text={text} />
              </li>
            ))}
          </ol>
        )}
      </dd>
      <dt>{t('command.folder')}</dt>
      <dd>
        {command.folder === null ? (
          <span className="gh-faint">{t('command.homeFolder')}</span>
        ) : (
          <Exactly text={command.folder} />
        )}
      </dd>
      <dt>{t('command.variables')}</dt>
      <dd>
        {command.environment.length === 0 ? (
          <span className="gh-faint">{t('command.noVariables')}</span>
        ) : (
          <ul className="gh-plain-list gh-command-variables">
            {command.environment.map((entry) => (
              <li key={entry.name}>
                <Exactly text={entry.name} /> ={' '}
                {'secret' in entry ? (
                  <span title={t('command.secretHidden')}>
                    <span aria-hidden="true">•••</span>
                    <span className="gh-faint gh-small"> {t('command.secretHidden')}</span>
                  </span>
                ) : (
                  <Exactly text={entry.value} />
                )}
              </li>
            ))}
          </ul>
        )}
      </dd>
    </dl>
  );
}

/** A text as it will be handed over: whole, blanks included, without anything that only looks like something. */
function Exactly({ text }: { text: string }) {
  const { t } = useTranslation();
  if (text === '') return <span className="gh-faint">{t('command.empty')}</span>;
  return <bdi className="gh-exactly">{visibleText(text, Number.POSITIVE_INFINITY)}</bdi>;
}
