/**
 * Computes how many requests the profile `include` needs: the searches for records that includes do not return, or
 * may return incompletely.
 */
import type { ResourceType } from '../../../fhir/resources.js';
import { directSearch, isOrderedHere } from '../../search/ways.js';
import type { Selection } from '../../question/selection.js';
import type { Demand, Foreseen, Measures, Share } from '../foreseen.js';
import { priceOf, type Price } from '../price.js';
import type { Pricing } from '../profile.js';
import { priceSearch } from '../search/price.js';
import { groupName } from './group.js';
import { includesOf } from './reach.js';

const productType = 'MedicinalProductDefinition';

export function priceInclude(
  selections: readonly Selection[],
  measures: Measures,
  foreseen: Foreseen,
): Pricing {
  const { features, figures } = measures;
  // A search for candidates is sent without includes.
  const isDirect = ({ args: { search } }: Selection): boolean =>
    !search || (!isOrderedHere(search) && directSearch(search, features) !== undefined);
  const roots = selections.filter(isDirect).flatMap(({ below }) => below.get(productType) ?? []);
  const included = includesOf(new Map([[productType, roots]]), features);
  const comesAlong = new Set(included.promises.map(({ question }) => question.asks));
  const typesAlong = new Set<ResourceType>(included.types);

  /** The number of included entries. It is computed when all requests of the plan are known. */
  let entries: number | undefined;

  return {
    ...priceSearch(measures, foreseen),
    price: (demand) => ({ ...priceOf(demand, measures, { along }), isAlong: isAlong(demand) }),
  };

  function isAlong({ question, by }: Demand): boolean {
    if (by === 'spare') return false;
    return comesAlong.has(question) || (by === 'read' && typesAlong.has(typeIn(question)));
  }

  function along(demand: Demand, grant: number): Price | undefined {
    if (!isAlong(demand)) return undefined;
    const { question, by, parents } = demand;
    // A record that is read by id may be more steps away than includes can follow.
    if (by === 'read')
      return figures.given.isBeyond(typeIn(question)) ? { need: 1, granted: grant } : { need: 0, granted: 1 };
    // Included children must be searched, until pages with as many entries were checked and found complete.
    entries ??= entriesAlong();
    const least = entries;
    const isProven = [...parents.values()].every((share) => provenOf(question, share) > least);
    return { need: 0, granted: isProven ? 0 : grant };
  }

  /** Returns how many entries a page may include in total: the usual number, plus a reserve. */
  function entriesAlong(): number {
    let usually = 0;
    let squares = 0;
    for (const { type, usual, most } of foreseen.populations()) {
      if (!typesAlong.has(type)) continue;
      usually += usual;
      squares += (most - usual) ** 2;
    }
    return usually + Math.sqrt(squares);
  }

  /**
   * Returns the largest number of included entries on a page for which the children of such parents were found
   * complete.
   */
  function provenOf(name: string, { of: type }: Share): number {
    const promise = included.promises.find(({ question }) => question.asks === name);
    if (!promise || !type) return -1;
    return figures.given.includeProven(
      groupName({ question: promise.question, type, isIncluded: type !== productType }),
    );
  }
}

function typeIn(question: string): ResourceType {
  return question.split('?')[0] as ResourceType;
}
