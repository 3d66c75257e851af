import { Button, Modal, Textarea } from '@mantine/core';
import { ArrowLeft, CheckCheck, FolderInput, Globe } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { useFocusBack } from '../../components/dialog.tsx';
import type { HeaderField } from '../../components/header-fields.ts';
import { type AddServerRequest, openImport } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { navigate, toServer } from '../../state/route.ts';
import { ENTRY_LIMIT, type OneServer, readServerEntry, type ServerEntry } from '../command/server-entry.ts';
import { AddressEntry } from './address-entry.tsx';
import { CommandEntry } from './command-entry.tsx';
import { ServerChoice } from './server-choice.tsx';
import './add-server.css';

const MOST_ROWS = 8;

type Source = Exclude<ServerEntry, { kind: 'unreadable' }>['source'];

/** What was pasted became an address in the field; this is what it was. */
interface Origin {
  readonly url: string;
  readonly source: Source;
}

/**
 * One field for an address, a command, or what another MCP client writes into its file; below it what was recognized,
 * and one button.
 */
export default function AddServerDialog({
  request,
  onClose,
}: {
  request: AddServerRequest;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  useFocusBack();
  const windows = useWorld('app', ({ platform }) => platform === 'win32');
  const [text, setText] = useState(request.url);
  const [name, setName] = useState(request.name);
  const [headers, setHeaders] = useState<readonly HeaderField[]>([]);
  const [bareWords, setBareWords] = useState(false);
  const [origin, setOrigin] = useState<Origin | null>(
    request.source === 'link' ? { url: request.url, source: 'link' } : null,
  );
  const [chosenIndex, setChosenIndex] = useState<number | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const formId = useId();
  const isOriginal = origin !== null && origin.url === text;
  // A link names an address. It can't bring a command, whatever it says.
  const isLinked = isOriginal && origin.source === 'link';
  const entry = useMemo<ServerEntry>(
    () =>
      isLinked
        ? { kind: 'address', source: 'link', url: text.trim(), name: null, headers: {} }
        : readServerEntry(text, { windows, bareWords }),
    [text, isLinked, windows, bareWords],
  );
  const chosen = entry.kind === 'several' && chosenIndex !== null ? entry.servers[chosenIndex] : undefined;
  const one: OneServer | null =
    chosen && chosen.kind !== 'unreadable'
      ? chosen
      : entry.kind === 'several' || entry.kind === 'unreadable'
        ? null
        : entry;

  const takeHeaders = (values: Readonly<Record<string, string>>) =>
    setHeaders(Object.entries(values).map(([header, secret]) => ({ name: header, value: secret })));
  const change = (value: string) => {
    setBareWords(false);
    setChosenIndex(null);
    const read = readServerEntry(value, { windows, bareWords: false });
    if (read.kind !== 'address') return setText(value);
    // An address has one line.
    if (read.source === 'typed') return setText(value.replace(/[\r\n]+/g, ''));
    // An entry of a file becomes what it says: the address in the field, its headers below.
    setText(read.url);
    setName(read.name);
    setOrigin({ url: read.url, source: read.source });
    takeHeaders(read.headers);
  };
  const choose = (index: number) => {
    const server = entry.kind === 'several' ? entry.servers[index] : undefined;
    if (!server || server.kind === 'unreadable') return;
    setName(server.name);
    if (server.kind === 'address') takeHeaders(server.headers);
    setChosenIndex(index);
  };
  const backToList = () => {
    setChosenIndex(null);
    setHeaders([]);
    setName(null);
  };
  const edit = () => {
    if (chosen) return backToList();
    field.current?.focus();
    field.current?.select();
  };
  const keyPressed = (event: KeyboardEvent) => {
    const isLine = entry.kind === 'address' || entry.kind === 'command';
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !isLine) return;
    event.preventDefault();
    const form = document.getElementById(formId);
    if (form instanceof HTMLFormElement) form.requestSubmit();
  };

  const source = isOriginal ? origin.source : entry.kind === 'unreadable' ? null : entry.source;
  const onAdded = chosen ? backToList : null;
  const rows = Math.min(MOST_ROWS, text.split('\n').length);
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
      {chosen ? (
        <div className="gh-add-field">
          <Button
            size="compact-sm"
            variant="subtle"
            className="gh-add-back"
            leftSection={<ArrowLeft size={15} aria-hidden="true" />}
            onClick={backToList}
          >
            {t('addServer.backToFound')}
          </Button>
          <div>
            <p className="gh-strong">{visibleText(chosen.name ?? '', 100)}</p>
            {chosen.kind === 'address' && <p className="gh-soft gh-small">{visibleText(chosen.url, 300)}</p>}
          </div>
        </div>
      ) : (
        <div className="gh-add-field">
          {isLinked && (
            <p className="gh-callout">
              {t('addServer.fromLink')} {name && t('addServer.linkName', { name: visibleText(name, 100) })}
            </p>
          )}
          <Textarea
            ref={field}
            form={formId}
            size="md"
            rows={rows}
            resize="none"
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
            leftSection={rows === 1 && <Globe size={16} aria-hidden="true" />}
            classNames={{ input: rows > 1 ? 'gh-mono gh-small' : '' }}
            data-autofocus
            data-testid="server-url-input"
            onChange={(event) => change(event.currentTarget.value)}
            onKeyDown={keyPressed}
          />
          {text.trim() === '' ? (
            <button
              type="button"
              className="gh-link gh-add-import"
              data-testid="open-import"
              onClick={() => {
                onClose();
                openImport();
              }}
            >
              <FolderInput size={15} aria-hidden="true" />
              {t('addServer.import')}
            </button>
          ) : (
            source && (
              <p className="gh-add-recognized" role="status" data-testid="recognized" data-source={source}>
                <CheckCheck size={14} aria-hidden="true" />
                {entry.kind === 'several'
                  ? t('addServer.recognizedSeveral', {
                      count: entry.servers.length,
                      where: t(`addServer.recognized.${source}`),
                    })
                  : source === 'typed'
                    ? t(
                        entry.kind === 'command'
                          ? 'addServer.recognizedCommand'
                          : 'addServer.recognizedAddress',
                      )
                    : t(`addServer.recognized.${source}`)}
              </p>
            )
          )}
        </div>
      )}
      {entry.kind === 'several' && !chosen && (
        <>
          <div className="gh-add-scroll">
            <ServerChoice
              servers={entry.servers}
              onChoose={choose}
              onOpen={(serverId) => {
                onClose();
                navigate(toServer(serverId));
              }}
            />
          </div>
          <footer className="gh-add-foot">
            <p className="gh-faint gh-small gh-grow">{t('addServer.oneByOne')}</p>
            <Button variant="default" onClick={onClose}>
              {t('addServer.done')}
            </Button>
          </footer>
        </>
      )}
      {one?.kind === 'command' && (
        <CommandEntry
          key={chosen ? `chosen ${chosenIndex}` : text}
          fields={one.fields}
          name={one.name}
          formId={formId}
          onAdded={onAdded}
          onClose={onClose}
        />
      )}
      {one?.kind === 'address' && (
        <AddressEntry
          key={chosenIndex}
          url={one.url}
          name={name}
          headers={headers}
          // What a link brought is looked at by the person first; only then is its server contacted.
          asksByItself={!isLinked}
          formId={formId}
          onHeaders={setHeaders}
          onBareWord={() => setBareWords(true)}
          onEdit={edit}
          onAdded={onAdded}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}
