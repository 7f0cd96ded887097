/** Probes whether the upstream sorts products, in both directions. */
import type { Page } from '../../../fhir/bundle.js';
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { foldText } from '../../../terms/fold.js';
import { productType, sampleSize, type Inquiry } from './inquiry.js';
import { namesIn } from './names.js';

/** @param of the sort field that is probed */
export async function probeOrders(
  { search, note }: Inquiry,
  sample: Page,
  of: 'NAME' | 'UPDATED',
): Promise<void> {
  if (sample.resources.length < 2) return;
  for (const [by, name, valueOf] of orders) {
    if (by !== of) continue;
    const ordered = (value: string): Promise<Page | undefined> =>
      search(productType, [
        { name: '_sort', values: [value] },
        { name: '_count', values: [sampleSize] },
      ]);
    const [up, down] = [await ordered(name), await ordered(`-${name}`)];
    if (!up || !down) note(`sort ${by}`, false);
    else {
      const [rising, falling] = [up, down].map(({ resources }) => resources.map(valueOf));
      const isSorted = rising && falling && isRising(rising) && isRising(falling.toReversed());
      // If all products have the same value, their order proves nothing.
      if (isSorted && new Set([...rising, ...falling]).size === 1) continue;
      note(`sort ${by}`, isSorted === true);
    }
  }
}

/**
 * The value that each sort field sorts by. If a product has several names, servers sort by the first or the last in
 * alphabetical order.
 */
const orders = [
  ['UPDATED', '_lastUpdated', (product: FhirResource): string => asSent(product).meta?.lastUpdated ?? ''],
  ['NAME', 'name', (product: FhirResource): string => namesIn(product).map(foldText).sort()[0] ?? ''],
] as const;

function isRising(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || (values[index - 1] ?? '') <= value);
}
