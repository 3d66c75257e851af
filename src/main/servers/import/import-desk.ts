import {
  type ConfigEntry,
  type ConfigValue,
  hasPlaceholder,
} from '../../../shared/client-config/config-entry.ts';
import { CONFIG_LIMIT, readConfig } from '../../../shared/client-config/read-config.ts';
import type { CommandDraft } from '../../../shared/domain/command.ts';
import { type ExtraHeaders, headerValue } from '../../../shared/domain/extra-header.ts';
import type { ImportEntry, ImportFile } from '../../../shared/domain/import.ts';
import { failure, type Problem, visibleText } from '../../../shared/problems.ts';
import { holdsSecret, shownArguments } from '../../../shared/secret-look.ts';
import { parseServerUrl } from '../../oauth/url-policy.ts';
import type { Randomness } from '../../ports.ts';
import type { ServerBook } from '../server-book.ts';
import { type BoundedFile, readBoundedFile } from './bounded-file.ts';
import type { ClientFile } from './client-files.ts';

/** A server of a file, ready to be added; secrets in it. */
export type ImportedServer =
  | { kind: 'remote'; name: string; url: string; headers: ExtraHeaders }
  | { kind: 'local'; name: string; command: CommandDraft };

export interface ImportDeskDependencies {
  readonly files: readonly ClientFile[];
  readonly servers: ServerBook;
  readonly randomness: Randomness;
}

type Answers = Readonly<Record<string, string>>;

/**
 * Where servers are taken over from the files of other MCP clients. What is secret in them stays here, in memory,
 * until it goes to the vault or {@link forget} is called; the person sees what {@link look} tells.
 */
export class ImportDesk {
  readonly #deps: ImportDeskDependencies;
  readonly #found = new Map<string, ConfigEntry>();
  /** Identifiers by place, so that looking again finds the same ones. */
  readonly #ids = new Map<string, string>();

  constructor(dependencies: ImportDeskDependencies) {
    this.#deps = dependencies;
  }

  /** Reads the files that are there. Never throws: what can't be read is told per file. */
  async look(): Promise<{ files: ImportFile[]; places: ClientFile[] }> {
    const { files } = this.#deps;
    const read = await Promise.all(
      files.map(async (file) => ({ file, content: await readBoundedFile(file.path, CONFIG_LIMIT) })),
    );
    this.#found.clear();
    const told = read.flatMap(({ file, content }) => this.#tell(file, content) ?? []);
    return { files: told, places: files.map(({ client, path }) => ({ client, path })) };
  }

  forget(): void {
    this.#found.clear();
    this.#ids.clear();
  }

  /**
   * A server that was found, with what the person entered for it.
   * @param answers by name of variable or header; without one, or with an empty one, it is left out
   * @throws ProblemError `import-entry-gone`, `import-entry-refused`, `import-value-refused`
   */
  take(entryId: string, answers: Answers): ImportedServer {
    const entry = this.#found.get(entryId);
    if (!entry) throw failure('import-entry-gone');
    const shown = this.#entry(entryId, entry);
    if (entry.kind === 'unreadable' || shown.kind === 'unreadable' || shown.obstacle !== null) {
      throw failure('import-entry-refused', { name: shown.name });
    }
    if (entry.kind === 'remote') {
      const headers = entry.headers.flatMap((header) => {
        const value = entered(header, answers)?.trim();
        if (value === undefined) return [];
        if (!headerValue.safeParse(value).success)
          throw failure('import-value-refused', { name: header.name });
        return [[header.name, value] as const];
      });
      return { kind: 'remote', name: shown.name, url: entry.url, headers: Object.fromEntries(headers) };
    }
    const environment = entry.environment.flatMap((variable) => {
      const value = entered(variable, answers);
      if (value === undefined) return [];
      if (value.includes('\0')) throw failure('import-value-refused', { name: variable.name });
      return [{ name: variable.name, secret: variable.secret, value }];
    });
    const { program, folder } = entry;
    const command = { program, arguments: [...entry.arguments], folder, environment };
    return { kind: 'local', name: shown.name, command };
  }

  /** What is told of a file; null where it is not there, or has nothing to do with servers. */
  #tell({ client, path }: ClientFile, content: BoundedFile): ImportFile | null {
    const failed = (problem: Problem): ImportFile => ({ client, path, problem, entries: [] });
    if (content.kind === 'absent') return null;
    if (content.kind === 'too-large') return failed(failure('import-file-too-large', { path }).problem);
    if (content.kind === 'unreadable') {
      return failed(failure('import-file-unreadable', { path, reason: content.reason }).problem);
    }
    if (content.text.trim() === '') return { client, path, problem: null, entries: [] };
    // Settings of an editor mostly name no servers; what is wrong with them otherwise is not told here.
    const isSettings = /[\\/]settings\.json$/.test(path);
    if (isSettings && !content.text.includes('"mcp"')) return null;
    const reading = readConfig(content.text);
    if (reading.kind === 'read') {
      const entries = reading.entries.map((entry, index) => {
        const entryId = this.#idOf(`${path}\n${entry.name ?? index}`);
        this.#found.set(entryId, entry);
        return this.#entry(entryId, entry);
      });
      return { client, path, problem: null, entries };
    }
    switch (reading.error) {
      case 'none':
      case 'shape':
        return isSettings ? null : { client, path, problem: null, entries: [] };
      case 'json':
        return failed(failure('import-file-invalid', { path }).problem);
      case 'too-many':
        return failed(failure('import-file-too-large', { path }).problem);
    }
  }

