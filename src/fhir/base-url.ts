/** Restricts all requests to the upstream's base URL. */
import { PmsError } from '../errors.js';

export interface BaseUrl {
  /** Returns a URL below the base URL. Throws BAD_USER_INPUT for a segment that would change the path, such as `..`. */
  readonly resolve: (segments: readonly string[], query?: string) => URL;
  /**
   * Returns an upstream's link as a URL below the base URL. A server behind a gateway may write the base with another
   * scheme, host, port or case; these are replaced. Throws UPSTREAM_BAD_RESPONSE if the path of the link is not below
   * the base.
   */
  readonly follow: (link: string) => URL;
}

/** A part of a link, such as the host, that differs from the base URL. */
export type LinkPart = 'scheme' | 'host' | 'port' | 'path';

/**
 * Checks a base URL. Throws a TypeError if the text is not a URL, is not https (http on loopback), or has credentials,
 * a query or a fragment.
 * @param onDiffering called with the parts of a link that differ from the base, whether the link is followed or
 * rejected
 */
export function createBaseUrl(
  text: string | URL,
  onDiffering: (parts: readonly LinkPart[]) => void = () => undefined,
): BaseUrl {
  const base = new URL(text);
  if (!isSafeBase(base))
    throw new TypeError(
      'The base URL of the upstream must be an https URL without query and fragment (http only on loopback).',
    );
  const path = base.pathname.replace(/\/+$/, '');
  const directory = new URL(`${path}/`, base);

  function resolve(segments: readonly string[], query = ''): URL {
    const meant = [path, ...segments].join('/');
    const url = new URL(meant, base.origin);
    if (url.origin !== base.origin || url.pathname !== meant) {
      throw new PmsError(
        'BAD_USER_INPUT',
        'An id must not contain characters that change the path of the URL.',
      );
    }
    url.search = query;
    return url;
  }

  function follow(link: string): URL {
    const url = parse(link);
    const differing = url === undefined ? [] : differingParts(url);
    if (differing.length > 0) onDiffering(differing);
    if (url === undefined || !isInside(url)) {
      throw new PmsError(
        'UPSTREAM_BAD_RESPONSE',
        'The upstream returned a link to an address outside its base URL. The service does not follow it.',
      );
    }
    const own = new URL(path + url.pathname.slice(path.length), base.origin);
    own.search = url.search;
    return own;
  }

  function parse(link: string): URL | undefined {
    return URL.canParse(link, directory.href) ? new URL(link, directory) : undefined;
  }

  function isInside(url: URL): boolean {
    if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false;
    const rest = url.pathname.slice(path.length);
    if (url.pathname.slice(0, path.length).toLowerCase() !== path.toLowerCase()) return false;
    // A server behind a gateway may decode escapes in a path to dots and slashes. No FHIR path needs escapes.
    return rest === '' || (rest.startsWith('/') && !rest.includes('%'));
  }

  function differingParts(url: URL): readonly LinkPart[] {
    const isOwnPath = url.pathname === path || url.pathname.startsWith(`${path}/`);
    return [
      ...(url.protocol === base.protocol ? [] : (['scheme'] as const)),
      ...(url.hostname === base.hostname ? [] : (['host'] as const)),
      ...(url.port === base.port ? [] : (['port'] as const)),
      ...(isOwnPath ? [] : (['path'] as const)),
    ];
  }

  return { resolve, follow };
}

/** Returns the path and the query of a URL, which identify a response without revealing the host. */
export function relative(url: URL): string {
  return url.pathname + url.search;
}

/** Whether a URL can be a base URL: https, or http on loopback, without credentials, query and fragment. */
export function isSafeBase(url: URL): boolean {
  return (
    isSafeTransport(url) && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}

/** Whether the URL is https, or http on loopback. */
export function isSafeTransport(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** Whether a host name or an address means this machine. An IPv6 address may be in brackets, as in URLs. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
