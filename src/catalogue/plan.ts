/** Works out, before the first call, what an operation costs upstream: what it needs, and what it is granted at most. */
import { PmsError } from '../errors.js';
import type { ResourceType } from '../fhir/resources.js';
import type { SearchParameters } from '../fhir/search.js';
import type { Figures } from './capabilities/figures.js';
import type { Feature, Features } from './capabilities/features.js';
import { typeOf } from './key.js';
import type { Bundled, Forward, Link, Reverse } from './link.js';
import { filterParts } from './finding/criteria.js';
import { mostLookedInto } from './finding/lookup.js';
import { bundledWays, idSearch, idsToRead, termSearches, waysToAny } from './finding/terms.js';
import { criteriaOf, directSearch, driversOf, isOrderedHere, mostCandidates } from './finding/ways.js';
import { links, upward } from './links.js';
import type { Profile } from './routes/route.js';
import { groupName } from './routes/include-group.js';
import { includesOf } from './routes/includes.js';
import { isRoot, type ProductSearch, type Selection } from './selection.js';

export interface Plan {
  readonly profile: Profile;
  /** Requests if lists are as long as they usually are and every page is full. */
  readonly need: number;
  /** The promise: never more requests than this. */
  readonly estimated: number;
  /** Of `need`, what comes after the searches at the operation's root, and is kept back for it. */
  readonly planned: number;
  readonly steps: readonly PlanStep[];
  /** Reads by id that are reckoned with, by what is read and what refers to it. */
  readonly reads: readonly Referring[];
}

export interface Referring {
  readonly type: ResourceType;
  readonly from: ResourceType;
}

/** One question to the upstream, asked once for all its parents. */
export interface PlanStep {
  readonly asks: string;
  /** How many it is asked for, as a rule. */
  readonly of: number;
  readonly need: number;
  readonly granted: number;
}

export interface Measures {
  readonly features: Features;
  readonly figures: Figures;
  readonly budget: number;
  /** Characters of the longest URL that is sent. */
  readonly longestUrl: number;
}

/** Pages of one bundle that are granted while none was read, or one was longer than foreseen. */
const unknownBundlePages = 100;
/** Children of a parent that are reckoned with while nothing is known of them. */
const unknownFanOut = 12;
/** Products that a search finds which is looked through here, as a rule; and those that a number or a name leads to. */
const usualCandidates = 20;
const usualFound = 2;
const productType = 'MedicinalProductDefinition';
/** Characters that a URL has, ids apart. */
const urlFrame = 250;

/** The plan that needs the fewest requests, of the routes that can answer; the first of equals. */
export function plan(selections: readonly Selection[], routes: readonly Profile[], measures: Measures): Plan {
  const plans = routes.map((profile) => planFor(selections, profile, measures));
  return plans.reduce((best, next) => (next.need < best.need ? next : best));
}

/** @throws UPSTREAM_BUDGET_EXCEEDED when the operation needs more than it may have; nothing has been sent then */
export function refuseOverBudget(
  selections: readonly Selection[],
  { need, profile }: Plan,
  measures: Measures,
): void {
  if (need <= measures.budget) return;
  const costs = selections.map((selection) => ({
    selection,
    cost: planFor([selection], profile, measures).need,
  }));
  const { path, args } = costs.reduce((most, next) => (next.cost > most.cost ? next : most)).selection;
  const what = args.search
    ? `Lower "first" of "${path.join('.')}", which is ${args.search.first}`
    : `Ask for less at once below "${path.join('.')}"`;
  throw new PmsError(
    'UPSTREAM_BUDGET_EXCEEDED',
    `This operation needs at least ${need} upstream requests, and ${measures.budget} are allowed. ${what}, or split the operation.`,
  );
}

function planFor(selections: readonly Selection[], profile: Profile, measures: Measures): Plan {
  const account = createAccount(profile, selections, measures);
  selections.forEach(account.visitRoot);
  const { need, grants, atRoot, steps, reads } = account.totals();
  // Some room for what was never seen before; where nothing is asked, nothing is promised.
  const estimated = selections.length === 0 ? 0 : Math.max(grants, Math.ceil(1.5 * need)) + 1;
  return {
    profile,
    need,
    estimated: Math.min(measures.budget, Math.ceil(estimated)),
    planned: need - atRoot,
    steps,
    reads,
  };
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
}

