/** Opaque page links: a token stands for a query and how far it was read. */

import { createHash } from 'node:crypto';

export interface Page {
  /** The interaction and query that the page continues. */
  readonly path: string;
  readonly query: string;
  readonly offset: number;
}

export interface Pages {
  /** The token of a page; the same page always has the same one. */
  issue(page: Page): string;
  /** The page of a token; undefined when it was never issued or has expired. */
  open(token: string): Page | undefined;
}

/** Remembers the newest `limit` pages. Kept here and not in the token, because a query sent by POST may be too long for a URL. */
export function createPages(limit = 2_000): Pages {
  const pages = new Map<string, Page>();
  return {
    issue(page) {
      const token = createHash('sha256').update(JSON.stringify(page)).digest('base64url').slice(0, 32);
      pages.delete(token);
      pages.set(token, page);
      const [oldest] = pages.keys();
      if (pages.size > limit && oldest !== undefined) pages.delete(oldest);
      return token;
    },
    open: (token) => pages.get(token),
  };
}
