/** Page links with opaque tokens. For each token, the server stores the query and the offset. */

import { createHash } from 'node:crypto';

export interface Page {
  /** Path and query of the search that the page continues. */
  readonly path: string;
  readonly query: string;
  readonly offset: number;
}

export interface Pages {
  /** Returns the token of a page. The same page always gets the same token. */
  issue(page: Page): string;
  /** Returns the page of a token; undefined if the token was never issued or has expired. */
  open(token: string): Page | undefined;
}

export interface PagesOptions {
  /** Maximum number of tokens that are stored. The oldest is deleted first. @default 2000 */
  readonly limit?: number;
  /**
   * How many times a token can be used. If it is issued again, counting starts again. @default any number of times
   */
  readonly uses?: number;
  /** Length of a token in characters. @default 32 */
  readonly length?: number;
}

/** Pages are stored in memory instead of in the token, because a query sent by POST may be too long for a URL. */
export function createPages(options: PagesOptions = {}): Pages {
  const { limit = 2_000, uses = Number.POSITIVE_INFINITY, length = 32 } = options;
  const pages = new Map<string, { readonly page: Page; left: number }>();
  return {
    issue(page) {
      const hash = createHash('sha256').update(JSON.stringify(page)).digest('base64url').slice(0, 32);
      const token = hash.padEnd(length, hash);
      pages.delete(token);
      pages.set(token, { page, left: uses });
      const [oldest] = pages.keys();
      if (pages.size > limit && oldest !== undefined) pages.delete(oldest);
      return token;
    },
    open(token) {
      const kept = pages.get(token);
      if (kept === undefined || kept.left === 0) return undefined;
      kept.left -= 1;
      return kept.page;
    },
  };
}
