/** Probes of searches by what nothing has: a parameter that is ignored finds what it must not. */
import type { Page } from '../../../fhir/bundle.js';
import { isResourceType } from '../../../fhir/resources.js';
import type { SearchParameterName } from '../../../fhir/search.js';
import type { Reverse } from '../../graph/link.js';
import { forwards, reverses, searchOf } from '../../plan/capabilities.js';
import { filterFeatures } from '../../plan/filter-features.js';
import type { Feature } from '../../upstream/features.js';
import { nobody, productType, type Inquiry } from './inquiry.js';

/** Several ids at once. */
export async function probeOr(inquiry: Inquiry, { resources }: Page): Promise<void> {
  const ids = resources.slice(0, 2).map(({ id }) => id);
  const [both, one] = [await foundBy(inquiry, ids), await foundBy(inquiry, ids.slice(0, 1))];
  const works = one.size === 1 && ids.slice(0, 1).every((id) => one.has(id));
  inquiry.note(`search ${productType}?_id`, works);
  // Of a server that ignores ids nothing is learnt about lists of them.
  if (works && ids.length > 1) inquiry.note('or', both.size === 2 && ids.every((id) => both.has(id)));
}

async function foundBy({ search }: Inquiry, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const page = await search(productType, [{ name: '_id', values: ids }]);
  return new Set(page?.resources.map(({ id }) => id));
}

/** The searches that links need. */
export async function probeLinks(inquiry: Inquiry): Promise<void> {
  const { features, note, findsNothing } = inquiry;
  for (const reverse of reverses) {
    // A type that is not there is not asked about again.
    if (features.evidence(searchOf(reverse)) !== 'refuted') await probeReverse(inquiry, reverse);
  }
  for (const type of new Set(forwards.flatMap(({ types }) => types))) {
    const feature: Feature = `search ${type}?_id`;
    if (type === productType || features.evidence(feature) === 'refuted') continue;
    note(feature, await findsNothing(type, [{ name: '_id', values: [nobody] }]));
  }
}

async function probeReverse(
  { note, findsNothing }: Inquiry,
  { type, parameter, parents }: Reverse,
): Promise<void> {
  const [parent] = parents;
  const works = await findsNothing(type, [{ name: parameter, values: [`${parent}/${nobody}`] }]);
  note(`search ${type}?${parameter}`, works);
}

/** The searches that filters use. */
export async function probeFilters({ features, note, findsNothing }: Inquiry): Promise<void> {
  await Promise.all(
    filterFeatures.map(async (feature) => {
      const [, type, parameter] = /^search (\w+)\?(.+)$/.exec(feature) ?? [];
      const isKnown = features.isProven(feature) || features.evidence(feature) === 'refuted';
      if (!isResourceType(type) || parameter === undefined || isKnown) return;
      const isAbsent = features.evidence(`search ${type}?_id`) === 'refuted' && !features.has(feature);
      const name = parameter as SearchParameterName;
      note(feature, !isAbsent && (await findsNothing(type, [{ name, values: [nothingOf(name)] }])));
    }),
  );
}

/** A value that nothing has. */
function nothingOf(name: SearchParameterName): string {
  if (name === '_lastUpdated') return 'ge2999-01-01T00:00:00Z';
  if (name === 'manufactured-item') return `ManufacturedItemDefinition/${nobody}`;
  return name === 'holder' ? `Organization/${nobody}` : nobody;
}
