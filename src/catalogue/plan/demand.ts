/** What an operation will ask the upstream, before anything is known: which questions, for how many, and what may come. */
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import type { Features } from '../upstream/features.js';
import type { Figures } from '../upstream/figures.js';
import { filterParts } from '../search/criteria.js';
import { mostLookedInto } from '../lookup/lookup.js';
import { bundledWays, idSearch, idsToRead, termSearches, waysToAny } from '../lookup/kinds.js';
import {
  criteriaOf,
  directSearch,
  driversOf,
  findsMany,
  isOrderedHere,
  isSifted,
  mostCandidates,
} from '../search/ways.js';
import { typeOf, type Key } from '../graph/key.js';
import type { Bundled, Forward, Link, Reverse } from '../graph/link.js';
import { links, upward } from '../graph/links.js';
import { includesOf, type Includes } from '../profiles/include/reach.js';
import type { ProfileName } from '../profiles/profile.js';
import { isRoot, type ProductSearch, type Selection } from '../question/selection.js';

export interface Measures {
  readonly features: Features;
  readonly figures: Figures;
  readonly budget: number;
  /** Characters of the longest URL that is sent. */
  readonly longestUrl: number;
  /** The product that a record was seen with, where that is known at once. */
  readonly productOf: (key: Key) => Key | undefined;
}

export interface Referring {
  readonly type: ResourceType;
  readonly from: ResourceType;
}

/** Resources of one type that a plan reckons with, as many as `usual`, hardly ever more than `most`. */
interface Population {
  /** The same however it was come by: what is asked of it is asked once. */
  readonly name: string;
  readonly type: ResourceType;
  readonly usual: number;
  readonly most: number;
  /** The wave in which they are known, and more can be asked about them. */
  readonly wave: number;
  /** Whether they are there with what was asked before, so that reading them costs nothing. */
  readonly inHand: boolean;
  /** What they were found from: what leads back to a type of these leads to them, as a rule. */
  readonly from?: Population | undefined;
  /** What refers to them, where they were found by references. */
  readonly referredBy?: ResourceType;
  /** Whether no bundle has them that is read anyway. */
  readonly isElsewhere?: boolean;
}

/** What one question of one wave is asked for, and what may come of it. */
export interface Demand {
  readonly question: string;
  readonly by: 'search' | 'read' | 'bundle' | 'root' | 'spare';
  readonly parents: Map<string, Share>;
  /** Whether it is asked as a rule, or only where something else is empty. */
  isNeeded: boolean;
}

export interface Share {
  /** The type of the parents of a search. */
  readonly of?: ResourceType;
  readonly parents: number;
  readonly mostParents: number;
  readonly usual: number;
  readonly most: number;
}

export interface Demanded {
  readonly demands: readonly Demand[];
  readonly populations: readonly Population[];
  /** Reads by id that are reckoned with, by what is read and what refers to it. */
  readonly reads: readonly Referring[];
  /** What the search for products brings along. */
  readonly included: Includes | undefined;
}

/** Pages of one bundle that are granted while none was read, or one was longer than foreseen. */
const unknownBundlePages = 100;
/** Children of a parent that are reckoned with while nothing is known of them. */
const unknownFanOut = 12;
/** Products that a search finds which is looked through here, as a rule; and those that a number or a name leads to. */
const usualCandidates = 20;
const usualFound = 2;
const productType = 'MedicinalProductDefinition';

