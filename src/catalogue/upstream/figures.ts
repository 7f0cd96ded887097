/**
 * Figures about the upstream's responses, such as page sizes, list lengths and bytes. Estimates of requests are
 * computed from them.
 */
import { LRUCache } from 'lru-cache';
import type { ResourceType } from '../../fhir/resources.js';
import { createFanOuts, type FanOut } from './fan-outs.js';
import { createGiven, type Given } from './given.js';
import { createPageSizes } from './page-sizes.js';
import { createPassingTraits, type PassingTraits } from './passing-traits.js';
import { createSubstanceNames, type SubstanceNames } from './substance-names.js';

export interface Figures {
  /** The number of rows per page, as observed; 20 before the first observation. */
  readonly pageSize: number;
  /** Rows of a full page, or of the longest page so far; 0 before the first page. */
  readonly seenPage: number;
  /** Rows of a full page (one that has a next page); before the first full page, the `_count` of the searches. */
  readonly fullPage: number;
  /** The number of products, or a lower bound; undefined if unknown. */
  readonly products: number | undefined;
  /**
   * The average number of pages of a product's `$everything` bundle; undefined before the first observation, and
   * after a bundle that was longer than forecast.
   */
  readonly bundlePages: number | undefined;
  /** Unusual paging behaviour of the upstream's lists that was observed recently. */
  readonly traits: PassingTraits;
  /** Which records the upstream returns together with products. */
  readonly given: Given;
  /** Whether probes have shown that a page's total counts only the rows of that page. */
  readonly countsPages: boolean;
  /** Whether probes have shown that totals also count included entries; undefined before the first probe. */
  readonly countsIncluded: boolean | undefined;
  /** The names of substances in the ingredients that were read so far. */
  readonly substances: SubstanceNames;
  /** The average number of characters of an id in a URL, with its comma. */
  readonly keyLength: number;
  fanOut(question: string): FanOut | undefined;
  /** Returns the average number of distinct resources of type `type` that one resource of type `from` refers to. */
  referred(type: ResourceType, from: ResourceType): number | undefined;
  /** Whether `_elements` with these elements has saved bytes; true if this was not measured yet. */
  paysOff(type: ResourceType, elements: string): boolean;
  /**
   * @param asked the `_count` of the search
   * @param isLast whether no page follows
   * @param included number of included entries; because of them, the page may have fewer rows
   */
  sawPage(rows: number, asked: number | undefined, isLast: boolean, included?: number): void;
  sawProducts(count: number): void;
  sawBundle(pages: number): void;
  sawPagesCounted(isCounted: boolean): void;
  sawIncludedCounted(isCounted: boolean): void;
  sawKeys(keys: readonly string[]): void;
  sawChildren(question: string, counts: Iterable<number>): void;
  sawReferred(type: ResourceType, from: ResourceType, targets: number, parents: number): void;
  /** Forgets the figures of a list that was longer than forecast. */
  forgetChildren(question: string): void;
  forgetBundles(): void;
  /** @param elements the requested `_elements`; undefined for whole records */
  sawBytes(type: ResourceType, elements: string | undefined, bytes: number, rows: number): void;
}

const assumedPageSize = 20;
const askedPageSize = 500;
const assumedKeyLength = 16;
/**
 * A response with `_elements` must be smaller than this fraction of the full response. Otherwise a separate cache
 * entry is not worthwhile.
 */
const worthwhile = 0.9;
/**
 * Maximum number of combinations of elements whose size is stored. Clients choose the combinations, so there may be
 * any number of them.
 */
const mostMeasured = 2_000;
/**
 * Milliseconds after which a measured size is deleted. Otherwise one unusual page could turn off `_elements` for
 * ever.
 */
const measuredMs = 3_600_000;
/**
 * The largest ratio is used, and decreases with each observation. If many parents share targets, their ratio is
 * lower.
 */
const fading = 0.95;
/** Maximum number of pages that the first observed bundle may add to the average. */
const mostUnknown = 20;

/**
 * Limits a value in relation to the average so far. Clients choose what is read, so they could distort the figures.
 */
function withoutOdd(value: number, known: number): number {
  return Math.min(value, 2 * known + 2);
}

export function createFigures(): Figures {
  const pages = createPageSizes();
  const fanOuts = createFanOuts();
  const ratios = new Map<string, number>();
  let bundlePages: number | undefined;
  let products: number | undefined;
  let countsPages = false;
  let countsIncluded: boolean | undefined;
  const substances = createSubstanceNames();
  let keyLength = assumedKeyLength;
  const bytesPerRow = new LRUCache<string, { readonly size: number; readonly at: number }>({
    max: mostMeasured,
  });

  return {
    substances,
    traits: createPassingTraits(),
    given: createGiven(),
    get pageSize() {
      return pages.full ?? Math.max(pages.seen, assumedPageSize);
    },
    get seenPage() {
      return pages.seen;
    },
    get fullPage() {
      return pages.full ?? askedPageSize;
    },
    get bundlePages() {
      return bundlePages;
    },
    get products() {
      return products;
    },
    get countsPages() {
      return countsPages;
    },
    get countsIncluded() {
      return countsIncluded;
    },
    get keyLength() {
      return keyLength;
    },
    fanOut: (question) => fanOuts.of(question),
    paysOff(type, elements) {
      const whole = bytesPerRow.get(type);
      const narrow = bytesPerRow.get(`${type} ${elements}`);
      if (!whole || !narrow || performance.now() - narrow.at > measuredMs) return true;
      return narrow.size <= worthwhile * whole.size;
    },
    sawPage: (rows, asked, isLast, included = 0) => pages.saw(rows, asked, isLast, included),
    sawBundle(count) {
      if (bundlePages === undefined) bundlePages = Math.min(count, mostUnknown);
      else bundlePages += (withoutOdd(count, bundlePages) - bundlePages) / 8;
    },
    sawProducts(count) {
      products = count;
    },
    sawPagesCounted(isCounted) {
      countsPages = isCounted;
    },
    sawIncludedCounted(isCounted) {
      countsIncluded = isCounted;
    },
    sawKeys(keys) {
      for (const key of keys) keyLength += (key.length - key.indexOf('/') + 2 - keyLength) / 50;
    },
    sawChildren: (question, counts) => fanOuts.saw(question, counts),
    referred: (type, from) => ratios.get(`${type} of ${from}`),
    sawReferred(type, from, targets, parents) {
      const name = `${type} of ${from}`;
      const before = ratios.get(name);
      const ratio = withoutOdd(targets / parents, before ?? 1);
      ratios.set(name, Math.max(ratio, (before ?? ratio) * fading));
    },
    forgetChildren: (question) => fanOuts.forget(question),
    forgetBundles() {
      bundlePages = undefined;
    },
    sawBytes(type, elements, bytes, rows) {
      if (rows === 0) return;
      const name = elements === undefined ? type : `${type} ${elements}`;
      const now = performance.now();
      const known = bytesPerRow.get(name);
      const before = known && now - known.at <= measuredMs ? known.size : bytes / rows;
      bytesPerRow.set(name, { size: before + (bytes / rows - before) / 4, at: now });
    },
  };
}