  #idOf(place: string): string {
    const known = this.#ids.get(place) ?? this.#deps.randomness.id();
    this.#ids.set(place, known);
    return known;
  }

  #entry(id: string, entry: ConfigEntry): ImportEntry {
    switch (entry.kind) {
      case 'unreadable': {
        const name = nameOf(entry.name, '…');
        return {
          kind: 'unreadable',
          id,
          name,
          existingServerId: null,
          error: entry.error,
          what: visibleText(entry.what, 200),
        };
      }
      case 'remote': {
        const isSecret = holdsSecret(entry.url);
        return {
          kind: 'remote',
          id,
          name: nameOf(entry.name, originOf(entry.url)),
          existingServerId: this.#existingRemote(entry.url),
          url: isSecret ? `${originOf(entry.url)}/•••` : entry.url,
          headers: entry.headers.map((header) => ({ name: header.name, asked: askedOf(header) })),
          obstacle: isSecret ? 'secret' : hasPlaceholder(entry.url) ? 'placeholder' : null,
        };
      }
      case 'local': {
        const { program, folder, arguments: values } = entry;
        const line = shownArguments([program, ...values]);
        const [shownProgram = '', ...shown] = line.shown;
        const texts = [program, ...values, folder ?? ''];
        return {
          kind: 'local',
          id,
          name: nameOf(entry.name, program),
          existingServerId: this.#existingLocal(program, values, folder),
          program: shownProgram,
          arguments: shown,
          folder,
          environment: entry.environment.map((variable) => ({
            name: variable.name,
            value: variable.secret || variable.blank ? null : variable.value,
            asked: askedOf(variable),
          })),
          obstacle: line.hidden ? 'secret' : texts.some(hasPlaceholder) ? 'placeholder' : null,
        };
      }
    }
  }

  #existingRemote(url: string): string | null {
    try {
      return this.#deps.servers.findByUrl(parseServerUrl(url))?.id ?? null;
    } catch {
      return null;
    }
  }

  #existingLocal(program: string, values: readonly string[], folder: string | null): string | null {
    const wanted = JSON.stringify([program, values, folder]);
    const same = this.#deps.servers
      .all()
      .find(
        (one) =>
          one.kind === 'local' &&
          JSON.stringify([one.command.program, one.command.arguments, one.command.folder]) === wanted,
      );
    return same?.id ?? null;
  }
}

/** The value as it is used; undefined where the person was to enter one and did not. */
function entered({ name, value, blank }: ConfigValue, answers: Answers): string | undefined {
  if (blank === null) return value;
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  return answer ? `${blank.before}${answer}${blank.after}` : undefined;
}

function askedOf({ blank, secret }: ConfigValue): { hint: string | null; secret: boolean } | null {
  return blank && { hint: blank.hint === null ? null : visibleText(blank.hint, 200), secret };
}

function originOf(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : url.slice(0, 100);
}

function nameOf(given: string | null, otherwise: string): string {
  return (given?.trim() || otherwise).slice(0, 200);
}
