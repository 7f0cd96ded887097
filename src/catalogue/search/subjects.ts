/** The links from a product to the records that filters and sort orders read. */
import type { Fact, Reads, Subject } from '../../facts/fact.js';
import { sorts } from '../../facts/sorts.js';
import { facts } from '../../facts/table.js';
import type { FilterPart } from '../../facts/filter.js';
import { via, type Link } from '../graph/link.js';
import { filterLinks, links } from '../graph/links.js';
import type { ProductSearch } from '../question/selection.js';

/** The link of each subject; undefined for the product itself. */
export const subjectLinks: Readonly<Record<Subject, Link | undefined>> = {
  product: undefined,
  authorization: filterLinks.authorizations,
  holder: links['product.holder'],
  package: links['product.packages'],
  supply: filterLinks.supplies,
  item: links['product.manufacturedItems'],
  administrable: links['product.administrableProducts'],
  ingredient: filterLinks.ingredients,
  route: filterLinks.routes,
  maker: filterLinks.makers,
  clinicalUse: links['product.clinicalUses'],
  standing: links['product.lifecycle'],
};

/** The link from an authorization to its holder. */
export const holderOf: Link = links['authorization.holder'];

/** Returns the links to the records that a filter field reads, except the product itself. */
export function linksOf(part: FilterPart): readonly Link[] {
  const fact: Fact = facts[part];
  if (!('of' in fact)) return linksTo(fact.with);
  const link = subjectLinks[fact.of];
  const { alone } = fact;
  const byItself = alone ? linksTo('with' in alone ? alone.with : [alone.of]) : [];
  return [...new Set([...(link ? [fact.at ? via(link, holderOf) : link] : []), ...byItself])];
}

/** Returns the links to the records that a sort order reads, except the product itself. */
export function sortLinks({ sort }: ProductSearch): readonly Link[] {
  return sort ? linksTo(sorts[sort.by].with) : [];
}

function linksTo(subjects: readonly Subject[]): readonly Link[] {
  return subjects.flatMap((subject) => subjectLinks[subject] ?? []);
}

export function sortReads({ sort }: ProductSearch): Reads {
  return sort ? sorts[sort.by].reads : [];
}

/** Returns the elements that a filter field reads. */
export function readsOf(part: FilterPart): Reads {
  return facts[part].reads;
}
