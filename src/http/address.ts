/** Reads the URL of a request. The path is used as the client wrote it, without normalization. */
import type { IncomingMessage } from 'node:http';

/**
 * `unreadable`: the URL is invalid, or the `Host` header is missing, repeated or malformed. `nowhere`: the path is
 * not in its normal form, so it belongs to no page.
 */
export type Address = URL | 'unreadable' | 'nowhere';

export function addressOf(request: IncomingMessage): Address {
  if (!isNamed(request)) return 'unreadable';
  const target = request.url ?? '/';
  const written = /^https?:\/\//i.test(target) ? target : `http://localhost${target}`;
  if (!URL.canParse(written)) return 'unreadable';
  const url = new URL(written);
  // A path such as `/health/../metrics` must not reach `/metrics`, because a proxy may block only `/metrics`.
  return pathOf(written) === url.pathname ? url : 'nowhere';
}

/** Checks the `Host` header. HTTP/1.1 requires exactly one. */
function isNamed({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  const { host } = headers;
  if (host === undefined) return httpVersion === '1.0';
  const isOnce =
    rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length === 1;
  return isOnce && /^(\[[\da-f:.]+\]|[\w.~-]+)(:\d{0,5})?$/i.test(host);
}

function pathOf(written: string): string {
  const from = written.indexOf('/', written.indexOf('//') + 2);
  const [path = ''] = from < 0 ? ['/'] : written.slice(from).split(/[?#]/, 1);
  return path;
}
