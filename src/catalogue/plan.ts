/** Works out, before the first call, what an operation costs upstream: what it needs, and what it is granted at most. */
import { PmsError } from '../errors.js';
import type { ResourceType } from '../fhir/resources.js';
import { questionOf } from './follow.js';
import type { Bundled, Forward, Link, Reverse } from './link.js';
import { links } from './links.js';
import { isRoot, type Selection } from './selection.js';

export interface Plan {
  /** Requests if lists are as long as they usually are and every page is full. */
  readonly need: number;
  /** The promise: never more requests than this. */
  readonly estimated: number;
  /** Of `need`, what comes after the searches at the operation's root, and is kept back for it. */
  readonly planned: number;
}

export type PlannedProfile = 'everything' | 'search';

/**
 * What is assumed while nothing has been learnt of an upstream's pages: how many a child list has is anybody's guess,
 * so that nothing but the budget bounds it. A `$everything` comes in one piece as a rule, and is granted some more.
 */
const granted = { childPages: Number.POSITIVE_INFINITY, bundlePages: 20 } as const;

/**
 * @throws UPSTREAM_BUDGET_EXCEEDED when the operation needs more than `budget` requests; nothing has been sent then
 */
export function plan(selections: readonly Selection[], profile: PlannedProfile, budget: number): Plan {
  const account = createAccount(profile);
  const costs = selections.map((selection) => ({ selection, need: account.visitRoot(selection) }));
  const { need, grants, atRoot } = account.totals();
  if (need > budget) throw overBudget(costs, need, budget);
  return { need, estimated: Math.min(budget, Math.max(need, grants)), planned: need - atRoot };
}

function overBudget(
  costs: readonly { readonly selection: Selection; readonly need: number }[],
  need: number,
  budget: number,
): PmsError {
  const dearest = costs.reduce((most, cost) => (cost.need > most.need ? cost : most));
  const { path, args } = dearest.selection;
  const what = args.search
    ? `Lower "first" of "${path.join('.')}", which is ${args.search.first}`
    : `Ask for less at once below "${path.join('.')}"`;
  return new PmsError(
    'UPSTREAM_BUDGET_EXCEEDED',
    `This operation needs at least ${need} upstream requests, and ${budget} are allowed. ${what}, or split the operation.`,
  );
}

/** Resources of one type that a plan reckons with, as many as `usual`, at most `most`. */
interface Population {
  readonly name: string;
  readonly type: ResourceType;
  readonly usual: number;
  readonly most: number;
  /** Whether they come with what was asked before, so that reading them costs nothing. */
  readonly inHand: boolean;
}

interface Account {
  /** @returns what this selection, with all below it, adds to the need */
  visitRoot(selection: Selection): number;
  totals(): { readonly need: number; readonly grants: number; readonly atRoot: number };
}

