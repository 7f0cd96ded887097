/** What the questions of an operation cost: how many requests each needs as a rule, and is granted at most. */
import type { ResourceType } from '../../fhir/resources.js';
import type { Feature } from '../upstream/features.js';
import type { Demand, Demanded, Measures, Share } from './demand.js';
import { groupName } from '../profiles/include/group.js';
import type { ProfileName } from '../profiles/profile.js';

/** One question to the upstream, asked once for all its parents. */
export interface PlanStep {
  readonly asks: string;
  /** How many it is asked for, as a rule. */
  readonly of: number;
  readonly need: number;
  readonly granted: number;
}

export interface Price {
  readonly need: number;
  readonly granted: number;
  /** Of `need`, the searches at the operation's root. */
  readonly atRoot: number;
  readonly steps: readonly PlanStep[];
}

/** Characters that a URL has, ids apart. */
const urlFrame = 250;

export function priceOf(
  { demands, populations, included }: Demanded,
  profile: ProfileName,
  { features, figures, longestUrl, budget }: Measures,
): Price {
  const hasBundles = profile === 'everything';
  const comesAlong = new Set(included?.promises.map(({ question }) => question.asks));
  const typesAlong = new Set<ResourceType>(included?.types);

  function priceOfOne({ question, by, parents, isNeeded: needed }: Demand): {
    readonly need: number;
    readonly granted: number;
    readonly isAlong: boolean;
  } {
    const all = [...parents.values()].reduce((one, other) => ({
      parents: one.parents + other.parents,
      mostParents: one.mostParents + other.mostParents,
      usual: one.usual + other.usual,
      most: one.most + other.most,
    }));
    if (by === 'spare') return { need: 0, granted: 1, isAlong: false };
    const pages = Math.ceil(all.most / figures.pageSize);
    const isAlong =
      comesAlong.has(question) || (by === 'read' && typesAlong.has(question.split('?')[0] as ResourceType));
    // A product by its key, as the plan names it already, is one of its own.
    const isReadOneByOne =
      by === 'read' &&
      question.includes('?') &&
      (hasBundles || !features.has(`search ${question}` as Feature));
    if (isReadOneByOne)
      return { need: needed ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) + 1, isAlong };
    if (by === 'bundle')
      return { need: needed ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most), isAlong };
    // What references have led to nothing new so far may do so some time.
    if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1, isAlong };
    // While no page was seen there may be one row on each.
    if (by === 'root') {
      const rows = figures.seenPage === 0 ? 1 : figures.seenPage;
      // Each search has a page of its own, however little is on it.
      const searches = parents.size;
      const need = Math.max(searches, Math.ceil(all.usual / figures.fullPage));
      return { need, granted: Math.ceil(all.most / rows) + searches - 1, isAlong };
    }
    const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
    if (!isAlong) return { need: needed ? usual : 0, granted: grantOf(pages, all.mostParents), isAlong };
    if (by === 'read')
      return isBeyond(question)
        ? { need: 1, granted: grantOf(pages, all.mostParents), isAlong }
        : { need: 0, granted: 1, isAlong };
    // What comes along is searched for only while it is not known that so much comes whole.
    const isProven = [...parents.values()].every((share) => provenOf(question, share) > entriesAlong());
    return { need: 0, granted: isProven ? 0 : grantOf(pages, all.mostParents), isAlong };
  }

  /** Every chunk has a page of its own, however little is on it. */
  function grantOf(pages: number, values: number): number {
    return Math.max(1, pages) + chunksOf(values) - 1;
  }

  /** Entries that a page of the search may include, all in all: what is usual, and as much more as is at all likely. */
  function entriesAlong(): number {
    let entries = 0;
    let squares = 0;
    for (const { type, usual, most } of populations) {
      if (!typesAlong.has(type)) continue;
      entries += usual;
      squares += (most - usual) ** 2;
    }
    return entries + Math.sqrt(squares);
  }

  /** Most included entries at which the children of such parents were seen to be whole. */
  function provenOf(name: string, { of: type }: Share): number {
    const promise = included?.promises.find(({ question }) => question.asks === name);
    if (!promise || !type) return -1;
    const isIncluded = type !== 'MedicinalProductDefinition';
    return figures.includeProven(groupName({ question: promise.question, type, isIncluded }));
  }

  /** Whether what is read by id lies further down than includes reach. */
  function isBeyond(question: string): boolean {
    return figures.isBeyond(question.split('?')[0] as ResourceType);
  }

  /** How many searches so many values take: as many as URLs, where nothing but a URL carries them. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }

  const priced = demands.map((each) => ({ each, ...priceOfOne(each) }));
  return {
    need: sumOf(priced.map(({ need }) => need)),
    granted: sumOf(priced.map(({ granted }) => granted)),
    atRoot: sumOf(priced.filter(({ each }) => each.by === 'root').map(({ need }) => need)),
    steps: priced.map(({ each: { question, parents }, need, granted, isAlong }) => ({
      asks: isAlong ? `${question} (included)` : question,
      of: Math.ceil(sumOf([...parents.values()].map((share) => share.parents))),
      need,
      granted: Math.min(granted, budget),
    })),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}
