/** Checks addresses in records, for clients that make links of them. */

/**
 * Returns the address, made absolute where it is relative to the upstream; null where it is not a web address: a link
 * of any other kind (`javascript:`, `urn:`) may be harmful, or lead nowhere.
 */
export function webAddress(url: string | undefined, baseUrl: string): string | null {
  if (url === undefined || url.trim() === '' || !URL.canParse(url, `${baseUrl}/`)) return null;
  const { protocol, href } = new URL(url, `${baseUrl}/`);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
