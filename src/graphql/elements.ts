/** What an operation reads of each type of resource: the fields that it selects, and the links that it follows. */
import { filters } from '../catalogue/filters.js';
import { elementsRead } from '../catalogue/link.js';
import { links } from '../catalogue/links.js';
import { isRoot, type Selection } from '../catalogue/selection.js';
import type { ResourceType } from '../fhir/resources.js';
import { extensionsOf } from './field.js';
import { resourceTypeOf } from './global-id.js';
import type { Shape } from './shape.js';

/** What is read of a resource to know what it is, whatever is selected; ids and `meta` always come. */
const always: readonly (readonly [ResourceType, readonly string[]])[] = [
  ['MedicinalProductDefinition', ['name']],
  [
    'ClinicalUseDefinition',
    ['type', 'indication', 'contraindication', 'interaction', 'undesirableEffect', 'warning'],
  ],
];

/** Sorted, so that equal sets are equal questions. Of a type that is not among them nothing is read. */
export function elementsOf(
  { all }: Shape,
  selections: readonly Selection[],
): ReadonlyMap<ResourceType, readonly string[]> {
  const elements = new Map<ResourceType, Set<string>>();
  const read = (type: ResourceType, names: readonly string[]): void => {
    const known = elements.get(type) ?? new Set<string>();
    for (const name of names) known.add(name);
    elements.set(type, known);
  };
  for (const [type, names] of always) read(type, names);
  for (const { field, parentType } of all) {
    const own = resourceTypeOf(parentType.name);
    const { elements: names, rowElements } = extensionsOf(field);
    if (own) read(own, names ?? []);
    for (const [type, ofRows] of Object.entries(rowElements ?? {})) read(type as ResourceType, ofRows);
  }
  const visit = ({ link, args, below }: Selection): void => {
    if (!isRoot(link)) for (const [type, names] of elementsRead(links[link])) read(type, names);
    for (const name of Object.keys(args.where ?? {})) {
      const filter = filters[name];
      if (filter) read(filter.type, filter.elements);
    }
    [...below.values()].flat().forEach(visit);
  };
  selections.forEach(visit);
  return new Map([...elements].map(([type, names]) => [type, [...names].sort()]));
}
