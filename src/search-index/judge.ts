/**
 * Tests the products of the index against one requirement of a filter. Returns the products that meet it, and the
 * products that may meet it but lack data.
 */
import type { Fact, Test } from '../facts/fact.js';
import type { FilterPart, ProductFilter } from '../facts/filter.js';
import type { Criterion, RecordRequirement, Requirement, WholeRequirement } from '../facts/requirements.js';
import { facts } from '../facts/table.js';
import type { Verdict } from '../facts/verdict.js';
import type { FhirResource } from '../fhir/resources.js';
import { holderColumn, recordColumn, wholeColumn } from './columns.js';
import { createShapeTests } from './shape-tests.js';
import {
  readRecordShape,
  readTogetherShape,
  readValuesShape,
  readWholeShape,
  untoldShape,
} from './shapes.js';
import type { IndexStore } from './store/index-store.js';
import { eachInTurn } from './turns.js';
import { among, bearing, named, productsIn, shapedAs, type Verdicts } from './verdicts.js';

export interface Judge {
  meet(requirement: Requirement, criteria: readonly Criterion[], filter: ProductFilter): Promise<Verdicts>;
  /**
   * Returns the records that meet all criteria about single records.
   * @param criteria at least one
   */
  records(
    criteria: readonly Criterion[],
    of: RecordRequirement['of'],
    filter: ProductFilter,
  ): Promise<Verdicts>;
}

export function createJudge(store: IndexStore): Judge {
  const tests = createShapeTests(store);
  return { meet, records };

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
    const { parts, asked, with: subjects, testTogether } = requirement;
    const [part] = parts;
    if (part === undefined) throw new TypeError('A requirement has no part of the filter.');
    const column = wholeColumn(part, subjects);
    if (testTogether) {
      const question = questionIn(filter, part);
      const told = await tests.run(column.name, question, (shape) => testTogether(readTogetherShape(shape)));
      return productsIn(await shapedAs(store, column.name, told));
    }
    const test = await informed(requirement, column.name);
    // The test uses names from the records of all products, which may change with each write.
    const beside = test === requirement.test ? undefined : await store.generation();
    const shapes = await tests.run(column.name, [questionIn(filter, part), asked, beside], (shape) => {
      const { product, subjects: told } = readWholeShape(shape);
      return test(product, (subject) => {
        const found = told[subject];
        if (!found) throw new TypeError('A fact reads a subject that it does not declare.');
        return found;
      });
    });
    return productsIn(await shapedAs(store, column.name, shapes));
  }

  /**
   * Returns a test that also uses the records of all products, if the requirement has such a test; otherwise its
   * usual test.
   */
  async function informed(
    { test, testBy }: WholeRequirement,
    column: string,
  ): Promise<WholeRequirement['test']> {
    if (!testBy) return test;
    const records: FhirResource[] = [];
    await eachInTurn(await store.shapes(column, 0), ({ shape }) => {
      if (shape === untoldShape) return;
      for (const { records: told } of Object.values(readWholeShape(shape).subjects)) records.push(...told);
    });
    return testBy(records) ?? test;
  }

  async function meetByRecord(
    { parts, of }: RecordRequirement,
    criteria: readonly Criterion[],
    filter: ProductFilter,
  ): Promise<Verdicts> {
    const given = criteria.filter(({ part }) => parts.includes(part));
    return productsIn(await records(given, of, filter));
  }

  async function records(
    criteria: readonly Criterion[],
    of: RecordRequirement['of'],
    filter: ProductFilter,
  ): Promise<Verdicts> {
    const verdicts: Verdicts[] = [];
    for (const criterion of criteria) verdicts.push(...(await recordsThatMeet(criterion, of, filter)));
    const [first, ...others] = verdicts;
    if (!first) throw new TypeError('A requirement has no part of the filter.');
    const yes = others.reduce((left, { yes: each }) => among(left, each), first.yes);
    const open = others.reduce(
      (left, each) => among(left, each.yes, each.maybe),
      new Set([...first.yes, ...first.maybe]) as ReadonlySet<number>,
    );
    return { yes, maybe: open };
  }

  /** Returns the results of each test of one criterion on single records. */
  async function recordsThatMeet(
    { part, asked, fact, test }: Criterion,
    of: RecordRequirement['of'],
    filter: ProductFilter,
  ): Promise<readonly Verdicts[]> {
    if (part === 'ids') return [await named(store, asked as readonly string[])];
    if (!test || !('of' in fact)) throw new TypeError('A fact about single records must have a test.');
    const column = recordColumn(part, of);
    const question = questionIn(filter, part);
    if (fact.exact) return [await bearing(store, column, fact.exact.tokensFor(asked as never))];
    if (fact.told) return [await valued(column.name, question, fact.told.test(asked as never, filter))];
    if (fact.at !== 'holder') return [await shaped(column.name, question, test)];
    const own = fact.where ? [await shaped(column.name, [`where ${part}`], fact.where)] : [];
    return [...own, await shaped(holderColumn(part).name, question, test)];
  }

  async function valued(
    column: string,
    question: readonly unknown[],
    test: (values: readonly unknown[]) => Verdict,
  ): Promise<Verdicts> {
    const shapes = await tests.run(column, question, (shape) => test(readValuesShape(shape)));
    return shapedAs(store, column, shapes);
  }

  async function shaped(column: string, question: readonly unknown[], test: Test): Promise<Verdicts> {
    const shapes = await tests.run(column, question, (shape) => {
      const { resource, key, product } = readRecordShape(shape);
      // A record that does not exist meets no criterion.
      return test(resource, key, product) ?? (resource ? undefined : false);
    });
    return shapedAs(store, column, shapes);
  }
}

/**
 * Returns the values of a filter that the test of one part reads. If filters differ only in other values, they share
 * the results of the test.
 */
function questionIn(filter: ProductFilter, part: FilterPart): readonly unknown[] {
  const fact: Fact = facts[part];
  const looksAt = ('looksAt' in fact ? fact.looksAt : undefined) ?? [];
  return [part, ...looksAt, part].map((each, at) => (at === 0 ? each : (filter[each] ?? null)));
}
