/**
 * Prices a request of the plan: the upstream requests that it usually needs, and the most that it may use. Profiles
 * pass their differences as options.
 */
import type { Feature } from '../upstream/features.js';
import type { Demand, Measures, Share } from './foreseen.js';

export interface Price {
  readonly need: number;
  readonly granted: number;
  /** Whether the response to another request includes the records. */
  readonly isAlong?: boolean;
}

export interface PriceOptions {
  /** Whether records are read one by one, even if a search by ids exists. */
  readonly readsOneByOne?: boolean;
  /**
   * Returns the price of a request whose records another response includes, and that would be granted `grant` requests
   * otherwise; undefined if no response includes them.
   */
  readonly along?: (demand: Demand, grant: number) => Price | undefined;
}

/** Characters of a URL without its ids. */
const urlFrame = 250;

export function priceOf(
  demand: Demand,
  { features, figures, longestUrl }: Measures,
  { readsOneByOne = false, along }: PriceOptions = {},
): Price {
  const { question, by, parents, isNeeded } = demand;
  if (by === 'spare') return { need: 0, granted: 1 };
  const all = { parents: 0, mostParents: 0, usual: 0, most: 0 };
  for (const share of parents.values()) {
    all.parents += share.parents;
    all.mostParents += share.mostParents;
    all.usual += share.usual;
    all.most += share.most;
  }
  // A request without "?" is for one product by its key, which the plan lists separately.
  const isReadOneByOne =
    by === 'read' &&
    question.includes('?') &&
    (readsOneByOne || !features.has(`search ${question}` as Feature));
  if (isReadOneByOne) return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) + 1 };
  if (by === 'bundle') return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) };
  // References that have not led to unread records so far may still do so.
  if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1 };
  if (by === 'root') return ofRoot(all);
  // Every chunk takes at least one page, even with few rows.
  const grant = Math.max(1, Math.ceil(all.most / figures.pageSize)) + chunksOf(all.mostParents) - 1;
  const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
  return along?.(demand, grant) ?? { need: isNeeded ? usual : 0, granted: grant };

  function ofRoot({ usual: rows, most }: Share): Price {
    // Before the first observation, a page is assumed to have a single row.
    const onPage = figures.seenPage === 0 ? 1 : figures.seenPage;
    // Each search takes at least one page, even with few rows.
    const searches = parents.size;
    const need = Math.max(searches, Math.ceil(rows / figures.fullPage));
    return { need: isNeeded ? need : 0, granted: Math.ceil(most / onPage) + searches - 1 };
  }

  /** Returns how many searches the values take: one by POST, otherwise one per full URL. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }
}
