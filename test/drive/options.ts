import { parseArgs } from 'node:util';
import type { CommandDraft } from '../../src/shared/domain/command.ts';
import { type ElicitationAnswer, elicitationAnswer } from '../../src/shared/domain/elicitation.ts';
import { extraHeaders } from '../../src/shared/domain/extra-header.ts';
import {
  type ClientAuthenticationMethod,
  clientAuthenticationMethod,
  resourceOverride,
  type ServerSettings,
} from '../../src/shared/domain/server.ts';

export const usage = `Usage: npm run -s drive -- <server-url> [options]
       npm run -s drive -- --stdio [options] -- <program> <argument> …

  --profile <dir>            user data folder, kept between runs (default: temporary)
  --browser follow|print|<command>
                             follow: a small client that follows redirects (default)
                             print: prints the URL and waits
                             <command>: started with the URL as its last argument
  --redirect custom|loopback|auto
  --callback-stdin           reads the callback URL from standard input
  --client-id <id>  --client-secret <secret>  --client-auth <method>
  --client-key <file>        private key of the client (PKCS #8 PEM or JWK), for private_key_jwt
  --client-metadata-url <url>
                             URL of a client ID metadata document that is online
  --scope <scopes>           scopes to ask, separated by spaces
  --resource omit|<uri>|automatic
                             what to send as resource parameter (default: what discovery says)
  --assume-s256              goes on although the issuer does not list S256
  --header <name: value>     a header for every request to the server, several times if needed
  --stdio                    the server is a program, spoken to over its standard input and output
  --env <name=value>         a variable for that program, several times if needed
  --call <tool>  --args <json>  --times <n>  --parallel <n>
  --answer <json>|accept|decline|cancel
                             what to answer when a server asks something (default: cancel)
  --read <uri>               reads a resource
  --prompt <name>            gets a prompt, with --args
  --list                     lists the tools, resources, templates and prompts
  --refresh                  renews the token
  --sign-out                 revokes and deletes the account
  --accounts                 prints the accounts of the profile
  --trace <file>             writes the traces as JSON
  --command                  prints this program as one plain command
  --help                     prints this

Prints one JSON object per line. Exit: 0 done, 2 sign-in failed, 3 connection failed, 4 call failed, 64 usage, 130 interrupted.
Environment: GATEHOUSE_DRIVE_KEY encrypts the vault of the profile; without it secrets stay in memory.`;

export interface DriveOptions {
  readonly serverUrl: string | null;
  /** Instead of a URL: the program of a local server. */
  readonly localCommand: CommandDraft | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly profile: string | null;
  readonly browser: string;
  readonly redirect: 'custom-scheme' | 'loopback' | 'automatic';
  readonly callbackStdin: boolean;
  readonly clientId: string | null;
  readonly clientMetadataUrl: string | null;
  readonly clientSecret: string | null;
  readonly clientAuthentication: ClientAuthenticationMethod | null;
  /** File with the client's private key. */
  readonly clientKey: string | null;
  readonly scopes: string[] | null;
  /** Null: as the profile has it. */
  readonly resource: ServerSettings['resource'] | null;
  readonly assumeS256: boolean;
  readonly call: { tool: string; arguments: Record<string, unknown>; times: number; parallel: number } | null;
  /** What a server that asks something is told. */
  readonly answer: ElicitationAnswer;
  /** URI of a resource. */
  readonly read: string | null;
  readonly prompt: { name: string; arguments: Record<string, string> } | null;
  readonly list: boolean;
  readonly refresh: boolean;
  readonly signOut: boolean;
  readonly accounts: boolean;
  readonly trace: string | null;
  readonly command: boolean;
}

/** What is wrong with the arguments, in words. */
export class UsageError extends Error {}

const redirects = { custom: 'custom-scheme', loopback: 'loopback', auto: 'automatic' } as const;

/**
 * Parses the command line.
 * @throws UsageError
 */
