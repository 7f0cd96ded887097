/** Probes of searches by what nothing has: a parameter that is ignored finds what it must not. */
import type { Page } from '../../../fhir/bundle.js';
import { createRefusals, mustSplit } from '../../../fhir/client.js';
import { isResourceType, type ResourceType } from '../../../fhir/resources.js';
import type { SearchParameterName } from '../../../fhir/search.js';
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

/** One search, by what nothing has. */
export async function probeSearch(
  { note, findsNothing }: Inquiry,
  type: ResourceType,
  name: SearchParameterName,
): Promise<void> {
  note(`search ${type}?${name}`, await findsNothing(type, [{ name, values: [nothingOf(type, name)] }]));
}

/** So many ids that no URL carries them. */
export async function probePost({ client, search, note }: Inquiry): Promise<void> {
  const refused = new Set<ResourceType>();
  const refusals = createRefusals(refused);
  const count = Math.ceil(client.longestUrl / nobody.length);
  const values = Array.from({ length: count }, (_, index) => `${nobody}-${index}`);
  try {
    await search(productType, [{ name: '_id', values }], { refusals });
  } catch (error) {
    if (!mustSplit(error)) throw error;
  }
  note('post-search', refused.size === 0);
}

/** A type that is not served has no search at all. */
export async function probeType({ features, note, search }: Inquiry, type: ResourceType): Promise<void> {
  const all = [...features.all.keys()].filter((feature) => searchIn(feature)?.type === type);
  if (!all.some(features.has) || (await search(type, [{ name: '_count', values: [1] }]))) return;
  for (const feature of all) note(feature, false);
}

/** The searches that links need. */
export async function probeLinks(inquiry: Inquiry): Promise<void> {
  const { features } = inquiry;
  for (const reverse of reverses) {
    // A type that is not there is not asked about again.
    if (features.evidence(searchOf(reverse)) !== 'refuted')
      await probeSearch(inquiry, reverse.type, reverse.parameter);
  }
  for (const type of new Set(forwards.flatMap(({ types }) => types))) {
    const feature: Feature = `search ${type}?_id`;
    if (type === productType || features.evidence(feature) === 'refuted') continue;
    await probeSearch(inquiry, type, '_id');
  }
}

/** The searches that filters use. */
export async function probeFilters(inquiry: Inquiry): Promise<void> {
  const { features, note } = inquiry;
  await Promise.all(
    filterFeatures.map(async (feature) => {
      const searched = searchIn(feature);
      if (!searched || features.isProven(feature) || features.evidence(feature) === 'refuted') return;
      const { type, name } = searched;
      const isAbsent = features.evidence(`search ${type}?_id`) === 'refuted' && !features.has(feature);
      if (isAbsent) note(feature, false);
      else await probeSearch(inquiry, type, name);
    }),
  );
}

/** The search that a feature is; undefined for what is none. */
export function searchIn(
  feature: string,
): { readonly type: ResourceType; readonly name: SearchParameterName } | undefined {
  const [, type, name] = /^search (\w+)\?(.+)$/.exec(feature) ?? [];
  return isResourceType(type) ? { type, name: name as SearchParameterName } : undefined;
}

/** A value that nothing has. */
function nothingOf(type: ResourceType, name: SearchParameterName): string {
  const [parent] = reverses.find((each) => each.type === type && each.parameter === name)?.parents ?? [];
  if (parent) return `${parent}/${nobody}`;
  if (name === '_lastUpdated') return 'ge2999-01-01T00:00:00Z';
  if (name === 'manufactured-item') return `ManufacturedItemDefinition/${nobody}`;
  return name === 'holder' ? `Organization/${nobody}` : nobody;
}
