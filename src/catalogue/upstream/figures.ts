/** Measures of an upstream's answers: page sizes, lengths of lists, bytes. Estimates are based on these. */
import type { ResourceType } from '../../fhir/resources.js';
import { createFanOuts, type FanOut } from './fan-outs.js';
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
  /** Returns the most included entries of a page whose reverse include was verified to be whole; -1 for none. */
  includeProven(group: string): number;
  /**
   * Whether so many included entries are whole without being verified. Fewer than the verified number are: a server
   * that cuts them off would have done so there. The same number may be all that it ever gives, except for the verified
   * page.
   */
  isIncludeProven(group: string, entries: number, url: string): boolean;
  /** Whether any bundle of a product was seen to hold resources of a type. */
  isInBundles(type: ResourceType): boolean;
  /** Whether resources of a type were read by themselves although includes should have brought them. */
  isBeyond(type: ResourceType): boolean;
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
  sawInBundle(type: ResourceType): void;
  sawKeys(keys: readonly string[]): void;
  sawChildren(question: string, counts: Iterable<number>): void;
  sawReferred(type: ResourceType, from: ResourceType, targets: number, parents: number): void;
  /** A list was longer than forecast, so its figures are forgotten. */
  forgetChildren(question: string): void;
  forgetBundles(): void;
  sawBeyond(type: ResourceType): void;
  /** @param url of the page, with the query */
  sawIncludeWhole(group: string, entries: number, url: string): void;
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
  const beyond = new Set<ResourceType>();
  const inBundles = new Set<ResourceType>();
  const ratios = new Map<string, number>();
  let bundlePages: number | undefined;
  let products: number | undefined;
  let countsPages = false;
  let countsIncluded: boolean | undefined;
  const substances = createSubstanceNames();
  let keyLength = assumedKeyLength;
  const proven = new Map<string, { readonly entries: number; readonly url: string }>();
  const bytesPerRow = new Map<string, number>();

  return {
    substances,
    traits: createPassingTraits(),
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
    includeProven: (group) => proven.get(group)?.entries ?? -1,
    isIncludeProven(group, entries, url) {
      const most = proven.get(group);
      if (!most) return false;
      return entries < most.entries || (entries === most.entries && url === most.url && url.includes('?'));
    },
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
    isInBundles: (type) => inBundles.has(type),
    sawInBundle: (type) => void inBundles.add(type),
    isBeyond: (type) => beyond.has(type),
    sawBeyond: (type) => void beyond.add(type),
    sawIncludeWhole(group, entries, url) {
      if (entries >= (proven.get(group)?.entries ?? -1)) proven.set(group, { entries, url });
    },
    sawBytes(type, elements, bytes, rows) {
      if (rows === 0) return;
      const name = elements === undefined ? type : `${type} ${elements}`;
      const before = bytesPerRow.get(name) ?? bytes / rows;
      bytesPerRow.set(name, before + (bytes / rows - before) / 4);
    },
  };
}
