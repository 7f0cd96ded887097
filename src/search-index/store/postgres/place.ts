/** Names a database for messages. */

/** Returns the address of a database without user and password. */
export function placeIn(url: string): string {
  const { host, pathname } = new URL(url);
  return `postgres://${host}${pathname}`;
}
