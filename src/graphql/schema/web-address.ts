/** Checks URLs in records, for clients that turn them into links. */

/**
 * Returns the absolute URL; relative URLs are resolved against the upstream's base URL. Null if the URL is not `http`
 * or `https`: links such as `javascript:` or `urn:` may be harmful or lead nowhere.
 */
export function webAddress(url: string | undefined, baseUrl: string): string | null {
  if (url === undefined || url.trim() === '' || !URL.canParse(url, `${baseUrl}/`)) return null;
  const { protocol, href } = new URL(url, `${baseUrl}/`);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
