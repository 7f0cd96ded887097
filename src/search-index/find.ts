/** Finds products by the columns of the index: all that meet a filter, in order, and how many do not tell. */
import { LRUCache } from 'lru-cache';
import type { Test } from '../facts/fact.js';
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import {
  criteriaIn,
  requirementsOf,
  type Criterion,
  type RecordRequirement,
  type Requirement,
  type WholeRequirement,
} from '../facts/requirements.js';
import type { FhirResource } from '../fhir/resources.js';
import { type Verdict } from '../facts/verdict.js';
import { holderColumn, recordColumn, wholeColumn, type RecordColumn } from './columns.js';
import { createOrder, type Order } from './order.js';
import type { IndexMatches, IndexQuery } from './query.js';
import { readRecordShape, readWholeShape, untoldShape } from './shapes.js';
import type { IndexStore } from './store/index-store.js';
import { untoldToken } from './telling.js';

export interface Finder {
  find(query: IndexQuery): Promise<IndexMatches>;
}

/** Products, by their numbers, that meet something, and those that do not tell. */
interface Verdicts {
  readonly yes: ReadonlySet<number>;
  readonly maybe: ReadonlySet<number>;
}

/** Shapes of a column that were put to a test, by their numbers, up to the last one. */
interface Tested {
  upTo: number;
  readonly yes: number[];
  readonly maybe: number[];
}

/** So many tests keep what came of them. */
const mostTests = 500;
/** A record of a product as one number: `product * recordsOfProduct + record`. */
const recordsOfProduct = 65_536;

export function createFinder(store: IndexStore): Finder {
  const tested = new LRUCache<string, Tested>({ max: mostTests });
  const order = createOrder(store);
  return {
    async find(query) {
      const { filter } = query;
      const criteria = criteriaIn(filter);
      const requirements = requirementsOf(criteria, filter);
      const live = new Set(await liveOf(store));
      let yes: ReadonlySet<number> = live;
      let open: ReadonlySet<number> = live;
      let stranger: readonly FilterPart[] | undefined;
      for (const requirement of requirements) {
        const verdicts = await meet(requirement, criteria, filter);
        if (isDoubtful(requirement) && failsNobody(verdicts, live)) stranger ??= requirement.parts;
        yes = among(yes, verdicts.yes);
        open = among(open, verdicts.yes, verdicts.maybe);
      }
      return { ...(await page(yes, query, order)), untold: open.size - yes.size, stranger };
    },
  };

  function meet(
    requirement: Requirement,
    criteria: readonly Criterion[],
    filter: ProductFilter,
  ): Promise<Verdicts> {
    return requirement.kind === 'whole'
      ? meetAsWhole(requirement, filter)
      : meetByRecord(requirement, criteria, filter);
  }

  async function meetAsWhole(requirement: WholeRequirement, filter: ProductFilter): Promise<Verdicts> {
    const { parts, with: subjects } = requirement;
    const [part] = parts;
    if (part === undefined) throw new TypeError('a requirement has a part');
    const column = wholeColumn(part, subjects);
    const test = await informed(requirement, column.name);
    const shapes = await testShapes(column.name, [part, filter, test !== requirement.test], (shape) => {
      const { product, subjects: told } = readWholeShape(shape);
      return test(product, (subject) => {
        const found = told[subject];
        if (!found) throw new TypeError('a fact reads what it does not name');
        return found;
      });
    });
    return productsIn(await pairsOf(column.name, shapes));
  }

  /** The test by what the records of all products tell beside. */
  async function informed(
    { test, testBy }: WholeRequirement,
    column: string,
  ): Promise<WholeRequirement['test']> {
    if (!testBy) return test;
    const records: FhirResource[] = [];
    for (const { shape } of await store.shapes(column, 0)) {
      if (shape === untoldShape) continue;
      for (const { records: told } of Object.values(readWholeShape(shape).subjects)) records.push(...told);
    }
    return testBy(records) ?? test;
  }

  async function meetByRecord(
    { parts, of }: RecordRequirement,
    criteria: readonly Criterion[],
    filter: ProductFilter,
  ): Promise<Verdicts> {
    const given = criteria.filter(({ part }) => parts.includes(part));
    const verdicts: Verdicts[] = [];
    for (const criterion of given) verdicts.push(...(await recordsThatMeet(criterion, of, filter)));
    const [first, ...others] = verdicts;
    if (!first) throw new TypeError('a requirement has a part');
    const yes = others.reduce((left, { yes: each }) => among(left, each), first.yes);
    const open = others.reduce(
      (left, each) => among(left, each.yes, each.maybe),
      new Set([...first.yes, ...first.maybe]) as ReadonlySet<number>,
    );
    return productsIn({ yes, maybe: open });
  }

  /** Of all that is asked of a record in one part. */
  async function recordsThatMeet(
    { part, asked, fact, test }: Criterion,
    of: RecordRequirement['of'],
    filter: ProductFilter,
  ): Promise<readonly Verdicts[]> {
    if (part === 'ids') return [await named(asked as readonly string[])];
    if (!test || !('of' in fact)) throw new TypeError('a fact of single records has a test');
    const column = recordColumn(part, of);
    if (fact.exact) return [await bearing(column, fact.exact.tokensFor(asked as never))];
    if (fact.at !== 'holder') return [await shaped(column.name, part, test, filter)];
    const own = fact.where ? [await shaped(column.name, 'where', fact.where, filter)] : [];
    return [...own, await shaped(holderColumn(part).name, part, test, filter)];
  }

  async function shaped(column: string, name: string, test: Test, filter: ProductFilter): Promise<Verdicts> {
    const shapes = await testShapes(column, [name, filter], (shape) => {
      const { resource, key, product } = readRecordShape(shape);
      // What does not exist meets nothing.
      return test(resource, key, product) ?? (resource ? undefined : false);
    });
    return pairsOf(column, shapes);
  }

  /** By its key a product is found alone. */
  async function named(keys: readonly string[]): Promise<Verdicts> {
    const rows = await store.byId(keys.map((key) => key.slice(key.indexOf('/') + 1)));
    return { yes: new Set(rows.map(({ number }) => number * recordsOfProduct)), maybe: new Set() };
  }

  async function bearing({ name }: RecordColumn, tokens: readonly string[]): Promise<Verdicts> {
    const found = await store.tokens(name, [...new Set(tokens), untoldToken]);
    const untoldAt = new Set(tokens).size;
    const [yes, maybe] = [new Set<number>(), new Set<number>()];
    for (let at = 0; at < found.length; at += 3) {
      const pair = (found[at] ?? 0) * recordsOfProduct + (found[at + 1] ?? 0);
      (found[at + 2] === untoldAt ? maybe : yes).add(pair);
    }
    return { yes, maybe };
  }

  /** Each shape is tested once for each question, whoever asks it, on the day when it is asked. */
  async function testShapes(
    column: string,
    question: readonly unknown[],
    test: (shape: string) => Verdict,
  ): Promise<Tested> {
    const name = JSON.stringify([column, question, new Date().toISOString().slice(0, 10)]);
    const done = tested.get(name) ?? { upTo: 0, yes: [], maybe: [] };
    tested.set(name, done);
    for (const { number, shape } of await store.shapes(column, done.upTo)) {
      if (number <= done.upTo) continue;
      const verdict = shape === untoldShape ? undefined : safely(() => test(shape));
      if (verdict === true) done.yes.push(number);
      else if (verdict === undefined) done.maybe.push(number);
      done.upTo = number;
    }
    return done;
  }

  async function pairsOf(column: string, { yes, maybe }: Tested): Promise<Verdicts> {
    return {
      yes: pairs(await store.postings(column, yes)),
      maybe: pairs(await store.postings(column, maybe)),
    };
  }
}

