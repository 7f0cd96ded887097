/** Measures of an upstream's answers: page sizes, lengths of lists, bytes. Estimates are based on these. */
import type { ResourceType } from '../../fhir/resources.js';
import { createFanOuts, type FanOut } from './fan-outs.js';
import { createGiven, type Given } from './given.js';
import { createPageSizes } from './page-sizes.js';
import { createPassingTraits, type PassingTraits } from './passing-traits.js';
import { createSubstanceNames, type SubstanceNames } from './substance-names.js';

export interface Figures {
  /** Rows that fit on a page, by all observations; 20 before the first one. */
  readonly pageSize: number;
  /** Rows of the longest page that was seen, or of a full one; 0 while none was. */
  readonly seenPage: number;
  /** Rows on a full page, which the next one follows; as many as are asked for while none was seen. */
  readonly fullPage: number;
  /** How many products there are, or at least are; undefined while that is not known. */
  readonly products: number | undefined;
  /** Pages of one product's `$everything`, on an average; undefined while that is no guide. */
  readonly bundlePages: number | undefined;
  /** Oddities of its lists that were seen recently. */
  readonly traits: PassingTraits;
  /** What comes along with products. */
  readonly given: Given;
  /** Whether totals count the rows of their page alone, as neutral questions have shown. */
  readonly countsPages: boolean;
  /** Whether totals count included entries as well, as neutral questions have shown; undefined while unknown. */
  readonly countsIncluded: boolean | undefined;
  /** Names of substances that ingredients have shown. */
  readonly substances: SubstanceNames;
  /** Characters of an id in a URL, comma included. */
  readonly keyLength: number;
  fanOut(question: string): FanOut | undefined;
  /** Returns how many different resources of a type one of another type refers to, averaged over several of these. */
  referred(type: ResourceType, from: ResourceType): number | undefined;
  /** Whether asking for these elements alone has saved bytes, or may. */
  paysOff(type: ResourceType, elements: string): boolean;
  /**
   * @param asked rows that were asked for
   * @param isLast whether no page follows
   * @param included entries beside the rows, which may have taken up their room
   */
  sawPage(rows: number, asked: number | undefined, isLast: boolean, included?: number): void;
  sawProducts(count: number): void;
  sawBundle(pages: number): void;
  sawPagesCounted(isCounted: boolean): void;
  sawIncludedCounted(isCounted: boolean): void;
  sawKeys(keys: readonly string[]): void;
  sawChildren(question: string, counts: Iterable<number>): void;
  sawReferred(type: ResourceType, from: ResourceType, targets: number, parents: number): void;
  /** A list was longer than forecast, so its figures are forgotten. */
  forgetChildren(question: string): void;
  forgetBundles(): void;
  /** @param elements what was asked for; undefined for whole copies */
  sawBytes(type: ResourceType, elements: string | undefined, bytes: number, rows: number): void;
}

const assumedPageSize = 20;
const askedPageSize = 500;
const assumedKeyLength = 16;
/** A narrow copy must be at least so much smaller to be worth its own URL. */
const worthwhile = 0.9;
/** Of many parents fewer different targets are known at once: the largest ratio counts, until it is long ago. */
const fading = 0.95;
/** Pages of a bundle that the first one can show. */
const mostUnknown = 20;

/** Limits how far one value may lie from all before it. Clients choose what is read, and could spoil the figures. */
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
  const bytesPerRow = new Map<string, number>();

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
      return whole === undefined || narrow === undefined || narrow <= worthwhile * whole;
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
      const before = bytesPerRow.get(name) ?? bytes / rows;
      bytesPerRow.set(name, before + (bytes / rows - before) / 4);
    },
  };
}
