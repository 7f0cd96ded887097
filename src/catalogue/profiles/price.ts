/**
 * Computes how many upstream requests a step of the plan usually needs, and how many it may use at most. The
 * differences between profiles are options.
 */
import type { Feature } from '../upstream/features.js';
import type { Demand, Measures, Share } from './foreseen.js';

export interface Price {
  readonly need: number;
  readonly granted: number;
  /** Whether the response to another request already includes the records. */
  readonly isAlong?: boolean;
}

export interface PriceOptions {
  /** Whether records are read one by one, even if several ids can be searched at once. */
  readonly readsOneByOne?: boolean;
  /**
   * Returns the price of a request whose records are included in another response. Without the includes, the request
   * would be allowed `grant` requests. Returns undefined if no response includes the records.
   */
  readonly along?: (demand: Demand, grant: number) => Price | undefined;
}

/** Number of characters of a URL without its ids. */
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
  // So far these references have rarely led to records that must be read, but they may do so in this operation.
  if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1 };
  if (by === 'root') return ofRoot(all);
  // Every chunk of ids needs at least one page, even for few rows.
  const grant = Math.max(1, Math.ceil(all.most / figures.pageSize)) + chunksOf(all.mostParents) - 1;
  const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
  return along?.(demand, grant) ?? { need: isNeeded ? usual : 0, granted: grant };

  function ofRoot({ usual: rows, most }: Share): Price {
    // Until a page was read, a page is assumed to have one row.
    const onPage = figures.seenPage === 0 ? 1 : figures.seenPage;
    // Each search needs at least one page, even for few rows.
    const searches = parents.size;
    const need = Math.max(searches, Math.ceil(rows / figures.fullPage));
    return { need: isNeeded ? need : 0, granted: Math.ceil(most / onPage) + searches - 1 };
  }

  /** Returns how many searches the values need: one if sent by POST, otherwise one per URL of maximum length. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }
}
