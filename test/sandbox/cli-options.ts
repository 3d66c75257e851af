import { parseArgs } from 'node:util';
import { type ProfileName, profiles } from './profiles/catalogue.ts';
import { attackNames } from './profiles/hostile.ts';
import type { ProfileOptions } from './profiles/profile.ts';
import { quirkNames } from './profiles/sloppy.ts';

/** What the command line asks for. */
export type CliRequest =
  | { kind: 'help' }
  | { kind: 'usage-error'; message: string }
  | { kind: 'start'; profile: ProfileName; options: ProfileOptions; json: boolean };

/** The text for `--help` and for mistakes. */
export function usage(): string {
  const list = Object.entries(profiles).map(([name, entry]) => {
    const variants = 'variants' in entry ? `\n              --variant ${entry.variants.join(', ')}` : '';
    return `  ${name.padEnd(11)} ${entry.summary}${variants}`;
  });
  return `Usage: npm run sandbox -- [options]

Starts an OAuth issuer and a protected MCP server on 127.0.0.1 and runs until interrupted.

  --issuer-port <n>          port of the issuer (default: any)
  --server-port <n>          port of the MCP server (default: any)
  --access-token-ttl <s>     lifetime of access tokens in seconds (default: 3600)
  --refresh-token-ttl <s>    lifetime of refresh tokens in seconds (default: 14 days)
  --consent click|auto       pages with buttons, or straight through (default: click)
  --token-format jwt|opaque  access tokens of the default profile (default: jwt)
  --era both|modern|legacy   protocol revisions (default: what the profile speaks)
  --dpop-nonce               demand nonces in DPoP proofs
  --client-metadata          accept client ID metadata documents, unread
  --profile <name>           see below (default: default)
  --variant <words>          of the profile, separated by commas
  --quirk <name>             of profile sloppy; repeatable, or "all"
  --attack <name>            of profile hostile; repeatable
  --json                     print one line of JSON instead of text
  --help

Profiles:
${list.join('\n')}

Quirks: ${quirkNames.join(', ')}

Attacks: ${attackNames.join(', ')}
`;
}

/** Reads the command line (without node and script). */
export function parseCli(args: readonly string[]): CliRequest {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'issuer-port': { type: 'string' },
        'server-port': { type: 'string' },
        'access-token-ttl': { type: 'string' },
        'refresh-token-ttl': { type: 'string' },
        consent: { type: 'string' },
        'token-format': { type: 'string' },
        era: { type: 'string' },
        'dpop-nonce': { type: 'boolean' },
        'client-metadata': { type: 'boolean' },
        profile: { type: 'string' },
        variant: { type: 'string' },
        quirk: { type: 'string', multiple: true },
        attack: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return { kind: 'help' };
    const options: ProfileOptions = {
      issuerPort: integer('--issuer-port', values['issuer-port'], 0, 65_535),
      serverPort: integer('--server-port', values['server-port'], 0, 65_535),
      accessTokenTtl: integer('--access-token-ttl', values['access-token-ttl'], 1),
      refreshTokenTtl: integer('--refresh-token-ttl', values['refresh-token-ttl'], 1),
      consent: oneOf('--consent', values.consent, ['click', 'auto']),
      tokenFormat: oneOf('--token-format', values['token-format'], ['jwt', 'opaque']),
      era: oneOf('--era', values.era, ['both', 'modern', 'legacy']),
      dpopNonce: values['dpop-nonce'],
      ...(values['client-metadata'] ? { clientIdMetadataDocuments: 'trust' } : {}),
      variant: values.variant,
      quirks: values.quirk,
      attacks: values.attack,
    };
    const profile = oneOf('--profile', values.profile, Object.keys(profiles) as ProfileName[]) ?? 'default';
    return { kind: 'start', profile, options, json: values.json ?? false };
  } catch (error) {
    return { kind: 'usage-error', message: error instanceof Error ? error.message : String(error) };
  }
}

function integer(name: string, value: string | undefined, min: number, max = 1e9): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not "${value}"`);
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((word) => word === value);
  if (found) return found;
  throw new RangeError(`${name} must be one of ${known.join(', ')}, not "${value}"`);
}
