import { parseArgs } from 'node:util';
import {
  type ClientAuthenticationMethod,
  clientAuthenticationMethod,
  resourceOverride,
  type ServerSettings,
} from '../../src/shared/domain/server.ts';

export const usage = `Usage: npm run -s drive -- <server-url> [options]

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
  --call <tool>  --args <json>  --times <n>  --parallel <n>
  --list                     lists the tools
  --refresh                  renews the token
  --sign-out                 revokes and deletes the account
  --accounts                 prints the accounts of the profile
  --trace <file>             writes the traces as JSON
  --command                  prints this program as one plain command

Prints one JSON object per line. Exit: 0 done, 2 sign-in failed, 3 connection failed, 4 call failed, 64 usage.
Environment: GATEHOUSE_DRIVE_KEY encrypts the vault of the profile; without it secrets stay in memory.`;

export interface DriveOptions {
  readonly serverUrl: string | null;
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
  if (positionals.length > 1) throw new UsageError(`one server URL, not ${positionals.length}`);
  const redirect = values.redirect ?? 'auto';
  if (!Object.hasOwn(redirects, redirect)) throw new UsageError(`unknown redirect ${redirect}`);
  const method = values['client-auth'];
  const authentication = method === undefined ? null : clientAuthenticationMethod.safeParse(method);
  if (authentication?.success === false) throw new UsageError(`unknown client authentication ${method}`);
  const serverUrl = positionals[0] ?? null;
  if (serverUrl === null && !values.accounts && !values.command)
    throw new UsageError('a server URL is missing');
  if (values.call === undefined && (values.args ?? values.times ?? values.parallel) !== undefined) {
    throw new UsageError('--args, --times and --parallel need --call');
  }
  return {
    serverUrl,
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
        call: text,
        args: text,
        times: text,
        parallel: text,
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
