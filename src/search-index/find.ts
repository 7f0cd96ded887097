/** Finds products by the columns of the index: all that meet a filter, in order, and how many do not tell. */
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
import { holderColumn, recordColumn, wholeColumn } from './columns.js';
import { createOrder, type Order } from './order.js';
import type { IndexMatches, IndexQuery } from './query.js';
import { createShapeTests } from './shape-tests.js';
import { readRecordShape, readWholeShape, untoldShape } from './shapes.js';
import type { IndexStore } from './store/index-store.js';
import { among, bearing, named, productsIn, shapedAs, type Verdicts } from './verdicts.js';

export interface Finder {
  find(query: IndexQuery): Promise<IndexMatches>;
}

export function createFinder(store: IndexStore): Finder {
  const tests = createShapeTests(store);
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
    const shapes = await tests.run(column.name, [part, filter, test !== requirement.test], (shape) => {
      const { product, subjects: told } = readWholeShape(shape);
      return test(product, (subject) => {
        const found = told[subject];
        if (!found) throw new TypeError('a fact reads what it does not name');
        return found;
      });
    });
    return productsIn(await shapedAs(store, column.name, shapes));
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
    if (part === 'ids') return [await named(store, asked as readonly string[])];
    if (!test || !('of' in fact)) throw new TypeError('a fact of single records has a test');
    const column = recordColumn(part, of);
    if (fact.exact) return [await bearing(store, column, fact.exact.tokensFor(asked as never))];
    if (fact.at !== 'holder') return [await shaped(column.name, part, test, filter)];
    const own = fact.where ? [await shaped(column.name, 'where', fact.where, filter)] : [];
    return [...own, await shaped(holderColumn(part).name, part, test, filter)];
  }

  async function shaped(column: string, name: string, test: Test, filter: ProductFilter): Promise<Verdicts> {
    const shapes = await tests.run(column, [name, filter], (shape) => {
      const { resource, key, product } = readRecordShape(shape);
      // What does not exist meets nothing.
      return test(resource, key, product) ?? (resource ? undefined : false);
    });
    return shapedAs(store, column, shapes);
  }
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
