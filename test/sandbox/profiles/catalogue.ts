import { type ProfileSandbox, startSandbox } from '../sandbox.ts';
import { gatewayVariants, startGateway } from './gateway.ts';
import { startHostile } from './hostile.ts';
import { startModern } from './modern.ts';
import { phpSdkVariants, startPhpSdk } from './php-sdk.ts';
import type { ProfileOptions } from './profile.ts';
import { pythonSdkVariants, startPythonSdk } from './python-sdk.ts';
import { startSloppy } from './sloppy.ts';
import { startXp, xpVariants } from './xp.ts';

interface ProfileEntry {
  summary: string;
  start: (options: ProfileOptions) => Promise<ProfileSandbox>;
  variants?: readonly string[];
}

/** Every kind of sandbox there is. */
export const profiles = {
  default: { summary: 'a correct issuer and a server of both eras', start: startSandbox },
  modern: { summary: '2026-07-28 only, client ID metadata documents', start: startModern },
  xp: { summary: 'XP framework: no resource metadata, bare challenge', start: startXp, variants: xpVariants },
  gateway: {
    summary: 'OAuth gateway: a facade with a second sign-in behind it',
    start: startGateway,
    variants: gatewayVariants,
  },
  'php-sdk': {
    summary: 'PHP SDK guide: four issuers, confidential client',
    start: startPhpSdk,
    variants: phpSdkVariants,
  },
  'python-sdk': {
    summary: 'Python SDK examples: introspection, scope user',
    start: startPythonSdk,
    variants: pythonSdkVariants,
  },
  sloppy: { summary: 'bad habits, one by one (--quirk)', start: startSloppy },
  hostile: { summary: 'attacks, one by one (--attack)', start: startHostile },
} satisfies Record<string, ProfileEntry>;

/** Name of a kind of sandbox. */
export type ProfileName = keyof typeof profiles;

/** Starts a sandbox of the given kind; throws RangeError for variants, quirks or attacks it does not know. */
export async function startProfile(name: ProfileName, options: ProfileOptions = {}): Promise<ProfileSandbox> {
  return profiles[name].start(options);
}
