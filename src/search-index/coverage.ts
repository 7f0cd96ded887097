/** How much of the upstream the index holds, and how certain that is. */
import type { IndexStatus } from './store/index-store.js';

/** The result of listing all products of the upstream. */
export interface Enumeration {
  /** When the listing began, in milliseconds since 1970. */
  readonly asOf: number;
  /** Products that were listed. */
  readonly listed: number;
  /** Listed products that the upstream no longer had when they were read. @default 0 */
  readonly gone?: number;
  /** The number of products by the upstream's own total. */
  readonly total: number | undefined;
  /** Reasons why the list may lack some. */
  readonly gaps: readonly string[];
}

export interface Coverage {
  readonly products: number;
  readonly withDetails: number;
  readonly upstreamTotal: number | undefined;
  /** Whether every product of the upstream is held with all that belongs to it, as of the time of the list. */
  readonly complete: boolean;
  /** When all products were listed. */
  readonly asOf: Date | undefined;
  /** When the oldest product was read. */
  readonly oldest: Date | undefined;
  /** Descriptions of what is missing. */
  readonly gaps: readonly string[];
  /** A time as of which everything is certain: of the list, or of the oldest product, whichever is earlier. */
  readonly since: Date | undefined;
}

export function coverageOf(status: IndexStatus, enumeration: Enumeration | undefined): Coverage {
  const gaps = gapsIn(status, enumeration);
  const asOf = enumeration && new Date(enumeration.asOf);
  const oldest = status.oldest === undefined ? undefined : new Date(status.oldest);
  return {
    products: status.products - status.gone,
    withDetails: status.withDetails,
    upstreamTotal: enumeration?.total,
    complete: gaps.length === 0,
    asOf,
    oldest,
    gaps,
    since: asOf && oldest && oldest < asOf ? oldest : (asOf ?? oldest),
  };
}

const notListed = 'The products of the upstream have not been listed yet.';

function gapsIn(
  { products: all, gone, withDetails }: IndexStatus,
  enumeration: Enumeration | undefined,
): readonly string[] {
  if (!enumeration) return [notListed];
  const products = all - gone;
  const { listed, total, gaps, gone: goneSince = 0 } = enumeration;
  const wanted = listed - goneSince;
  return [
    ...gaps,
    ...(isCounted(enumeration)
      ? []
      : [`The upstream counts ${total ?? 'no'} products, but listed ${listed}.`]),
    ...(products < wanted
      ? [`Of ${wanted} products ${wanted - products} ${be(wanted - products)} not held.`]
      : []),
    ...(withDetails < products
      ? [
          `Of ${products} products ${products - withDetails} ${be(products - withDetails)} held without the records that belong to them.`,
        ]
      : []),
  ];
}

/**
 * Whether the list has as many products as the upstream counts, if it counts them. Some may have gone in the meantime.
 */
export function isCounted({
  listed,
  total,
  gone = 0,
}: Pick<Enumeration, 'listed' | 'total' | 'gone'>): boolean {
  return total === undefined || (total <= listed && total >= listed - gone);
}

function be(number: number): 'is' | 'are' {
  return number === 1 ? 'is' : 'are';
}
