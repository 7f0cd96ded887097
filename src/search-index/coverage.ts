/**
 * Computes the coverage of the index: how many of the upstream's products are in the index, and whether any are
 * missing.
 */
import type { IndexStatus } from './store/index-store.js';

/** The result of listing all products of the upstream. */
export interface Enumeration {
  /** When the listing began, in milliseconds since 1970. */
  readonly asOf: number;
  /** The number of listed products. */
  readonly listed: number;
  /** The number of listed products that did not exist any more when they were read. @default 0 */
  readonly gone?: number;
  /** The number of products that the upstream says it has. */
  readonly total: number | undefined;
  /** The reasons why products may be missing in the list. */
  readonly gaps: readonly string[];
}

export interface Coverage {
  readonly products: number;
  readonly withDetails: number;
  readonly upstreamTotal: number | undefined;
  /**
   * Whether the index contains all products of the upstream with all their records, as of the time of the listing.
   */
  readonly complete: boolean;
  /** When the listing of all products began. */
  readonly asOf: Date | undefined;
  /** The time when the product of the index that was read first was read. */
  readonly oldest: Date | undefined;
  /** What is missing in the index, as sentences. */
  readonly gaps: readonly string[];
  /** The earlier of `asOf` and `oldest`. No data in the index are older than this. */
  readonly since: Date | undefined;
}

export function coverageOf(status: Counted, enumeration: Enumeration | undefined): Coverage {
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

type Counted = Pick<IndexStatus, 'products' | 'gone' | 'withDetails' | 'oldest'>;

const notListed = 'The products of the upstream have not been listed yet.';

function gapsIn(
  { products: all, gone, withDetails }: Counted,
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
      : [`The upstream states a total of ${total ?? 'no'} products, but listed ${listed}.`]),
    ...(products < wanted
      ? [`Of ${wanted} products ${wanted - products} ${be(wanted - products)} not in the index.`]
      : []),
    ...(withDetails < products
      ? [
          `Of ${products} products ${products - withDetails} ${be(products - withDetails)} in the index without the records that belong to them.`,
        ]
      : []),
  ];
}

/**
 * Whether the list has as many products as the upstream states. The upstream's number may be lower by the products
 * that were deleted since the listing. True if the upstream states no number.
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
