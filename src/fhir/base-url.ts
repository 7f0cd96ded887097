/** The upstream's base, and the rule that nothing is asked outside of it. */
import { PmsError } from '../errors.js';

export interface BaseUrl {
  /** A URL below the base; throws BAD_USER_INPUT where a segment would leave the path that is meant. */
  readonly resolve: (segments: readonly string[], query?: string) => URL;
  /**
   * A link that the upstream gave, on the base's own origin: servers behind a gateway write another scheme, host, port
   * or case of the base, and nothing but the base is ever asked. Throws UPSTREAM_BAD_RESPONSE where its path does not
   * lie below the base.
   */
  readonly follow: (link: string) => URL;
}

/** A part of a link that is not as in the base. */
export type LinkPart = 'scheme' | 'host' | 'port' | 'path';

/**
 * Throws a TypeError for what is not a URL, is not https (http on loopback), or carries more than a path.
 * @param onDiffering told which parts of a link that is followed, or refused, are not those of the base
 */
export function createBaseUrl(
  text: string | URL,
  onDiffering: (parts: readonly LinkPart[]) => void = () => undefined,
): BaseUrl {
  const base = new URL(text);
  if (!isSafeBase(base))
    throw new TypeError('The base must be an https URL of a path alone (http on loopback).');
  const path = base.pathname.replace(/\/+$/, '');
  const directory = new URL(`${path}/`, base);

  function resolve(segments: readonly string[], query = ''): URL {
    const meant = [path, ...segments].join('/');
    const url = new URL(meant, base.origin);
    if (url.origin !== base.origin || url.pathname !== meant) {
      throw new PmsError('BAD_USER_INPUT', 'An id must not change the path that it is put into.');
    }
    url.search = query;
    return url;
  }

  function follow(link: string): URL {
    const url = parse(link);
    const differing = url === undefined ? [] : differingParts(url);
    if (differing.length > 0) onDiffering(differing);
    if (url === undefined || !isInside(url)) {
      throw new PmsError('UPSTREAM_BAD_RESPONSE', 'The upstream gave a link that leads out of its base.');
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
    // Escapes in a path can be dots and slashes to the server behind the gateway; no FHIR path needs them.
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

/** Path and query: what names an answer without naming a host. */
export function relative(url: URL): string {
  return url.pathname + url.search;
}

/** Whether the URL can be a FHIR base: https, or http on loopback, and no credentials, query or fragment in it. */
export function isSafeBase(url: URL): boolean {
  return (
    isSafeTransport(url) && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}

/** Https, or http where nothing leaves the machine. */
export function isSafeTransport(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** A host name or address, with or without the brackets of a URL, that means this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