/** Walks the selections as the waves will, with numbers instead of records. */
export function demandsOf(
  profile: ProfileName,
  selections: readonly Selection[],
  { features, figures, productOf }: Measures,
): Demanded {
  const demands = new Map<string, Demand>();
  const populations = new Map<string, Population>();
  const askedOf = new Map<string, number>();
  const reads = new Map<string, Referring>();
  const hasBundles = profile === 'everything';
  // What is looked through here comes without includes.
  const isDirect = ({ args: { search } }: Selection): boolean =>
    !search || (!isOrderedHere(search) && directSearch(search, features) !== undefined);
  const roots = selections
    .filter(isDirect)
    .flatMap(({ below }) => below.get('MedicinalProductDefinition') ?? []);
  const included =
    profile === 'include'
      ? includesOf(new Map([['MedicinalProductDefinition', roots]]), features)
      : undefined;
  let isNeeded = true;

  function demand(question: string, by: Demand['by'], wave: number, name: string, share: Share): void {
    // What was asked in an earlier wave is known by then.
    const before = askedOf.get(`${question} of ${name}`);
    const at = `${question} in ${Math.min(wave, before ?? wave)}`;
    const made = demands.get(at) ?? { question, by, parents: new Map<string, Share>(), isNeeded: false };
    askedOf.set(`${question} of ${name}`, Math.min(wave, before ?? wave));
    const held = made.parents.get(name);
    if (!held || held.most < share.most || held.mostParents < share.mostParents)
      made.parents.set(name, share);
    made.isNeeded ||= isNeeded;
    demands.set(at, made);
  }

  function population(made: Population): Population {
    const before = populations.get(made.name);
    if (!before || before.most < made.most) populations.set(made.name, made);
    return made;
  }

  function visitRoot(selection: Selection): void {
    visitBelow(selection, rootPopulations(selection));
  }

  function rootPopulations(selection: Selection): readonly Population[] {
    const { args, below } = selection;
    if (args.terms) return lookedUp(args.terms, below);
    if (args.search && !isDirect(selection)) return candidates(args.search, below);
    if (args.search) {
      const { first } = args.search;
      const name = JSON.stringify({ ...args.search, first: undefined });
      // Of what is sifted here nobody knows how much has to be read: as much as the budget allows.
      const most = isSifted(args.search) ? Number.POSITIVE_INFINITY : first;
      const share = { parents: 1, mostParents: 1, usual: first, most };
      demand('MedicinalProductDefinition?name', 'root', 0, name, share);
      return [
        population({
          name,
          type: 'MedicinalProductDefinition',
          usual: first,
          most: first,
          wave: 1,
          inHand: true,
        }),
      ];
    }
    // Only where nothing but bundles is offered, a record is looked for in its product's.
    const within = hasBundles && args.within !== undefined ? [args.within] : [];
    const keys = [...within, ...(args.keys ?? [])];
    return keys.map((key) => {
      const type = typeOf(key);
      const isProduct = type === 'MedicinalProductDefinition';
      const one = population({ name: key, type, usual: 1, most: 1, wave: 1, inHand: true });
      if (hasBundles && isProduct && (below.size > 0 || key === args.within)) askBundles(one);
      else if (hasBundles && isProduct) demand(key, 'read', 0, key, single);
      else if (hasBundles && args.within === undefined) askWhereabouts(one);
      else if (!hasBundles) demand(`${type}?_id`, 'read', 0, key, single);
      return one;
    });
  }

  /** Products that are found among others: the search for these, the way up to products, and what their parts ask. */
  function candidates(search: ProductSearch, below: Selection['below']): readonly Population[] {
    const name = JSON.stringify({ ...search, first: undefined });
    const drivers = driversOf(search, features, figures);
    const [driver] = drivers;
    if (!driver) return [];
    const { findings, keys, satisfied, products } = driver;
    const isKeys = !products && findings.length === 0;
    const areProducts = isKeys && keys.every((key) => typeOf(key) === productType);
    const usual = areProducts ? keys.length : products || findsMany(driver) ? usualCandidates : usualFound;
    const most = areProducts ? keys.length : mostCandidates;
    const share = { parents: 1, mostParents: 1, usual, most };
    if (products) demand(`${productType}?${namesOf(products)}`, 'root', 0, name, share);
    for (const { type, parameter } of findings)
      demand(`${type}?${parameter.name}`, 'search', 0, name, { ...share, most: 4 * most });
    // Another driver is tried where the first finds too much.
    drivers.slice(1).forEach((_, index) => demand(`other candidates ${index}`, 'spare', 0, name, single));
    const found = new Set([...keys.map(typeOf), ...findings.map(({ type }) => type)]);
    const records = isKeys ? { usual: keys.length, most: keys.length } : { usual, most };
    const reached = [...found].flatMap((type) => {
      const isElsewhere = hasBundles && type !== productType;
      return climb(
        population({ name: `${type} for ${name}`, type, ...records, wave: 1, inHand: true, isElsewhere }),
      );
    });
    const wave = Math.max(1, ...reached.map((each) => each.wave));
    const one: Population = { name, type: productType, usual, most, wave, inHand: true };
    const isAsked = below.size > 0 || criteriaOf(search).some(({ part }) => filterParts[part].link);
    if (!hasBundles) {
      if (keys.length > 0) demand(`${productType}?_id`, 'read', wave, name, share);
    } else if (!products) {
      // Where nothing but bundles is offered, each is read by itself.
      if (isAsked) askBundles(one);
      else if (areProducts) for (const key of keys) demand(key, 'read', wave, key, single);
      else demand(`${productType}?_id`, 'read', wave, name, share);
    }
    for (const { part } of criteriaOf(search)) {
      const { link } = filterParts[part];
      if (link && !satisfied.includes(part)) read(follow(link, [one]));
    }
    return [population({ ...one, usual: Math.min(search.first, usual), most: Math.min(search.first, most) })];
  }

  /** Terms of any kind: a search for each kind, and what leads from its records to products. */
  function lookedUp(terms: readonly string[], below: Selection['below']): readonly Population[] {
    const name = JSON.stringify(terms);
    const usual = terms.length;
    let wave = 1;
    let looksInto = false;
    for (const { way, type, parameter, values } of termSearches) {
      const written = [...new Set(terms.flatMap(values))];
      if (written.length === 0) continue;
      const most = parameter === 'name' ? mostCandidates : 10 * usual;
      const isOffered = parameter === 'name' || features.has(`search ${type}?${parameter}`);
      if (!isOffered) {
        const isMissed = terms.some((term) => waysToAny(term).includes(way));
        looksInto ||= isMissed && bundledWays.has(way);
        if (isMissed && type === productType)
          demand(productType, 'root', 0, name, { ...single, most: mostCandidates });
      } else if (features.has('or')) {
        const parents = written.length;
        demand(`${type}?${parameter}`, 'search', 0, name, { parents, mostParents: parents, usual, most });
        const found = population({ name: `${type} of ${name}`, type, usual, most, wave: 1, inHand: true });
        wave = Math.max(wave, ...climb(found).map((each) => each.wave));
      } else
        for (const text of written) demand(`${type}?${parameter}`, 'root', 0, text, { ...single, most: 20 });
    }
    const readsMany = !hasBundles && features.has(idSearch);
    const ids = idsToRead(terms, readsMany);
    if (readsMany && ids.length > 0) {
      const share = { parents: ids.length, mostParents: ids.length, usual, most: usual };
      demand(`${productType}?_id`, 'read', 0, name, share);
    } else for (const key of ids) demand(key, 'read', 0, key, single);
    const one = population({ name, type: productType, usual, most: mostCandidates, wave, inHand: true });
    if (hasBundles && below.size > 0) askBundles(one);
    else if (hasBundles && looksInto) spare(() => askBundles({ ...one, most: mostLookedInto }));
    return [one];
  }

  /** The steps from what was found up to products. */
  function climb(from: Population): readonly Population[] {
    const link = upward[from.type];
    if (from.type === productType || !link || from.wave > 6) return [from];
    return follow(link, [from]).flatMap((next) => {
      if (next.type !== 'ManufacturedItemDefinition') read([next]);
      return climb(next);
    });
  }

  function visitBelow({ below }: Selection, parents: readonly Population[]): void {
    for (const parent of parents) {
      for (const selection of below.get(parent.type) ?? []) {
        if (isRoot(selection.link) || isRare(links[selection.link])) continue;
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
      usual: Math.min(each.usual, first * parent.usual),
      most: Math.min(each.most, first * parent.most),
    }));
  }

  /** What is granted, and not needed as a rule. */
  function spare(ask: () => void): void {
    const before = isNeeded;
    isNeeded = false;
    ask();
    isNeeded = before;
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
        return follow(link.second, together(follow(link.first, parents)));
      case 'union':
        return link.of.flatMap((part) => follow(part, parents));
      case 'orElse': {
        const first = follow(link.first, parents);
        // What stands in for an empty first link is granted, and not needed as a rule.
        spare(() => follow(link.second, together(parents)));
        return first;
      }
      case 'unless':
        return follow(link.link, parents);
      case 'where':
      case 'first':
        return read(follow(link.link, parents));
    }
  }

  /** The second step is taken once the first is known as a whole. */
  function together(all: readonly Population[]): readonly Population[] {
    const wave = Math.max(0, ...all.map((each) => each.wave));
    return all.map((each) => ({ ...each, wave }));
  }

  function children(link: Reverse | Bundled, everyone: readonly Population[]): readonly Population[] {
    const possible = link.kind === 'reverse' ? link.parents : ['MedicinalProductDefinition'];
    const parents = everyone.filter(({ type }) => possible.some((parent) => parent === type));
    if (link.kind === 'bundled' && !hasBundles) return [];
    const question = link.asks;
    return parents.map((parent) => {
      const [usual, most] = childrenOf(question, parent);
      const isElsewhere = parent.isElsewhere === true && parent.type !== productType;
      if (hasBundles && !isElsewhere) askBundles(parent);
      else {
        const share = { of: parent.type, parents: parent.usual, mostParents: parent.most, usual, most };
        demand(question, 'search', parent.wave, parent.name, share);
      }
      return population({
        name: `${question} of ${parent.name}`,
        type: link.type,
        usual,
        most,
        wave: parent.wave + 1,
        inHand: true,
        from: parent,
        isElsewhere,
      });
    });
  }

  /** How many children there are: as learnt, with room for what deviates from it; else a guess. */
  function childrenOf(question: string, { type, usual, most }: Population): readonly [number, number] {
    const fanOut = figures.fanOut(`${question} of ${type}`);
    if (!fanOut) return [usual, 4 * unknownFanOut * most];
    const { mean, deviation } = fanOut;
    return [usual * mean, most * mean + 4 * deviation * Math.sqrt(most) + 1];
  }

  function askBundles(products: Population): void {
    if (products.type !== 'MedicinalProductDefinition') return;
    const { usual, most, name } = products;
    const pages = figures.bundlePages;
    // Bundles that come in pages are of very different lengths.
    const granted = pages === undefined ? unknownBundlePages : pages <= 1 ? 1 : 4 * pages;
    const share = { parents: usual, mostParents: most, usual: usual * (pages ?? 1), most: most * granted };
    demand('MedicinalProductDefinition/{id}/$everything', 'bundle', 0, name, share);
  }

  /** A record by its id is in the bundle of the product that it was seen with; where that has yet to be found, it may be. */
  function askWhereabouts(record: Population): void {
    const product = productOf(record.name);
    const name = product ?? record.name;
    const ask = (): void => askBundles({ ...record, type: productType, name });
    if (product === undefined) spare(ask);
    else ask();
  }

  function comesFrom(type: ResourceType, { from }: Population): Population | undefined {
    return from?.type === type ? from : from && comesFrom(type, from);
  }

  function referred(link: Forward, everyone: readonly Population[]): readonly Population[] {
    const parents = everyone.filter(({ type }) => type === link.from);
    if (hasBundles) parents.forEach(askBundles);
    return link.types.flatMap((type) =>
      parents.map((parent) => {
        // A product is in no other's bundle: what leads out to products is read one by one.
        const isElsewhere =
          hasBundles && (parent.isElsewhere === true || (link.leadsOut && type === productType));
        const back = comesFrom(type, parent);
        if (back && !isElsewhere) return back;
        const ratio = figures.referred(type, link.from);
        return population({
          name: `${type} of ${parent.name}`,
          type,
          // Many may refer to one: while nothing is known, no operation is refused for more.
          usual: ratio === undefined ? Math.min(1, parent.usual) : parent.usual * ratio,
          most: parent.most * (ratio === undefined ? 2 : 1.5 * ratio) + 1,
          wave: parent.wave + 1,
          inHand: false,
          from: parent,
          referredBy: link.from,
          isElsewhere,
        });
      }),
    );
  }

  function read(found: readonly Population[]): readonly Population[] {
    for (const { name, type, usual, most, wave, inHand, referredBy, isElsewhere } of found) {
      if ((hasBundles && !isElsewhere) || inHand) continue;
      if (referredBy) reads.set(`${type} of ${referredBy}`, { type, from: referredBy });
      demand(`${type}?_id`, 'read', wave - 1, name, { parents: usual, mostParents: most, usual, most });
    }
    return found;
  }

  selections.forEach(visitRoot);
  return {
    demands: [...demands.values()],
    populations: [...populations.values()],
    reads: [...reads.values()],
    included,
  };
}

function isRare(link: Link): boolean {
  return link.kind === 'forward' && link.isRare;
}

function namesOf(parameters: SearchParameters): string {
  return parameters.map(({ name }) => name).join('&') || 'name';
}

const single: Share = { parents: 1, mostParents: 1, usual: 1, most: 1 };