function pairs(postings: Int32Array): ReadonlySet<number> {
  const all = new Set<number>();
  for (let at = 0; at < postings.length; at += 2)
    all.add((postings[at] ?? 0) * recordsOfProduct + (postings[at + 1] ?? 0));
  return all;
}

/** A product meets what any of its records meets; where none does, one that does not tell leaves it open. */
function productsIn({ yes, maybe }: Verdicts): Verdicts {
  const product = (pair: number): number => Math.floor(pair / recordsOfProduct);
  const met = new Set([...yes].map(product));
  return { yes: met, maybe: new Set([...maybe].map(product).filter((each) => !met.has(each))) };
}

/** Those of `left` that are in any of the others. */
function among(left: ReadonlySet<number>, ...others: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const each of left) if (others.some((other) => other.has(each))) found.add(each);
  return found;
}

async function liveOf(store: IndexStore): Promise<Int32Array> {
  const [held, named] = await Promise.all([store.all('held'), store.all('named')]);
  return Int32Array.from([...held, ...named]);
}

function isDoubtful(requirement: Requirement): boolean {
  return requirement.kind === 'whole' && requirement.isDoubtful;
}

function failsNobody({ yes, maybe }: Verdicts, live: ReadonlySet<number>): boolean {
  return live.size > 0 && [...live].every((each) => yes.has(each) || maybe.has(each));
}

async function page(
  matches: ReadonlySet<number>,
  { sort, first, after }: IndexQuery,
  order: Order,
): Promise<Pick<IndexMatches, 'ids' | 'hasNext' | 'total' | 'isPlaceLost'>> {
  const ids = await order.sorted([...matches], sort);
  const start = after === undefined ? 0 : ids.indexOf(after) + 1;
  const isPlaceLost = after !== undefined && start === 0;
  const rows = ids.slice(start, start + first);
  return { ids: rows, hasNext: start + rows.length < ids.length, total: ids.length, isPlaceLost };
}

/** What FHIR does not allow tells nothing. */
function safely(test: () => Verdict): Verdict {
  try {
    return test();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
