/**
 * Probes searches with values that no record has. If a server returns records nevertheless, it ignores the parameter.
 */
import type { Page } from '../../../fhir/bundle.js';
import { createRefusals, mustSplit } from '../../../fhir/client.js';
import { isResourceType, type ResourceType } from '../../../fhir/resources.js';
import type { SearchParameterName } from '../../../fhir/search.js';
import { idSearch } from '../../lookup/kinds.js';
import { reverses } from '../../plan/capabilities.js';
import { nobody, productType, type Inquiry } from './inquiry.js';

/**
 * Searches for two existing ids and one id that no record has. If the server returns exactly the two records, it
 * supports several values and filters by id.
 */
export async function probeOr(inquiry: Inquiry, { resources, next }: Page): Promise<void> {
  const ids = resources.slice(0, 2).map(({ id }) => id);
  const hasOthers = resources.length > ids.length || next !== undefined;
  const found = await foundBy(inquiry, [...ids, nobody]);
  const isExact = ids.length > 1 && found.size === ids.length && ids.every((id) => found.has(id));
  if (isExact && hasOthers) {
    inquiry.note(idSearch, true);
    inquiry.note('or', true);
    return;
  }
  const one = await foundBy(inquiry, ids.slice(0, 1));
  const works = one.size === 1 && ids.slice(0, 1).every((id) => one.has(id));
  // If the server has a single product, any search may return it, so nothing is proved.
  const isProven = works && (hasOthers || ids.length > 1 || (await foundBy(inquiry, [nobody])).size === 0);
  inquiry.note(idSearch, isProven);
  // If a server ignores `_id`, the search proves nothing about several values.
  if (!isProven || ids.length < 2) return;
  // Searches again with only the two existing ids, because the upstream may have refused the id that no record has.
  const both = found.size > 0 ? found : await foundBy(inquiry, ids);
  inquiry.note('or', both.size === ids.length && ids.every((id) => both.has(id)));
}

async function foundBy({ search }: Inquiry, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const page = await search(productType, [{ name: '_id', values: ids }]);
  return new Set(page?.resources.map(({ id }) => id));
}

/** Probes one search, with a value that no record has. */
export async function probeSearch(
  { note, findsNothing }: Inquiry,
  type: ResourceType,
  name: SearchParameterName,
): Promise<void> {
  note(`search ${type}?${name}`, await findsNothing(type, [{ name, values: [nothingOf(type, name)] }]));
}

/** Searches by more ids than fit in a URL, so that the request must be a POST. */
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

/**
 * Probes whether the upstream serves a resource type. If it does not, all searches of this type are refuted.
 * @returns whether the type is served
 */
export async function probeType({ features, note, search }: Inquiry, type: ResourceType): Promise<boolean> {
  if (await search(type, [{ name: '_count', values: [1] }])) return true;
  const all = [...features.all.keys()].filter((feature) => searchIn(feature)?.type === type);
  for (const feature of all) note(feature, false);
  return false;
}

/** Whether at least one search of a type is known to work. */
export function isSearchKnown({ features }: Pick<Inquiry, 'features'>, type: ResourceType): boolean {
  return [...features.all.keys()].some((each) => searchIn(each)?.type === type && features.has(each));
}

/** Returns the search that a feature stands for; undefined if the feature is not a search. */
export function searchIn(
  feature: string,
): { readonly type: ResourceType; readonly name: SearchParameterName } | undefined {
  const [, type, name] = /^search (\w+)\?(.+)$/.exec(feature) ?? [];
  return isResourceType(type) ? { type, name: name as SearchParameterName } : undefined;
}

/** Returns a value that no record has. */
function nothingOf(type: ResourceType, name: SearchParameterName): string {
  const [parent] = reverses.find((each) => each.type === type && each.parameter === name)?.parents ?? [];
  if (parent) return `${parent}/${nobody}`;
  if (name === '_lastUpdated') return 'ge2999-01-01T00:00:00Z';
  if (name === 'manufactured-item') return `ManufacturedItemDefinition/${nobody}`;
  return name === 'holder' ? `Organization/${nobody}` : nobody;
}
