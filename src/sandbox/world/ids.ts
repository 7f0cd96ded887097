/** Ids of the sandbox's resources. Each id contains the kind of the resource, the number of its product and an index. */

/** 0: sample products. 1: generated products. */
export type Series = 0 | 1;

export type Kind = keyof typeof prefixes | 'product' | 'national record' | 'package';

/** First digit of the ids of each kind, so that no two types share an id. */
const prefixes = {
  authorization: '1',
  item: '2',
  administrable: '3',
  ingredient: '4',
  'clinical use': '5',
  activity: '6',
  document: '7',
} as const;

/** Maximum number of packages of one product. */
export const PACKAGES = 12;

const firstPackage: Readonly<Record<Series, number>> = { 0: 8_400_000, 1: 1_000_000 };

/** Returns the id of the `at`-th resource of a kind that belongs to a product: 12 digits for products, 7 for packages, else 11. */
export function idIn(series: Series, kind: Kind, product: number, at: number): string {
  const number = String(product).padStart(7, '0');
  if (kind === 'product') return `6000${series}${number}`;
  if (kind === 'national record') return `7000${series}${number}`;
  if (kind === 'package') return String(firstPackage[series] + product * PACKAGES + at);
  return `${prefixes[kind]}${series}${number}${String(at).padStart(2, '0')}`;
}

/**
 * Returns the number of the product that the resource with this id belongs to; undefined for organizations, substances and other
 * series.
 */
export function productOf(series: Series, id: string): number | undefined {
  if (/^[67]000\d{8}$/.test(id)) return id.charAt(4) === String(series) ? Number(id.slice(5)) : undefined;
  if (/^[1-7]\d{10}$/.test(id)) return id.charAt(1) === String(series) ? Number(id.slice(2, 9)) : undefined;
  if (!/^\d{7}$/.test(id)) return undefined;
  const isGenerated = Number(id) < firstPackage[0];
  return isGenerated === (series === 1)
    ? Math.floor((Number(id) - firstPackage[series]) / PACKAGES)
    : undefined;
}
