/** What a question costs: how many requests it needs as a rule, and at most. Profiles differ in little, and say in what. */
import type { Feature } from '../upstream/features.js';
import type { Demand, Measures, Share } from './foreseen.js';

export interface Price {
  readonly need: number;
  readonly granted: number;
  /** Whether it comes along with another question. */
  readonly isAlong?: boolean;
}

export interface PriceOptions {
  /** Whether records are read one by one, whatever searches there are. */
  readonly readsOneByOne?: boolean;
  /** The price of what comes along with another question, else granted `grant`; undefined where it does not. */
  readonly along?: (demand: Demand, grant: number) => Price | undefined;
}

/** Characters that a URL has, ids apart. */
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
  // A product by its key, as the plan names it already, is one of its own.
  const isReadOneByOne =
    by === 'read' &&
    question.includes('?') &&
    (readsOneByOne || !features.has(`search ${question}` as Feature));
  if (isReadOneByOne) return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) + 1 };
  if (by === 'bundle') return { need: isNeeded ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) };
  // What references have led to nothing new so far may do so some time.
  if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1 };
  if (by === 'root') return ofRoot(all);
  // Every chunk has a page of its own, however little is on it.
  const grant = Math.max(1, Math.ceil(all.most / figures.pageSize)) + chunksOf(all.mostParents) - 1;
  const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
  return along?.(demand, grant) ?? { need: isNeeded ? usual : 0, granted: grant };

  function ofRoot({ usual: rows, most }: Share): Price {
    // While no page was seen there may be one row on each.
    const onPage = figures.seenPage === 0 ? 1 : figures.seenPage;
    // Each search has a page of its own, however little is on it.
    const searches = parents.size;
    const need = Math.max(searches, Math.ceil(rows / figures.fullPage));
    return { need: isNeeded ? need : 0, granted: Math.ceil(most / onPage) + searches - 1 };
  }

  /** How many searches so many values take: as many as URLs, where nothing but a URL carries them. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }
}
