/**
 * Measures of the upstream's responses, such as page sizes, list lengths and bytes. Cost estimates are based on them.
 */
import { LRUCache } from 'lru-cache';
import type { ResourceType } from '../../fhir/resources.js';
import { createFanOuts, type FanOut } from './fan-outs.js';
import { createGiven, type Given } from './given.js';
import { createPageSizes } from './page-sizes.js';
import { createPassingTraits, type PassingTraits } from './passing-traits.js';
import { createSubstanceNames, type SubstanceNames } from './substance-names.js';

export interface Figures {
  /** The observed number of rows per page; 20 before the first observation. */
  readonly pageSize: number;
  /** Rows of a full page, or of the longest page so far; 0 before the first page. */
  readonly seenPage: number;
  /** Rows of a full page (one that has a next page); before the first full page, the `_count` of the searches. */
  readonly fullPage: number;
  /** The number of products, or a lower bound; undefined if unknown. */
  readonly products: number | undefined;
  /**
   * The average number of pages of a product's `$everything`; undefined before the first observation, or after a bundle
   * was longer than forecast.
   */
  readonly bundlePages: number | undefined;
  /** Oddities of the upstream's lists that were seen recently. */
  readonly traits: PassingTraits;
  /** The records that the upstream sends together with products. */
  readonly given: Given;
  /** Whether probes have shown that a page's total counts the rows of that page alone. */
  readonly countsPages: boolean;
  /** Whether probes have shown that totals count included entries too; undefined before a probe. */
  readonly countsIncluded: boolean | undefined;
  /** Names of substances in the ingredients read so far. */
  readonly substances: SubstanceNames;
  /** Average characters of an id in a URL, with its comma. */
  readonly keyLength: number;
  fanOut(question: string): FanOut | undefined;
  /** Returns the average number of distinct resources of type `type` that one resource of type `from` refers to. */
  referred(type: ResourceType, from: ResourceType): number | undefined;
  /** Whether `_elements` with these elements has saved bytes; also true if not yet measured. */
  paysOff(type: ResourceType, elements: string): boolean;
  /**
   * @param asked the `_count` of the search
   * @param isLast whether no page follows
   * @param included number of included entries, which may have left less room for rows
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
/** A response with `_elements` must be at most this fraction of the whole size, to justify a cache entry of its own. */
const worthwhile = 0.9;
/** Combinations of elements whose size is remembered. Clients choose them, so there may be any number. */
const mostMeasured = 2_000;
/** Milliseconds after which a size is forgotten, so that one odd page does not turn `_elements` off for good. */
const measuredMs = 3_600_000;
/**
 * The largest ratio counts, and fades with each observation. Many parents share targets, so that their ratio is lower.
 */
const fading = 0.95;
/** Most pages that the first observed bundle may count for. */
const mostUnknown = 20;

/** Caps a value by the average before it. Clients choose what is read, and could distort the figures. */
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