export function parseOptions(argv: readonly string[]): DriveOptions {
  const { values, positionals } = parse(argv);
  const localCommand = values.stdio ? localCommandOf(positionals, values.env ?? []) : null;
  if (values.env && !localCommand) throw new UsageError('--env needs --stdio');
  if (!localCommand && positionals.length > 1)
    throw new UsageError(`one server URL, not ${positionals.length}`);
  const redirect = values.redirect ?? 'auto';
  if (!Object.hasOwn(redirects, redirect)) throw new UsageError(`unknown redirect ${redirect}`);
  const method = values['client-auth'];
  const authentication = method === undefined ? null : clientAuthenticationMethod.safeParse(method);
  if (authentication?.success === false) throw new UsageError(`unknown client authentication ${method}`);
  const serverUrl = localCommand ? null : (positionals[0] ?? null);
  if (serverUrl === null && !localCommand && !values.accounts && !values.command)
    throw new UsageError('a server URL is missing');
  if (values.call === undefined && (values.times ?? values.parallel) !== undefined) {
    throw new UsageError('--times and --parallel need --call');
  }
  if (values.args !== undefined && (values.call === undefined) === (values.prompt === undefined)) {
    throw new UsageError('--args needs --call or --prompt, one of them');
  }
  return {
    serverUrl,
    localCommand,
    headers: headersOf(values.header ?? []),
    profile: values.profile ?? null,
    browser: values.browser ?? 'follow',
    redirect: redirects[redirect as keyof typeof redirects],
    callbackStdin: values['callback-stdin'] ?? false,
    clientId: values['client-id'] ?? null,
    clientMetadataUrl: values['client-metadata-url'] ?? null,
    clientSecret: values['client-secret'] ?? null,
    clientAuthentication: authentication?.data ?? null,
    clientKey: values['client-key'] ?? null,
    scopes: values.scope?.split(/\s+/).filter(Boolean) ?? null,
    resource: resourceOf(values.resource),
    assumeS256: values['assume-s256'] ?? false,
    call:
      values.call === undefined
        ? null
        : {
            tool: values.call,
            arguments: toolArguments(values.args),
            times: count('times', values.times),
            parallel: count('parallel', values.parallel),
          },
    answer: answerOf(values.answer),
    read: values.read ?? null,
    prompt:
      values.prompt === undefined
        ? null
        : { name: values.prompt, arguments: promptArguments(toolArguments(values.args)) },
    list: values.list ?? false,
    refresh: values.refresh ?? false,
    signOut: values['sign-out'] ?? false,
    accounts: values.accounts ?? false,
    trace: values.trace ?? null,
    command: values.command ?? false,
  };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        profile: text,
        browser: text,
        redirect: text,
        'callback-stdin': flag,
        'client-id': text,
        'client-metadata-url': text,
        'client-secret': text,
        'client-auth': text,
        'client-key': text,
        scope: text,
        resource: text,
        'assume-s256': flag,
        header: { ...text, multiple: true },
        stdio: flag,
        env: { ...text, multiple: true },
        call: text,
        args: text,
        times: text,
        parallel: text,
        answer: text,
        read: text,
        prompt: text,
        list: flag,
        refresh: flag,
        'sign-out': flag,
        accounts: flag,
        trace: text,
        command: flag,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function resourceOf(text: string | undefined): ServerSettings['resource'] | null {
  if (text === undefined) return null;
  if (text === 'omit' || text === 'automatic') return { mode: text };
  const fixed = resourceOverride.safeParse({ mode: 'fixed', value: text });
  if (!fixed.success) throw new UsageError('--resource wants omit, automatic or an absolute URI');
  return fixed.data;
}

function localCommandOf([program, ...rest]: readonly string[], variables: readonly string[]): CommandDraft {
  if (program === undefined) throw new UsageError('--stdio wants a program after --');
  const environment = variables.map((variable) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(variable) ?? [];
    if (name === undefined) throw new UsageError('--env wants <name>=<value>');
    return { name, value: value ?? '', secret: false };
  });
  return { program, arguments: rest, folder: process.cwd(), environment };
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const entries = lines.map((line) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    return [name ?? '', value ?? ''];
  });
  const headers = extraHeaders.safeParse(Object.fromEntries(entries));
  if (!headers.success)
    throw new UsageError('--header wants "<name>: <value>", and no header of the protocol');
  return headers.data;
}

function answerOf(text: string | undefined): ElicitationAnswer {
  const answer = text?.startsWith('{')
    ? { action: 'accept', content: toolArguments(text) }
    : { action: text ?? 'cancel' };
  const parsed = elicitationAnswer.safeParse(answer);
  if (!parsed.success) throw new UsageError('--answer wants accept, decline, cancel, or a JSON object');
  return parsed.data;
}

/** Arguments of a prompt are text (MCP specification, prompts). */
function promptArguments(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function toolArguments(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Reported below like any other text that is no object.
  }
  throw new UsageError('--args wants a JSON object');
}

function count(name: string, text: string | undefined): number {
  const number = Number(text ?? 1);
  if (!Number.isInteger(number) || number < 1 || number > 100_000)
    throw new UsageError(`--${name} wants a number from 1`);
  return number;
}
