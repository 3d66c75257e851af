import { Core } from '../../src/main/core.ts';
import { addressCheckedFetch } from '../../src/main/network/address-checked-fetch.ts';
import { resolveHost } from '../../src/main/network/resolve-host.ts';
import { systemClock, systemRandomness, systemScheduler } from '../../src/main/ports.ts';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { parseDeepLink } from '../../src/shared/deep-link.ts';

/** The passphrase of the vault all rounds share. */
export const VAULT_KEY = 'the key of a vault whose process is killed again and again';

/** The core as the app composes it, on a real folder with real time; only the browser is the test's. */
export function coreOnFolder(folder: string, openBrowser: (url: URL) => void, key = VAULT_KEY): Core {
  return new Core({
    folder,
    secretBox: environmentKeyBox(key),
    fetch: addressCheckedFetch({ unchecked: fetch, isDirect: async () => true }),
    resolveHost,
    clock: systemClock,
    scheduler: systemScheduler,
    randomness: systemRandomness,
    browser: { open: async (url) => openBrowser(url) },
    clipboard: { readText: async () => '', writeText: async () => undefined },
    schemeHandler: { isRegistered: async () => true },
    clientMetadataUrl: null,
  });
}

/** Hands a link over like the operating system does; false when nobody waits for it. */
export function openLink(core: Core, link: string): boolean {
  const parsed = parseDeepLink(link);
  return parsed.kind === 'oauth-callback' && core.desk.receive(parsed.parameters);
}

/** Calls a tool as an account. @returns null, or the code of the problem */
export async function callTool(core: Core, serverId: string, accountId: string): Promise<string | null> {
  const outcome = await core.calls.call(core.connection(serverId, accountId), {
    callId: systemRandomness.id(),
    name: 'whoami',
    arguments: {},
  });
  if (outcome.kind === 'result') return outcome.isError ? 'the tool failed' : null;
  return outcome.kind === 'problem' ? outcome.problem.code : outcome.kind;
}