/** What one question of one wave is asked for, and what may come of it. */
interface Demand {
  readonly question: string;
  readonly by: 'search' | 'read' | 'bundle' | 'root' | 'spare';
  readonly parents: Map<string, Share>;
  /** Whether it is asked as a rule, or only where something else is empty. */
  isNeeded: boolean;
}

interface Share {
  /** The type of the parents of a search. */
  readonly of?: ResourceType;
  readonly parents: number;
  readonly mostParents: number;
  readonly usual: number;
  readonly most: number;
}

interface Account {
  readonly visitRoot: (selection: Selection) => void;
  readonly totals: () => Omit<Plan, 'profile' | 'estimated' | 'planned'> & {
    readonly grants: number;
    readonly atRoot: number;
  };
}

function createAccount(
  profile: Profile,
  selections: readonly Selection[],
  { features, figures, longestUrl }: Measures,
): Account {
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
  const comesAlong = new Set(included?.promises.map(({ question }) => question.asks));
  const typesAlong = new Set<ResourceType>(included?.types);
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
      const share = { parents: 1, mostParents: 1, usual: first, most: first };
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
    const usual = isKeys ? keys.length : products ? usualCandidates : usualFound;
    const most = isKeys ? keys.length : mostCandidates;
    const share = { parents: 1, mostParents: 1, usual, most };
    if (products) demand(`${productType}?${namesOf(products)}`, 'root', 0, name, share);
    for (const { type, parameter } of findings)
      demand(`${type}?${parameter.name}`, 'search', 0, name, { ...share, most: 4 * most });
    // Another driver is tried where the first finds too much.
    drivers.slice(1).forEach((_, index) => demand(`other candidates ${index}`, 'spare', 0, name, single));
    const found = new Set([...keys.map(typeOf), ...findings.map(({ type }) => type)]);
    const reached = [...found].flatMap((type) =>
      climb(population({ name: `${type} for ${name}`, type, usual, most, wave: 1, inHand: true })),
    );
    const wave = Math.max(1, ...reached.map((each) => each.wave));
    const one: Population = { name, type: productType, usual, most, wave, inHand: true };
    const isAsked = below.size > 0 || criteriaOf(search).some(({ part }) => filterParts[part].link);
    if (keys.length > 0 && !hasBundles) demand(`${productType}?_id`, 'read', wave, name, share);
    // Where nothing but bundles is offered, each is read by itself.
    else if (keys.length > 0 && isAsked) askBundles({ ...one, usual: keys.length, most: keys.length });
    else for (const key of keys) demand(key, 'read', wave, key, single);
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
      if (hasBundles) askBundles(parent);
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

  function comesFrom(type: ResourceType, { from }: Population): Population | undefined {
    return from?.type === type ? from : from && comesFrom(type, from);
  }

  function referred(link: Forward, everyone: readonly Population[]): readonly Population[] {
    const parents = everyone.filter(({ type }) => type === link.from);
    if (hasBundles) parents.forEach(askBundles);
    return link.types.flatMap((type) =>
      parents.map((parent) => {
        const back = comesFrom(type, parent);
        if (back) return back;
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
        });
      }),
    );
  }

  function read(found: readonly Population[]): readonly Population[] {
    for (const { name, type, usual, most, wave, inHand, referredBy } of found) {
      if (hasBundles || inHand) continue;
      if (referredBy) reads.set(`${type} of ${referredBy}`, { type, from: referredBy });
      demand(`${type}?_id`, 'read', wave - 1, name, { parents: usual, mostParents: most, usual, most });
    }
    return found;
  }

  function totals(): ReturnType<Account['totals']> {
    const priced = [...demands.values()].map((each) => ({ each, ...priceOf(each) }));
    const sumOf = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0);
    return {
      need: sumOf(priced.map(({ need }) => need)),
      grants: sumOf(priced.map(({ granted }) => granted)),
      reads: [...reads.values()],
      atRoot: sumOf(priced.filter(({ each }) => each.by === 'root').map(({ need }) => need)),
      steps: priced.map(({ each: { question, parents }, need, granted, isAlong }) => ({
        asks: isAlong ? `${question} (included)` : question,
        of: Math.ceil(sumOf([...parents.values()].map((share) => share.parents))),
        need,
        granted,
      })),
    };
  }

  function priceOf({ question, by, parents, isNeeded: needed }: Demand): {
    readonly need: number;
    readonly granted: number;
    readonly isAlong: boolean;
  } {
    const all = [...parents.values()].reduce((one, other) => ({
      parents: one.parents + other.parents,
      mostParents: one.mostParents + other.mostParents,
      usual: one.usual + other.usual,
      most: one.most + other.most,
    }));
    if (by === 'spare') return { need: 0, granted: 1, isAlong: false };
    const pages = Math.ceil(all.most / figures.pageSize);
    const isAlong =
      comesAlong.has(question) || (by === 'read' && typesAlong.has(question.split('?')[0] as ResourceType));
    const isReadOneByOne = by === 'read' && !hasBundles && !features.has(`search ${question}` as Feature);
    if (isReadOneByOne)
      return { need: needed ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most) + 1, isAlong };
    if (by === 'bundle')
      return { need: needed ? Math.ceil(all.usual) : 0, granted: Math.ceil(all.most), isAlong };
    // What references have led to nothing new so far may do so some time.
    if (by === 'read' && all.usual < 0.5) return { need: 0, granted: 1, isAlong };
    // While no page was seen there may be one row on each.
    if (by === 'root') {
      const rows = figures.seenPage === 0 ? 1 : figures.seenPage;
      // Each search has a page of its own, however little is on it.
      const searches = parents.size;
      const need = Math.max(searches, Math.ceil(all.usual / figures.fullPage));
      return { need, granted: Math.ceil(all.most / rows) + searches - 1, isAlong };
    }
    const usual = Math.max(chunksOf(all.parents), Math.ceil(all.usual / figures.fullPage));
    if (!isAlong) return { need: needed ? usual : 0, granted: grantOf(pages, all.mostParents), isAlong };
    if (by === 'read')
      return isBeyond(question)
        ? { need: 1, granted: grantOf(pages, all.mostParents), isAlong }
        : { need: 0, granted: 1, isAlong };
    // What comes along is searched for only while it is not known that so much comes whole.
    const isProven = [...parents.values()].every((share) => provenOf(question, share) > entriesAlong());
    return { need: 0, granted: isProven ? 0 : grantOf(pages, all.mostParents), isAlong };
  }

  /** Every chunk has a page of its own, however little is on it. */
  function grantOf(pages: number, values: number): number {
    return Math.max(1, pages) + chunksOf(values) - 1;
  }

  /** Entries that a page of the search may include, all in all: what is usual, and as much more as is at all likely. */
  function entriesAlong(): number {
    let entries = 0;
    let squares = 0;
    for (const { type, usual, most } of populations.values()) {
      if (!typesAlong.has(type)) continue;
      entries += usual;
      squares += (most - usual) ** 2;
    }
    return entries + Math.sqrt(squares);
  }

  /** Most included entries at which the children of such parents were seen to be whole. */
  function provenOf(name: string, { of: type }: Share): number {
    const promise = included?.promises.find(({ question }) => question.asks === name);
    if (!promise || !type) return -1;
    const isIncluded = type !== 'MedicinalProductDefinition';
    return figures.includeProven(groupName({ question: promise.question, type, isIncluded }));
  }

  /** Whether what is read by id lies further down than includes reach. */
  function isBeyond(question: string): boolean {
    return figures.isBeyond(question.split('?')[0] as ResourceType);
  }

  /** How many searches so many values take: as many as URLs, where nothing but a URL carries them. */
  function chunksOf(values: number): number {
    if (features.evidence('or') === 'refuted') return Math.max(1, Math.ceil(values));
    if (features.has('post-search')) return 1;
    return Math.max(1, Math.ceil((values * (figures.keyLength + 4)) / Math.max(100, longestUrl - urlFrame)));
  }

  return { visitRoot, totals };
}

function namesOf(parameters: SearchParameters): string {
  return parameters.map(({ name }) => name).join('&') || 'name';
}

const single: Share = { parents: 1, mostParents: 1, usual: 1, most: 1 };
