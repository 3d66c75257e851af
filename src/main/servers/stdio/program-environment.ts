/** What programs need of the person's own environment to work at all; nothing that might hold a secret. */
const INHERITED: Record<'windows' | 'others', readonly string[]> = {
  windows: [
    'APPDATA',
    'COMSPEC',
    'HOMEDRIVE',
    'HOMEPATH',
    'LOCALAPPDATA',
    'NUMBER_OF_PROCESSORS',
    'PATH',
    'PATHEXT',
    'PROCESSOR_ARCHITECTURE',
    'PROGRAMDATA',
    'PROGRAMFILES',
    'PROGRAMFILES(X86)',
    'PROGRAMW6432',
    'SYSTEMDRIVE',
    'SYSTEMROOT',
    'TEMP',
    'TMP',
    'USERNAME',
    'USERPROFILE',
    'WINDIR',
  ],
  others: ['HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER'],
};

/**
 * The environment of a local server: a few variables of the person's own, and what the command names.
 * @param own what Gatehouse itself was started with
 * @param named variables of the command, secrets filled in; they win
 */
export function programEnvironment(
  own: NodeJS.ProcessEnv,
  named: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
): Record<string, string> {
  const windows = platform === 'win32';
  const wanted = new Set(INHERITED[windows ? 'windows' : 'others']);
  // Windows writes the same variable as Path or PATH; two spellings of one would contradict each other.
  const known = (name: string) => (windows ? name.toUpperCase() : name);
  const environment = new Map<string, [string, string]>();
  for (const [name, value] of Object.entries(own)) {
    // A value that starts like a function is one that some shells would run.
    if (!wanted.has(known(name)) || value === undefined || value.startsWith('()')) continue;
    environment.set(known(name), [name, value]);
  }
  for (const [name, value] of Object.entries(named)) environment.set(known(name), [name, value]);
  return Object.fromEntries(environment.values());
}
