import { Buffer } from 'node:buffer';
import { UriTemplate } from '@modelcontextprotocol/client';
import { outsideText } from '../../shared/domain/identifiers.ts';
import type { ReadResource } from '../../shared/domain/resource.ts';
import { failure, type ProblemError, visibleText } from '../../shared/problems.ts';
import type { FileSaver } from '../ports.ts';
import type { Connection } from './connection.ts';
import { ContentRoom, contentsOf } from './content.ts';
import { mcpFailure, refusalIn } from './mcp-client.ts';
import type { Requests } from './requests.ts';
import { carriedParts } from './result-door.ts';

const URI_LIMIT = 4096;
const FILE_NAME_LIMIT = 120;

type SentContents = { uri: string; mimeType?: string | undefined } & ({ text: string } | { blob: string });

/** Reads resources (MCP specification, resources). */
export class Resources {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /**
   * What a resource holds, as far as it can be shown.
   * @throws ProblemError `resource-refused`, `answer-timeout`, or why there is no connection
   */
  async read(connection: Connection, uri: string): Promise<ReadResource> {
    const room = new ContentRoom();
    const { parts, others } = await this.#sent(connection, uri);
    const { shown, leftOut } = room.parts(parts, (one) => contentsOf(one, room));
    const contents = shown.filter((one) => one !== null);
    return { contents, leftOut: others + leftOut + shown.length - contents.length };
  }

  /**
   * Reads a resource anew and saves one of its parts, whole, where the person chooses.
   * @param part counted from 0
   * @throws ProblemError as {@link read}, `file-not-saved`
   */
  async save(
    connection: Connection,
    uri: string,
    part: number,
    files: FileSaver,
  ): Promise<'saved' | 'cancelled'> {
    const sent = (await this.#sent(connection, uri)).parts[part];
    if (!sent) throw failure('resource-refused', { uri, message: 'it is empty now' });
    const content = 'text' in sent ? sent.text : Buffer.from(sent.blob, 'base64');
    return files.save(fileNameOf(sent.uri), content);
  }

  /**
   * The URI a template stands for with these values (RFC 6570).
   * @throws ProblemError `resource-address-invalid`
   */
  expand(uriTemplate: string, values: Readonly<Record<string, string>>): string {
    const invalid = (cause?: unknown) =>
      failure('resource-address-invalid', { template: uriTemplate }, null, cause);
    let uri: string;
    try {
      uri = new UriTemplate(uriTemplate).expand({ ...values });
    } catch (error) {
      throw invalid(error);
    }
    if (uri === '' || uri.length > URI_LIMIT) throw invalid();
    return uri;
  }

  /** The parts of a resource, and how many others came with them. */
  async #sent(
    connection: Connection,
    uri: string,
  ): Promise<{ parts: readonly SentContents[]; others: number }> {
    const { endpoint } = connection;
    const result = await this.#requests.run(
      connection,
      { callId: null, name: visibleText(uri) },
      // Not cached here: what is kept of resources is what somebody looks at.
      ({ client }, { meta, options }) =>
        client.readResource({ uri, ...meta }, { ...options, cacheMode: 'bypass' }),
      (error) => readFailure(error, uri, endpoint),
    );
    const sent = carriedParts(result);
    const parts = sent.filter(isContents);
    return { parts, others: sent.length - parts.length };
  }
}

function isContents(sent: unknown): sent is SentContents {
  if (typeof sent !== 'object' || sent === null) return false;
  const { uri, text, blob } = sent as Record<string, unknown>;
  return outsideText.safeParse(uri).success && (typeof text === 'string' || typeof blob === 'string');
}

function readFailure(error: unknown, uri: string, endpoint: Connection['endpoint']): ProblemError {
  const refusal = refusalIn(error);
  if (refusal) {
    const { message, code } = refusal;
    return failure('resource-refused', { uri, message }, `JSON-RPC ${code}`, error);
  }
  return mcpFailure(error, endpoint);
}

/** A name for a file, from the end of a URI; the person may choose another. */
export function fileNameOf(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const name = visibleText(decoded(last), FILE_NAME_LIMIT)
    .replace(/[\\/:*?"<>|{}…]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return name || 'resource';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
