/** Ids of the sandbox's resources: each tells its kind, the number of its product and its place there. */

/** 0: written by hand; 1: generated. */
export type Series = 0 | 1;

export type Kind = keyof typeof prefixes | 'product' | 'national record' | 'package';

/** First digits, one per kind, so that no two types share an id. */
const prefixes = {
  authorization: '1',
  item: '2',
  administrable: '3',
  ingredient: '4',
  'clinical use': '5',
  activity: '6',
  document: '7',
} as const;

/** The most packages of one product, and the most other resources of one kind. */
export const PACKAGES = 12;

const firstPackage: Readonly<Record<Series, number>> = { 0: 8_400_000, 1: 1_000_000 };

/** The id of the `at`-th resource of a kind in the product with this number: 12 digits, 7 for packages, else 11. */
export function idIn(series: Series, kind: Kind, product: number, at: number): string {
  const number = String(product).padStart(7, '0');
  if (kind === 'product') return `6000${series}${number}`;
  if (kind === 'national record') return `7000${series}${number}`;
  if (kind === 'package') return String(firstPackage[series] + product * PACKAGES + at);
  return `${prefixes[kind]}${series}${number}${String(at).padStart(2, '0')}`;
}

/** The number of the product to whose resources an id belongs; undefined for organizations, substances and ids of others. */
export function productOf(series: Series, id: string): number | undefined {
  if (/^[67]000\d{8}$/.test(id)) return id.charAt(4) === String(series) ? Number(id.slice(5)) : undefined;
  if (/^[1-7]\d{10}$/.test(id)) return id.charAt(1) === String(series) ? Number(id.slice(2, 9)) : undefined;
  if (!/^\d{7}$/.test(id)) return undefined;
  const isGenerated = Number(id) < firstPackage[0];
  return isGenerated === (series === 1)
    ? Math.floor((Number(id) - firstPackage[series]) / PACKAGES)
    : undefined;
}
