/**
 * Phrases the main process fills into the sentences of problems, and its words for what departs from the
 * specification, so that other languages can say them. `{name}` stands for what varies. What is not here comes from
 * outside, or is a technical name, and is shown as it is.
 */
export const phrases = [
  // Certificates and addresses
  'it has expired',
  'it belongs to another name',
  'it is signed by itself',
  'it was revoked',
  'nobody this computer trusts has signed it',
  'a secure connection was not possible',
  'another address',
  'unreadable answer',
  // What an issuer has to publish or answer
  'an authorization endpoint',
  'a token endpoint',
  'its metadata',
  'its token answer',
  'its introspection answer',
  'a token answer without a usable token',
  'a pushed request without request_uri',
  'a registration without client_id',
  'no identity assertion',
  'a DPoP token nobody asked for',
  // Callback addresses
  'it is too long',
  'it has no code',
  'it is no answer to a code request',
  'the clipboard is empty',
  'it is not an address',
  '{name} appears twice',
  // Secrets, policies, calls
  'identity token',
  'workload token',
  'This setting',
  'The policy of this computer',
  'an unreadable file is in its place',
  'encryption failed',
  'the client’s secret can’t be read',
  'Gatehouse is closing',
  'it is empty now',
  // Departures from the specification
  'its origin is',
  'the one of your settings is',
  'The server publishes no resource metadata; {taken} taken as the issuer.',
  'The server’s metadata could not be used ({reason}); {taken} taken as the issuer.',
  'The server names no issuer; {taken} taken.',
  'The issuer calls itself {name}; your settings trust that.',
  'Server and issuer write the issuer differently (a slash at the end).',
  'Your settings leave the resource parameter out.',
  'Your settings fix the resource: {value}.',
  'Your settings name the scopes to ask for.',
  'The issuer publishes no metadata; PKCE with S256 is sent all the same.',
  'The issuer does not list S256; your settings say that it supports it.',
] as const;

export type Phrase = (typeof phrases)[number];
export type PhraseWords = Readonly<Record<Phrase, string>>;

const templates = phrases.map((phrase) => {
  const parts = phrase.split(/\{(\w+)\}/);
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return {
    phrase,
    names: parts.filter((_, index) => index % 2 === 1),
    pattern: new RegExp(
      `^${parts.map((part, index) => (index % 2 === 1 ? '(.+?)' : literal(part))).join('')}$`,
      's',
    ),
  };
});

/** A text in other words, where it is one of the phrases; what is filled into it may be one as well. */
export function inOtherWords(text: string, words: PhraseWords): string {
  for (const { phrase, names, pattern } of templates) {
    const found = pattern.exec(text);
    if (!found) continue;
    const filling = new Map(names.map((name, index) => [name, inOtherWords(found[index + 1] ?? '', words)]));
    return words[phrase].replace(/\{(\w+)\}/g, (_, name: string) => filling.get(name) ?? '…');
  }
  return text;
}
