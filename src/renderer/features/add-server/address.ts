/** What is worth asking the main process about: it looks like a whole web address. */
export function looksComplete(text: string): boolean {
  const trimmed = text.trim();
  if (!/^https?:\/\/\S+$/i.test(trimmed) || !URL.canParse(trimmed)) return false;
  const { hostname } = new URL(trimmed);
  return hostname === 'localhost' || hostname.startsWith('[') || /\.[a-z0-9-]{2,}$|^[\d.]+$/i.test(hostname);
}
