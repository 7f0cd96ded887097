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

export interface PagesOptions {
  /** The newest are remembered. @default 2000 */
  readonly limit?: number;
  /** How often each can be opened; giving it out again starts anew. @default any number of times */
  readonly uses?: number;
  /** Characters of a token. @default 32 */
  readonly length?: number;
}

/** Kept here and not in the token, because a query sent by POST may be too long for a URL. */
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
