/** Where a request goes: the path as it is written, and not what some reader might make of it. */
import type { IncomingMessage } from 'node:http';

/** `unreadable` is no address, or has no host, two, or an odd one; `nowhere` leads past where it seems to. */
export type Address = URL | 'unreadable' | 'nowhere';

export function addressOf(request: IncomingMessage): Address {
  if (!isNamed(request)) return 'unreadable';
  const target = request.url ?? '/';
  const written = /^https?:\/\//i.test(target) ? target : `http://localhost${target}`;
  if (!URL.canParse(written)) return 'unreadable';
  const url = new URL(written);
  // `/health/../metrics` is another place to a proxy that guards `/metrics`.
  return pathOf(written) === url.pathname ? url : 'nowhere';
}

/** HTTP/1.1 wants to know whom a request is for, once. */
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
