/** Probes of searches by what nothing has: a parameter that is ignored finds what it must not. */
import type { Page } from '../../../fhir/bundle.js';
import { createRefusals, mustSplit } from '../../../fhir/client.js';
import { isResourceType, type ResourceType } from '../../../fhir/resources.js';
import type { SearchParameterName } from '../../../fhir/search.js';
import { idSearch } from '../../lookup/kinds.js';
import { reverses } from '../../plan/capabilities.js';
import { nobody, productType, type Inquiry } from './inquiry.js';

/** Several ids at once, and one that nothing has: who finds just the others takes lists, and finds nothing else. */
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
  // Whoever has nothing else finds it by whatever is asked.
  const isProven = works && (hasOthers || ids.length > 1 || (await foundBy(inquiry, [nobody])).size === 0);
  inquiry.note(idSearch, isProven);
  // Of a server that ignores ids nothing is learnt about lists of them.
  if (!isProven || ids.length < 2) return;
  // It may be the id that nothing has which is refused.
  const both = found.size > 0 ? found : await foundBy(inquiry, ids);
  inquiry.note('or', both.size === ids.length && ids.every((id) => both.has(id)));
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

/** A type that is not served has no search at all. @returns whether it is served */
export async function probeType({ features, note, search }: Inquiry, type: ResourceType): Promise<boolean> {
  if (await search(type, [{ name: '_count', values: [1] }])) return true;
  const all = [...features.all.keys()].filter((feature) => searchIn(feature)?.type === type);
  for (const feature of all) note(feature, false);
  return false;
}

/** Whether any search of a type is known to be there. */
export function isSearchKnown({ features }: Pick<Inquiry, 'features'>, type: ResourceType): boolean {
  return [...features.all.keys()].some((each) => searchIn(each)?.type === type && features.has(each));
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
