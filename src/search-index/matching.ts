/** Finds the products of the index that meet a filter, and those that may meet it but lack data. */
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import { criteriaIn, requirementsOf, type Requirement } from '../facts/requirements.js';
import type { Judge } from './judge.js';
import type { IndexStore } from './store/index-store.js';
import { liveProducts } from './store/live-products.js';
import { among, type Verdicts } from './verdicts.js';

/** The numbers of products that match a filter. */
export interface Matching {
  readonly yes: ReadonlySet<number>;
  /** The numbers of the products that meet the filter or may meet it. */
  readonly open: ReadonlySet<number>;
  /** The part of the filter whose value no product has, such as a misspelt word. */
  readonly stranger: readonly FilterPart[] | undefined;
}

export type Match = (filter: ProductFilter) => Promise<Matching>;

export function createMatch(store: IndexStore, judge: Judge): Match {
  return async (filter) => {
    const criteria = criteriaIn(filter);
    const requirements = requirementsOf(criteria, filter);
    let found: Pick<Matching, 'yes' | 'open'> | undefined;
    let stranger: readonly FilterPart[] | undefined;
    for (const requirement of requirements) {
      const { yes, maybe } = await judge.meet(requirement, criteria, filter);
      // If the earlier requirements left no products, this check would prove nothing.
      const isAnybodyLeft = found === undefined || found.open.size > 0;
      if (isAnybodyLeft && isDoubtful(requirement) && (await failsNobody({ yes, maybe })))
        stranger ??= requirement.parts;
      found = found
        ? { yes: among(found.yes, yes), open: among(found.open, yes, maybe) }
        : { yes, open: new Set([...yes, ...maybe]) };
    }
    return { ...(found ?? (await everything())), stranger };
  };

  async function everything(): Promise<Pick<Matching, 'yes' | 'open'>> {
    const all = new Set(await liveProducts(store));
    return { yes: all, open: all };
  }

  async function failsNobody({ yes, maybe }: Verdicts): Promise<boolean> {
    const all = await liveProducts(store);
    return all.length > 0 && all.every((each) => yes.has(each) || maybe.has(each));
  }
}

function isDoubtful(requirement: Requirement): boolean {
  return requirement.kind === 'whole' && requirement.isDoubtful;
}
