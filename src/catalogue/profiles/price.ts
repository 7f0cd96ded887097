/**
 * Prices a question: the requests that it needs as a rule, and at most. Profiles differ in few points, which they pass
 * as options.
 */
import type { Feature } from '../upstream/features.js';
import type { Demand, Measures, Share } from './foreseen.js';

export interface Price {
  readonly need: number;
  readonly granted: number;
  /** Whether the answer of another question includes it. */
  readonly isAlong?: boolean;
}

export interface PriceOptions {
  /** Whether records are read one by one, even where a search by ids exists. */
  readonly readsOneByOne?: boolean;
  /**
   * Returns the price of a question that another's answer includes, and that would get `grant` otherwise; undefined
   * where none does.
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
  const all = [...parents.values()].reduce((one, other) => ({
    parents: one.parents + other.parents,
    mostParents: one.mostParents + other.mostParents,
    usual: one.usual + other.usual,
    most: one.most + other.most,
  }));
  // A question without "?" is one product by its key: the plan names it already, as a question of its own.
  const isReadOneByOne =
    by === 'read' &&
    question.includes('?') &&
    (readsOneByOne || !features.has(`search ${question}` as Feature));
  if (isReadOneByOne) return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) + 1 };
  if (by === 'bundle') return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) };
  // References that have led to no new records so far may still do so.
  if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1 };
  if (by === 'root') return ofRoot(all);
  // Every chunk takes at least one page, however few rows it has.
  const grant = Math.max(1, Math.ceil(all.most / figures.pageSize)) + chunksOf(all.mostParents) - 1;
  const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
  return along?.(demand, grant) ?? { need: isNeeded ? usual : 0, granted: grant };

  function ofRoot({ usual: rows, most }: Share): Price {
    // Until a page was seen, each page may have a single row.
    const onPage = figures.seenPage === 0 ? 1 : figures.seenPage;
    // Each search takes at least one page, however few rows it has.
    const searches = parents.size;
    const need = Math.max(searches, Math.ceil(rows / figures.fullPage));
    return { need: isNeeded ? need : 0, granted: Math.ceil(most / onPage) + searches - 1 };
  }

  /** Returns how many searches so many values take: one by POST, otherwise as many as URLs. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }
}
