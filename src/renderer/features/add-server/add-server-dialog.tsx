import { Modal, TextInput } from '@mantine/core';
import { Globe } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import type { HeaderField } from '../../components/header-fields.ts';
import type { AddServerRequest } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { ENTRY_LIMIT, readServerEntry, type ServerEntry } from '../command/server-entry.ts';
import { AddressEntry } from './address-entry.tsx';
import { CommandEntry } from './command-entry.tsx';
import './add-server.css';

/** One field for an address, a command, or an entry of an `mcp.json`; below it what that is, and one button. */
export default function AddServerDialog({
  request,
  onClose,
}: {
  request: AddServerRequest;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const windows = useWorld('app', ({ platform }) => platform === 'win32');
  const [text, setText] = useState(request.url);
  const [name, setName] = useState(request.name);
  const [headers, setHeaders] = useState<readonly HeaderField[]>([]);
  const [bareWords, setBareWords] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const formId = useId();
  // A link names an address. It can't bring a command, whatever it says.
  const isLinked = request.source === 'link' && text === request.url;
  const entry = useMemo<ServerEntry>(
    () =>
      isLinked
        ? { kind: 'address', url: text.trim(), name: null, headers: {} }
        : readServerEntry(text, { windows, bareWords }),
    [text, isLinked, windows, bareWords],
  );

  const change = (value: string) => {
    setBareWords(false);
    const read = readServerEntry(value, { windows, bareWords: false });
    if (read.kind !== 'address' || read.url === value.trim()) return setText(value);
    // An entry of a file becomes what it says: the address in the field, its headers below.
    setText(read.url);
    setName(read.name);
    setHeaders(Object.entries(read.headers).map(([header, secret]) => ({ name: header, value: secret })));
  };
  const edit = () => {
    field.current?.focus();
    field.current?.select();
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
      <div className="gh-add-field">
        {request.source === 'link' && (
          <p className="gh-callout">
            {t('addServer.fromLink')}{' '}
            {request.name && t('addServer.linkName', { name: visibleText(request.name, 100) })}
          </p>
        )}
        <TextInput
          ref={field}
          form={formId}
          size="md"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          label={t('addServer.address')}
          placeholder={t('addServer.addressPlaceholder')}
          description={text.trim() === '' ? t('addServer.addressHint') : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={text}
          error={
            entry.kind === 'unreadable' &&
            t(`addServer.unreadable.${entry.error}`, { what: visibleText(entry.what, 100) })
          }
          maxLength={ENTRY_LIMIT}
          leftSection={<Globe size={16} aria-hidden="true" />}
          data-autofocus
          data-testid="server-url-input"
          onChange={(event) => change(event.currentTarget.value)}
          onPaste={(event) => {
            const { value, selectionStart, selectionEnd } = event.currentTarget;
            const pasted = event.clipboardData.getData('text/plain');
            const replacesAll = selectionStart === 0 && selectionEnd === value.length;
            if (!replacesAll || !/[\r\n]/.test(pasted)) return;
            // A field of one line would join lines without a blank between them.
            event.preventDefault();
            change(pasted.slice(0, ENTRY_LIMIT).replace(/\\?[\r\n]+/g, ' '));
          }}
        />
      </div>
      {entry.kind === 'command' && (
        <CommandEntry key={text} fields={entry.fields} name={entry.name} formId={formId} onClose={onClose} />
      )}
      {entry.kind === 'address' && (
        <AddressEntry
          url={entry.url}
          name={name}
          headers={headers}
          // What a link brought is looked at by the person first; only then is its server contacted.
          asksByItself={!isLinked}
          formId={formId}
          onHeaders={setHeaders}
          onBareWord={() => setBareWords(true)}
          onEdit={edit}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}
