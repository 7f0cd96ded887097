/** Probes whether totals count only the matching rows, or included entries too. */
import { reverses, revincludeOf } from '../../plan/capabilities.js';
import type { SearchParameters } from '../../../fhir/search.js';
import { productType, type Inquiry } from './inquiry.js';

const few = { name: '_count', values: [5] } as const;
const one = { name: '_count', values: [1] } as const;
const accurate = { name: '_total', values: ['accurate'] } as const;

/**
 * Sends the same search with and without includes. If totals count included entries, the total with includes is
 * larger by at least the number of these entries. Otherwise both totals are equal.
 */
export async function probeIncludedCount(inquiry: Inquiry): Promise<void> {
  const { features, figures } = inquiry;
  const values = reverses
    .filter((reverse) => reverse.parents.includes(productType) && features.has(revincludeOf(reverse)))
    .map(({ type, parameter }) => `${type}:${parameter}`);
  if (values.length === 0 || figures.countsPages) return;
  const along = values.map((value) => ({ name: '_revinclude', values: [value] }) as const);
  const isCounted =
    (await countsAlong(inquiry, along, [])) ?? (await countsAlong(inquiry, along, [accurate]));
  if (isCounted !== undefined) figures.sawIncludedCounted(isCounted);
}

/** Returns undefined if no records are included, or if the upstream states no total. */
async function countsAlong(
  { search }: Inquiry,
  along: SearchParameters,
  counted: SearchParameters,
): Promise<boolean | undefined> {
  const page = await search(productType, [few, ...along, ...counted]);
  const { total, included = [] } = page ?? {};
  if (total === undefined || included.length === 0) return undefined;
  const alone = await search(productType, [one, ...counted]);
  if (alone?.total === undefined || alone.included.length > 0) return undefined;
  if (alone.total === total) return false;
  // A product that is added or deleted between the two searches also changes the total, but by less.
  return total - alone.total >= included.length ? true : undefined;
}
