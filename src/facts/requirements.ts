/**
 * Converts a filter into requirements for a product. Parts of the filter about one kind of record must all match the
 * same record.
 */
import type { FhirResource } from '../fhir/resources.js';
import type { Fact, RecordFact, Subject, Test, JointValues, WholeFact, WholeTest } from './fact.js';
import type { FilterPart, ProductFilter } from './filter.js';
import { facts } from './table.js';
import { allOf } from './verdict.js';

/** One part of the filter. */
export interface Criterion {
  readonly part: FilterPart;
  readonly asked: NonNullable<ProductFilter[FilterPart]>;
  readonly fact: Fact;
  /**
   * The test of a single record. With `at`, it tests the record that this record refers to. Undefined if the fact is
   * tested on all records together.
   */
  readonly test: Test | undefined;
}

/** A requirement that at least one record of one kind must meet. */
export interface RecordRequirement {
  readonly kind: 'record';
  readonly parts: readonly FilterPart[];
  readonly of: Subject;
  readonly test: Test;
  /** A test of the records that this record refers to. At least one of them must pass. */
  readonly holder?: Test;
}

/** A requirement that is tested on all records of the product of some kinds together. */
export interface WholeRequirement {
  readonly kind: 'whole';
  readonly parts: readonly FilterPart[];
  /** The filter's value. A list of values may be split into one requirement per value. */
  readonly asked: Criterion['asked'];
  readonly with: readonly Subject[];
  readonly test: WholeTest;
  /** The test of the value that all these records state together, if the fact has such a value. */
  readonly testTogether?: ReturnType<JointValues['test']>;
  /** Whether the filter's value counts as a mistake if it excludes no product. */
  readonly isDoubtful: boolean;
  /**
   * Searches the records of all products for other names of the value, and returns a more exact test; undefined if
   * the records state no other names.
   */
  readonly testBy?: (records: readonly FhirResource[]) => WholeTest | undefined;
}

export type Requirement = RecordRequirement | WholeRequirement;

export function criteriaIn(filter: ProductFilter): readonly Criterion[] {
  return (Object.keys(facts) as FilterPart[]).flatMap((part): readonly Criterion[] => {
    const asked = filter[part];
    if (asked === undefined) return [];
    const fact: Fact = facts[part];
    const test = 'test' in fact ? fact.test(asked as never, filter) : undefined;
    return [{ part, asked, fact, test }];
  });
}

/**
 * Returns the requirements. Those about the product's own record come first, because they leave fewer products for
 * the others.
 */
export function requirementsOf(
  criteria: readonly Criterion[],
  filter: ProductFilter,
): readonly Requirement[] {
  const groups = new Map<string, Criterion[]>();
  for (const criterion of criteria) {
    const name = ('group' in criterion.fact ? criterion.fact.group : undefined) ?? criterion.part;
    const group = groups.get(name);
    if (group) group.push(criterion);
    else groups.set(name, [criterion]);
  }
  const requirements = [...groups.values()].flatMap((group) =>
    split(group).map((each) => requirementOf(each, filter)),
  );
  return requirements.sort((a, b) => Number(isLinked(a)) - Number(isLinked(b)));
}

/**
 * Splits a group into independent requirements: for parts with the same event, and for values that must each occur in
 * some record.
 */
function split(group: readonly Criterion[]): readonly (readonly Criterion[])[] {
  if (group.every(({ fact }) => 'event' in fact && fact.event !== undefined))
    return group.map((each) => [each]);
  const [only, ...others] = group;
  if (!only || others.length > 0 || !('isDoubtful' in only.fact) || !Array.isArray(only.asked))
    return [group];
  const asked = only.asked as unknown as readonly Criterion['asked'][];
  return asked.map((each) => [{ ...only, asked: [each] as unknown as Criterion['asked'] }]);
}

/** Whether a requirement needs other records than the product's own. */
export function isLinked(requirement: Requirement): boolean {
  return requirement.kind === 'whole' || requirement.of !== 'product';
}

function requirementOf(group: readonly Criterion[], filter: ProductFilter): Requirement {
  const parts = group.map(({ part }) => part);
  const [only, ...others] = group;
  if (!only) throw new TypeError('A group must have a part.');
  const { fact, asked } = only;
  if (!('test' in fact)) return wholeOf(fact, parts, asked, filter);
  const alone = others.length === 0 ? fact.alone : undefined;
  if (alone && 'with' in alone) return wholeOf(alone, parts, asked, filter);
  const tested = group as readonly (Criterion & { readonly fact: RecordFact; readonly test: Test })[];
  const own = tested.flatMap(({ fact: { at, where }, test }) => (at ? (where ?? []) : test));
  const [holder] = tested.flatMap(({ fact: { at }, test }) => (at ? test : []));
  return {
    kind: 'record',
    parts,
    of: alone?.of ?? fact.of,
    test: all(own),
    ...(holder ? { holder } : {}),
  };
}

function wholeOf(
  fact: WholeFact,
  parts: readonly FilterPart[],
  asked: Criterion['asked'],
  filter: ProductFilter,
): WholeRequirement {
  return {
    kind: 'whole',
    parts,
    asked,
    with: fact.with,
    test: fact.wholeTest(asked as never, filter),
    isDoubtful: fact.isDoubtful?.(asked as never) ?? false,
    ...(fact.together && { testTogether: fact.together.test(asked as never) }),
    ...(fact.testBy ? { testBy: (records) => fact.testBy?.(asked as never, records) } : {}),
  };
}

function all(tests: readonly Test[]): Test {
  const [only, ...others] = tests;
  if (only && others.length === 0) return only;
  return (resource, key, product) => allOf(tests.map((test) => test(resource, key, product)));
}