function createAccount(profile: PlannedProfile): Account {
  const charged = new Set<string>();
  const populations = new Map<string, Population>();
  let need = 0;
  let grants = 0;
  let atRoot = 0;
  const hasBundles = profile === 'everything';

  /** The same question about the same parents is asked once, however many ask it. */
  function charge(name: string, usual: number, most: number): void {
    if (charged.has(name)) return;
    charged.add(name);
    need += usual;
    grants += most;
  }

  function population(name: string, make: Omit<Population, 'name'>): Population {
    const before = populations.get(name);
    if (before) return before;
    const made = { name, ...make };
    populations.set(name, made);
    return made;
  }

  function visitRoot(selection: Selection): number {
    const before = need;
    const parents = rootPopulations(selection);
    atRoot += need - before;
    visitBelow(selection, parents);
    return need - before;
  }

  function rootPopulations({ args, below }: Selection): readonly Population[] {
    if (args.search) {
      const { first } = args.search;
      const name = `search ${JSON.stringify(args.search)}`;
      // An upstream with tiny pages still fills the list, one request a row at worst.
      // A place whose link has expired is found again from the start.
      const most = args.search.after ? Number.POSITIVE_INFINITY : first + 1;
      charge(name, Math.ceil(first / 100), most);
      return [
        population(name, { type: 'MedicinalProductDefinition', usual: first, most: first, inHand: true }),
      ];
    }
    const keys = args.within === undefined ? (args.keys ?? []) : [args.within, ...(args.keys ?? [])];
    return keys.map((key) => {
      const type = key.slice(0, key.indexOf('/')) as ResourceType;
      const isDeep =
        hasBundles && type === 'MedicinalProductDefinition' && (below.size > 0 || key === args.within);
      const one = population(`key ${key}`, { type, usual: 1, most: 1, inHand: true });
      if (isDeep) chargeBundles(one);
      else if (!hasBundles || type === 'MedicinalProductDefinition') charge(`read ${key}`, 1, 2);
      return one;
    });
  }

  function visitBelow({ below }: Selection, parents: readonly Population[]): void {
    for (const parent of parents) {
      for (const selection of below.get(parent.type) ?? []) {
        if (isRoot(selection.link)) continue;
        const found = read(follow(links[selection.link], [parent]));
        visitBelow(selection, cutTo(selection.args.first, found, parent));
      }
    }
  }

  /** `first` bounds what is asked below a list, not the list's own pages. */
  function cutTo(
    first: number | undefined,
    found: readonly Population[],
    parent: Population,
  ): readonly Population[] {
    if (first === undefined) return found;
    return found.map((each) => ({
      ...each,
      name: `${each.name} first ${first}`,
      usual: Math.min(each.usual, first * parent.usual),
      most: Math.min(each.most, first * parent.most),
    }));
  }

  function follow(link: Link, parents: readonly Population[]): readonly Population[] {
    switch (link.kind) {
      case 'self':
        return parents;
      case 'reverse':
      case 'bundled':
        return children(link, parents);
      case 'forward':
        return referred(link, parents);
      case 'then':
        return follow(link.second, follow(link.first, parents));
      case 'union':
        return [...new Set(link.of.flatMap((part) => follow(part, parents)))];
      case 'orElse': {
        const first = follow(link.first, parents);
        // What stands in for an empty first link is granted, and not needed as a rule.
        const needed = need;
        follow(link.second, parents);
        need = needed;
        return first;
      }
      case 'unless':
        return follow(link.link, parents);
      case 'where':
      case 'first':
        return read(follow(link.link, parents));
    }
  }

  function children(link: Reverse | Bundled, all: readonly Population[]): readonly Population[] {
    const possible = link.kind === 'reverse' ? link.parents : ['MedicinalProductDefinition'];
    const parents = all.filter(({ type }) => possible.some((parent) => parent === type));
    if (parents.length === 0 || (link.kind === 'bundled' && !hasBundles)) return [];
    const name = `${questionOf(link)} of ${parents.map((parent) => parent.name).join(' + ')}`;
    if (hasBundles) parents.forEach(chargeBundles);
    else charge(name, 1, granted.childPages);
    return [
      population(name, {
        type: link.type,
        usual: sum(parents),
        most: Number.POSITIVE_INFINITY,
        inHand: true,
      }),
    ];
  }

  function chargeBundles(products: Population): void {
    if (products.type !== 'MedicinalProductDefinition') return;
    // Those that the operation came from are there already; others that a package names are not foreseen.
    const isBack = products.name.startsWith('back ');
    charge(`bundles of ${products.name}`, isBack ? 0 : products.usual, products.most * granted.bundlePages);
  }

  function referred(link: Forward, parents: readonly Population[]): readonly Population[] {
    if (hasBundles) parents.forEach(chargeBundles);
    return link.types.flatMap((type) =>
      parents.map((parent) => {
        // A reference to a product leads back, as a rule, to one that the operation came from.
        const isBack = type === 'MedicinalProductDefinition';
        const name = `${isBack ? 'back ' : ''}${type} from ${parent.name}`;
        return population(name, {
          type,
          usual: parent.usual,
          most: Number.POSITIVE_INFINITY,
          inHand: isBack,
        });
      }),
    );
  }

  function read(found: readonly Population[]): readonly Population[] {
    for (const each of found) {
      if (hasBundles || each.inHand) continue;
      charge(`read ${each.name}`, 1, granted.childPages);
    }
    return found;
  }

  return { visitRoot, totals: () => ({ need, grants, atRoot }) };
}

function sum(parents: readonly Population[]): number {
  return parents.reduce((total, { usual }) => total + usual, 0);
}
