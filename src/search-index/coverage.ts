/** How much of the upstream the index holds, and how sure that is. */
import type { IndexStatus } from './store/index-store.js';

/** What was found out when all products of the upstream were listed. */
export interface Enumeration {
  /** When the listing began, in milliseconds since 1970. */
  readonly asOf: number;
  /** Products that were listed. */
  readonly listed: number;
  /** Of these, the upstream had so many no longer when they were read. @default 0 */
  readonly gone?: number;
  /** What the upstream says that there are. */
  readonly total: number | undefined;
  /** Why some may not have been listed. */
  readonly gaps: readonly string[];
}

export interface Coverage {
  readonly products: number;
  readonly withDetails: number;
  readonly upstreamTotal: number | undefined;
  /** Whether every product of the upstream is held with all that belongs to it, as of the listing. */
  readonly complete: boolean;
  /** When all products were listed. */
  readonly asOf: Date | undefined;
  /** When the oldest product was read. */
  readonly oldest: Date | undefined;
  /** What is missing, in words. */
  readonly gaps: readonly string[];
  /** As of when all of it is, for certain: the listing, or the oldest product, whichever is earlier. */
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

const notListed = 'The products of the upstream have not been listed.';

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
      : [`The upstream counts ${total ?? 'no'} products, and listed ${listed}.`]),
    ...(products < wanted
      ? [`Of ${wanted} products ${wanted - products} ${be(wanted - products)} not held.`]
      : []),
    ...(withDetails < products
      ? [
          `Of ${products} products ${products - withDetails} ${be(products - withDetails)} held without what belongs to them.`,
        ]
      : []),
  ];
}

/** Whether the upstream counts as many as it has listed, where it counts them; some may have gone in the meantime. */
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
