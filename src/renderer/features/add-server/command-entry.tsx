import { Button, TextInput } from '@mantine/core';
import { ArrowRight, SquareTerminal } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Problem, problemOf } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { openApproval } from '../../state/dialogs.ts';
import { navigate, toServer } from '../../state/route.ts';
import { type CommandErrors, type CommandFields, commandOfFields } from '../command/command-fields.ts';
import { CommandForm } from '../command/command-form.tsx';

const NAME_LIMIT = 200;

/** A command taken apart, to be looked at and corrected. It is added unapproved; the next dialog shows it whole. */
export function CommandEntry({
  fields: read,
  name: givenName,
  formId,
  onAdded,
  onClose,
}: {
  fields: CommandFields;
  name: string | null;
  formId: string;
  /** Where more servers wait to be added: this one is added, and its command shown later. */
  onAdded: ((serverId: string) => void) | null;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [fields, setFields] = useState(read);
  const [errors, setErrors] = useState<CommandErrors>({});
  const [name, setName] = useState<string | null>(givenName);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const shownName = (name ?? nameOf(fields)).slice(0, NAME_LIMIT);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (working) return;
    const result = commandOfFields(fields);
    setErrors(result.ok ? {} : result.errors);
    if (!result.ok) return;
    setWorking(true);
    setProblem(null);
    try {
      const { command } = result;
      const server = await call('servers.add-command', {
        name: shownName.trim() || command.program,
        command,
      });
      if (onAdded) return onAdded(server.id);
      onClose();
      navigate(toServer(server.id));
      openApproval(server.id);
    } catch (error) {
      setProblem(problemOf(error));
      setWorking(false);
    }
  };

  return (
    <form id={formId} onSubmit={submit} noValidate data-testid="command-entry">
      <div className="gh-add-scroll">
        <div className="gh-add-command">
          <SquareTerminal size={18} aria-hidden="true" />
          <div>
            <p className="gh-strong">{t('addServer.command')}</p>
            <p className="gh-soft">{t('addServer.commandText')}</p>
          </div>
        </div>
        <CommandForm
          fields={fields}
          errors={errors}
          onChange={(patch) => {
            setFields((before) => ({ ...before, ...patch }));
            setErrors({});
          }}
        />
        <TextInput
          label={t('addServer.name')}
          value={shownName}
          maxLength={NAME_LIMIT}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {problem && <ProblemNotice problem={problem} />}
      </div>
      <footer className="gh-add-foot">
        <span className="gh-grow" />
        <Button
          type="submit"
          loading={working}
          rightSection={<ArrowRight size={16} aria-hidden="true" />}
          data-testid="add-command"
        >
          {onAdded ? t('addServer.add') : t('addServer.addCommand')}
        </Button>
      </footer>
    </form>
  );
}

/** Programs that run others: what they run says more about the server than they do. */
const RUNNERS = new Set(['npx', 'uvx', 'bunx', 'pipx', 'node', 'python', 'python3', 'deno', 'docker', 'uv']);

/** A name for a server, from the last part of the program or of the first argument that is no option. */
function nameOf({ program, arguments: values }: CommandFields): string {
  const base = lastPart(program);
  if (!RUNNERS.has(base.replace(/\.exe$/i, ''))) return base;
  const named = values.find((value) => /^[^-\s]/.test(value) && !['run', 'exec', 'tool'].includes(value));
  return named === undefined ? base : lastPart(named);
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
