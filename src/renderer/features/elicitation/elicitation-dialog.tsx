import { useTranslation } from 'react-i18next';
import type { Elicitation, ElicitationAnswer } from '../../../shared/domain/elicitation.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OutsideLines } from '../../components/outside-text.tsx';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';
import { FormQuestion } from './form-question.tsx';
import { nextQuestion } from './questions.ts';
import { UrlQuestion } from './url-question.tsx';
import './elicitation.css';

/** What servers ask in the middle of a request, one question after the other. */
export default function ElicitationDialog() {
  const questions = useWorld('elicitations');
  const shown = nextQuestion(questions.values());
  return shown && <Question key={shown.id} asked={shown} others={questions.size - 1} />;
}

function Question({ asked, others }: { asked: Elicitation; others: number }) {
  const { t } = useTranslation();
  const { serverId, accountId, request, message, question } = asked;
  const serverName = useWorld('servers', (servers) => servers.get(serverId)?.name) ?? '';
  const account = useWorld('accounts', (accounts) =>
    accountId ? accounts.get(accountId)?.label : undefined,
  );
  const send = useCall('elicitations.answer');
  const answer = (given: ElicitationAnswer) => send.mutate({ elicitationId: asked.id, answer: given });
  // Leaving is neither yes nor no (MCP specification, elicitation: cancel).
  const cancel = () => answer({ action: 'cancel' });
  return (
    <Dialog
      title={<bdi>{t('elicitation.title', { server: visibleText(serverName, 60) })}</bdi>}
      size={520}
      onClose={cancel}
    >
      <div className="gh-stack-4" data-testid="elicitation" data-mode={question.mode}>
        <p className="gh-faint gh-small">
          {[
            request && t('elicitation.forCall', { name: visibleText(request.name, 80) }),
            account && t('elicitation.as', { account: visibleText(account, 80) }),
          ]
            .filter(Boolean)
            .map((part) => (
              <bdi key={part}>{part} </bdi>
            ))}
        </p>
        {/* biome-ignore lint/a11y/useSemanticElements: no form, only a name for what scrolls */}
        <div
          className="gh-elicitation-message"
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          // Not on a button: a key pressed while the question comes up must not answer it.
          data-autofocus
          aria-label={t('elicitation.message')}
        >
          <OutsideLines text={message} limit={4000} />
        </div>
        {question.mode === 'form' ? (
          <FormQuestion
            schema={question.schema}
            pending={send.isPending}
            onAnswer={answer}
            onCancel={cancel}
          />
        ) : (
          <UrlQuestion id={asked.id} question={question} pending={send.isPending} onAnswer={answer} />
        )}
        {others > 0 && (
          <p className="gh-faint gh-small" role="status">
            {t('elicitation.more', { count: others })}
          </p>
        )}
      </div>
    </Dialog>
  );
}
