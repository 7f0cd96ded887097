/** Finds products by the columns of the index: all that meet a filter, in order, and how many do not tell. */
import type { FilterPart } from '../facts/filter.js';
import { criteriaIn, requirementsOf, type Requirement } from '../facts/requirements.js';
import { createJudge } from './judge.js';
import { createOrder } from './order.js';
import type { IndexMatches, IndexQuery } from './query.js';
import type { IndexStore } from './store/index-store.js';
import { among, type Verdicts } from './verdicts.js';

export interface Finder {
  find(query: IndexQuery): Promise<IndexMatches>;
}

export function createFinder(store: IndexStore): Finder {
  const judge = createJudge(store);
  const order = createOrder(store);
  return {
    async find(query) {
      const { filter } = query;
      const criteria = criteriaIn(filter);
      const requirements = requirementsOf(criteria, filter);
      let found: { readonly yes: ReadonlySet<number>; readonly open: ReadonlySet<number> } | undefined;
      let stranger: readonly FilterPart[] | undefined;
      for (const requirement of requirements) {
        const { yes, maybe } = await judge.meet(requirement, criteria, filter);
        // Where nothing is left, nothing is said to be without it.
        const isAnybodyLeft = found === undefined || found.open.size > 0;
        if (isAnybodyLeft && isDoubtful(requirement) && (await failsNobody({ yes, maybe })))
          stranger ??= requirement.parts;
        found = found
          ? { yes: among(found.yes, yes), open: among(found.open, yes, maybe) }
          : { yes, open: new Set([...yes, ...maybe]) };
      }
      const { yes, open } = found ?? (await everything());
      const rows = await order.rows(yes, query);
      return { ...rows, total: yes.size, untold: open.size - yes.size, stranger };
    },
  };

  async function everything(): Promise<{
    readonly yes: ReadonlySet<number>;
    readonly open: ReadonlySet<number>;
  }> {
    const all = await live();
    return { yes: all, open: all };
  }

  /** All but those that the upstream no longer has. */
  async function live(): Promise<ReadonlySet<number>> {
    const [all, gone] = await Promise.all([store.all(), store.all('gone')]);
    const without = new Set(gone);
    return new Set(all.filter((product) => !without.has(product)));
  }

  async function failsNobody({ yes, maybe }: Verdicts): Promise<boolean> {
    const all = await live();
    return all.size > 0 && [...all].every((each) => yes.has(each) || maybe.has(each));
  }
}

function isDoubtful(requirement: Requirement): boolean {
  return requirement.kind === 'whole' && requirement.isDoubtful;
}
