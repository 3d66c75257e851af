/**
 * Where the rules of a reference stand, as text to be read or copied: Gatehouse opens no page by itself.
 * @param reference for example `RFC 9728 §3.3, RFC 8707 §2`
 */
export function specificationAddresses(reference: string): string[] {
  return [...reference.slice(0, 200).matchAll(/\bRFC (\d{1,5})(?: §(\d{1,2}(?:\.\d{1,2}){0,3}))?/g)].map(
    ([, rfc, section]) => `rfc-editor.org/rfc/rfc${rfc}${section ? `#section-${section}` : ''}`,
  );
}
