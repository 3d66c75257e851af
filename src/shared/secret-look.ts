/**
 * Guesses what is a secret in files that do not say so. A guess that is wrong costs little: something harmless is
 * kept in the vault, or entered by hand.
 */

const SECRET_NAME = /key|token|secret|passw|credential|auth|private|cookie|session|dsn|connection_?string/i;

/** Whether something of this name, a variable or an option, probably holds a secret. */
export const looksSecret = (name: string): boolean => SECRET_NAME.test(name);

const KNOWN_TOKEN =
  /^(?:(?:sk|pk|rk|ghp|gho|ghu|ghs|ghr|github_pat|glpat|hf|npm|lin_api|ntn|secret|xox[a-z])[-_][\w\-.]{8,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{20,}|ya29\.[\w-]+|SG\.[\w\-.]{16,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a value looks like a token itself, whatever its name: by the start issuers give theirs, or by its length. */
export function looksLikeToken(value: string): boolean {
  if (KNOWN_TOKEN.test(value)) return true;
  return /^[\w\-+=.]{32,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value) && !/\.{2}/.test(value);
}

/** Whether a web address holds a secret: in front of its host, in its query, or as a part of its path. */
export function holdsSecret(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password, pathname, searchParams, hash } = new URL(address);
  if (username !== '' || password !== '') return true;
  if (pathname.split('/').some((part) => looksLikeToken(part) && !UUID.test(part))) return true;
  if (
    [...searchParams].some(([name, value]) => value !== '' && (looksSecret(name) || looksLikeToken(value)))
  ) {
    return true;
  }
  return looksLikeToken(hash.slice(1)) || /[?&#](?:[\w-]*(?:key|token|secret))=[^&]+/i.test(hash);
}

/** What stands in place of a secret. */
export const HIDDEN = '•••';

/** Arguments of a program as they may be shown: what looks like a secret is hidden. */
export function shownArguments(values: readonly string[]): { shown: string[]; hidden: boolean } {
  const shown = values.map((value, index) => shownArgument(value, values[index - 1] ?? ''));
  return { shown, hidden: shown.some((text, index) => text !== values[index]) };
}

function shownArgument(value: string, before: string): string {
  // `--api-key value`
  if (/^--?[\w-]+$/.test(before) && looksSecret(before) && isSecretValue(before, value)) return HIDDEN;
  // `--api-key=value`, `API_KEY=value`
  const [, name, rest] = /^([\w.-]+)=(.*)$/s.exec(value) ?? [];
  if (name !== undefined && rest !== undefined) {
    if (looksSecret(name) && isSecretValue(name, rest)) return `${name}=${HIDDEN}`;
    const shown = shownParts(rest);
    return shown === rest ? value : `${name}=${shown}`;
  }
  // `Authorization: Bearer value`
  const [, header, content] = /^([\w-]+):\s*(.+)$/s.exec(value) ?? [];
  if (header !== undefined && content !== undefined && looksSecret(header) && !content.includes('${')) {
    return `${header}: ${HIDDEN}`;
  }
  return shownParts(value);
}

/** Hides single words of a text, addresses with a secret in them, and what follows the name of a scheme. */
function shownParts(text: string): string {
  return (
    text
      // A command within an argument: `API_KEY=value`, `--api-key value`.
      .replace(/([\w.-]*\w)=([^\s"'`;|&]+)/g, (whole, name: string, value: string) =>
        looksSecret(name) && isSecretValue(name, value) ? `${name}=${HIDDEN}` : whole,
      )
      .replace(/(--?[\w-]+)(\s+)([^\s"'`;|&]+)/g, (whole, name: string, blanks: string, value: string) =>
        looksSecret(name) && isSecretValue(name, value) ? `${name}${blanks}${HIDDEN}` : whole,
      )
      .replace(/\b(Bearer|Basic)\s+(?!\$\{)\S+/gi, `$1 ${HIDDEN}`)
      .replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, (address) => (holdsSecret(address) ? HIDDEN : address))
      .replace(/[^\s"'`,;:=(){}[\]/\\@&?#|<>%!*]+/g, (word) => (looksLikeToken(word) ? HIDDEN : word))
  );
}

/** Whether what an option that names a secret is given is one, and not a path, a number or a choice. */
function isSecretValue(name: string, value: string): boolean {
  if (value === '' || value.startsWith('-') || value.includes('${')) return false;
  if (/^(\.{0,2}[\\/]|~|[a-z]:[\\/])/i.test(value) || /^\d{1,6}$/.test(value)) return false;
  if (/^(true|false|none|null|oauth2?|bearer|basic)$/i.test(value)) return false;
  return /key|token|secret|passw|credential/i.test(name) || value.length >= 8;
}
