/**
 * Determines the elements that an operation reads from each resource type, by the selected fields and the followed
 * links.
 */
import { filters } from '../../catalogue/graph/filters.js';
import { pushOf } from '../../catalogue/search/pushes.js';
import { linksOf, readsOf, sortLinks, sortReads } from '../../catalogue/search/subjects.js';
import { criteriaOf } from '../../catalogue/search/ways.js';
import { typeOf } from '../../catalogue/graph/key.js';
import { elementsRead, waysFrom } from '../../catalogue/graph/link.js';
import { filterLinks, links, upward } from '../../catalogue/graph/links.js';
import { waysToAny } from '../../catalogue/lookup/kinds.js';
import { termsIn } from '../../catalogue/lookup/lookup.js';
import { elementsOfOwners } from '../../catalogue/waves/list.js';
import { substanceType } from '../../catalogue/graph/substance-key.js';
import {
  isRoot,
  type ParentType,
  type ProductSearch,
  type Selection,
} from '../../catalogue/question/selection.js';
import type { Reads } from '../../facts/fact.js';
import type { ResourceType } from '../../fhir/resources.js';
import { resourceTypeOf } from '../schema/global-id.js';
import type { Shape } from './shape.js';

/** Elements that are always needed, because they identify a record. The upstream always returns ids and `meta`. */
const always: Reads = [
  ['MedicinalProductDefinition', ['name']],
  // Records of these types may contain child records (`contained`).
  ['PackagedProductDefinition', []],
  ['ManufacturedItemDefinition', []],
  ['AdministrableProductDefinition', []],
  [
    'ClinicalUseDefinition',
    ['type', 'indication', 'contraindication', 'interaction', 'undesirableEffect', 'warning'],
  ],
];

/**
 * Returns the elements by resource type. They are sorted, so that equal sets make equal requests. If a type is
 * missing from the result, its records are read without `_elements`.
 */
export function elementsOf(shape: Shape, selections: readonly Selection[]): Elements {
  if (!selections.every(isFixed)) return elementsIn(shape, selections);
  const name = selections.map(({ link, below }) => `${link} ${[...below.keys()].join()}`).join('; ');
  const known = kept.get(shape) ?? new Map<string, Elements>();
  kept.set(shape, known);
  const elements = known.get(name) ?? elementsIn(shape, selections);
  if (known.size < mostKept) known.set(name, elements);
  return elements;
}

export type Elements = ReadonlyMap<ResourceType, readonly string[]>;

/**
 * Caches the elements of operations without filters. They depend on the shape of the operation, and on the resource
 * types at its root.
 */
const kept = new WeakMap<Shape, Map<string, Elements>>();
/** Maximum number of cached sets per shape. Further sets are computed each time. */
const mostKept = 2;

function isFixed({ args: { search, terms, within, where }, below }: Selection): boolean {
  if (search || terms || within !== undefined || where) return false;
  for (const selections of below.values()) if (!selections.every(isFixed)) return false;
  return true;
}

function elementsIn({ all }: Shape, selections: readonly Selection[]): Elements {
  const elements = new Map<ResourceType, Set<string>>();
  const read = (type: ResourceType, names: readonly string[]): void => {
    const known = elements.get(type) ?? new Set(['contained']);
    for (const name of names) known.add(name);
    elements.set(type, known);
  };
  for (const [type, names] of always) read(type, names);
  for (const { declared, parentType } of all) {
    const own = resourceTypeOf(parentType.name);
    const { elements: names, rowElements } = declared;
    if (own) read(own, names ?? []);
    for (const [type, ofRows] of Object.entries(rowElements ?? {})) read(type as ResourceType, ofRows);
  }
  const visit = ({ link, args, below }: Selection, from?: ParentType): void => {
    // Below a substance only products can be selected, and the link to products starts at the root.
    const ways = isRoot(link) || !from || from === substanceType ? [] : waysFrom(links[link], from);
    for (const way of ways) for (const [type, names] of elementsRead(way)) read(type, names);
    if (args.terms)
      for (const [type, names] of [
        ...readByTerms(args.terms),
        ...Object.values(upward).flatMap(elementsRead),
      ])
        read(type, names);
    if (args.search) for (const [type, names] of readByFilter(args.search)) read(type, names);
    if (args.within !== undefined) {
      for (const key of args.keys ?? [])
        for (const [type, names] of elementsOfOwners(typeOf(key))) read(type, names);
    }
    for (const name of Object.keys(args.where ?? {})) {
      const filter = filters[name];
      if (filter) read(filter.type, filter.elements);
    }
    for (const [type, selected] of below) for (const each of selected) visit(each, type);
  };
  for (const each of selections) visit(each);
  // The `language` element of a record states the language of its texts.
  for (const names of elements.values()) if (names.size > 1) names.add('language');
  return new Map([...elements].map(([type, names]) => [type, [...names].sort()]));
}

/**
 * Returns the elements that are compared with the terms of a lookup. For terms that are searched in the records of
 * products, also returns the elements of the links to these records.
 */
function readByTerms(terms: readonly string[]): Reads {
  const inside = new Set(termsIn(terms).flatMap(waysToAny));
  const isPacked = inside.has('carrier');
  return [
    ['MedicinalProductDefinition', ['identifier', 'name', 'classification']],
    ['PackagedProductDefinition', ['identifier', 'packageFor', ...(isPacked ? ['packaging'] : [])]],
    ['RegulatedAuthorization', ['identifier', 'case', 'subject']],
    ...elementsRead(filterLinks.authorizations),
    ...(inside.has('substance') ? readBySubstances : []),
    ...(inside.has('part') || inside.has('record') ? readByParts : []),
  ];
}

const readBySubstances: Reads = [
  ['Ingredient', ['substance']],
  ['SubstanceDefinition', ['code', 'identifier', 'name']],
  ...elementsRead(filterLinks.ingredients),
  ...elementsRead(links['substance.names']),
];

const readByParts: Reads = [
  ...readBySubstances,
  ['AdministrableProductDefinition', ['identifier']],
  ['Organization', ['identifier', 'name']],
  ...elementsRead(filterLinks.details),
];

/** Returns the elements that a filter tests, and the elements of the links from found records to their products. */
function readByFilter(search: ProductSearch): Reads {
  const { parts } = criteriaOf(search);
  const followed = [...parts.flatMap(({ part }) => linksOf(part)), ...sortLinks(search)];
  const tested = [
    ...parts.flatMap(({ part }) => readsOf(part)),
    ...sortReads(search),
    ...followed.flatMap(elementsRead),
  ];
  const isLedTo = parts.some(({ part, asked }) => pushOf(part, asked)?.kind === 'found');
  return isLedTo ? [...tested, ...Object.values(upward).flatMap(elementsRead)] : tested;
}
