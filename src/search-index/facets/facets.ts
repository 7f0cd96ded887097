/** Counts the values of fields among the products that a filter finds. It uses columns of numbers in memory. */
import { LRUCache } from 'lru-cache';
import type { ProductFilter } from '../../facts/filter.js';
import { criteriaIn, type Criterion } from '../../facts/requirements.js';
import { atcCodeOf } from '../../terms/ema-terms.js';
import type { Judge } from '../judge.js';
import { createLatest, type Latest } from '../latest.js';
import type { IndexStore } from '../store/index-store.js';
import { liveProducts } from '../store/live-products.js';
import { countValues, membersOf, type Counted, type Members, type Within } from './counting.js';
import { uncovered } from './covered.js';
import { createDictionary, type Dictionary } from './dictionary.js';
import type { Facet, FacetField, FacetQuery, FacetValue } from './facet.js';
import type { Field } from './field.js';
import { fieldsWith } from './fields.js';
import { createGrouping, groupsOf, type Groups } from './groups.js';
import { both, meeting, recordsMeeting, restOf, type Rest } from './rest.js';
import { readRows, slice, type RowSource, type Rows } from './rows.js';
import { firstOf, opened } from './shown.js';

export interface Facets {
  /** Returns facets in the order of the fields. */
  count(query: FacetQuery): Promise<readonly Facet[]>;
  /** Reads the values of each field into memory, so that counting is fast. */
  prepare(): Promise<void>;
  /** Adds ATC codes for EMA's terms, beside those that are built in. */
  learnAtc(codes: ReadonlyMap<string, string>): void;
}

export interface FacetsOptions {
  /**
   * If at most this number of products is counted, and the field is not in memory, they are read from the store.
   * @default 5000
   */
  readonly few?: number;
}

/** A field in memory: its values, and the rows of all products. */
interface View extends RowSource {
  readonly all: Latest<Held>;
}

interface Held {
  readonly rows: Rows;
  readonly groups: Groups;
}

/**
 * The maximum number of views in memory. A field has one view for each set of filter values that change how it is
 * read.
 */
const mostViews = 40;

/** The state of counting one facet. */
interface Counting {
  readonly field: Field;
  readonly filter: ProductFilter;
  readonly rest: Rest;
  readonly dictionary: Dictionary;
  readonly groups: Groups;
  readonly within: Within;
  /** The number of products among which the facet is counted. */
  readonly total: number;
}

export function createFacets(store: IndexStore, judge: Judge, { few = slice }: FacetsOptions = {}): Facets {
  const views = new LRUCache<string, View>({ max: mostViews });
  const live = createLatest(store, () => liveProducts(store));
  let fields = fieldsWith(atcCodeOf);

  function viewOf(name: FacetField, filter: ProductFilter, isAlone: boolean): View {
    const field = fields[name];
    const day = field.isDated ? new Date().toISOString().slice(0, 10) : '';
    const key = JSON.stringify([name, isAlone, field.dependsOn?.(filter), day]);
    const before = views.get(key);
    if (before) return before;
    const { where } = field;
    const isMet = where && {
      column: where.column,
      met: createDictionary(
        (shape) => (where.test(shape) ? { values: [{ value: '' }], keys: [''] } : undefined),
        (value) => [value],
      ),
    };
    const source: RowSource = {
      column: field.column(isAlone),
      where: isMet,
      dictionary: createDictionary(field.reader(filter, isAlone), field.keysOf ?? ((value) => [value])),
    };
    const all = createLatest(store, async () => {
      const grouping = createGrouping();
      const rows = await readRows(store, source, await live.renewed(), grouping.take);
      return { rows, groups: grouping.groups() };
    });
    const view = { ...source, all };
    views.set(key, view);
    return view;
  }

  /**
   * Returns the groups of products to count. If there are few products, only these are read from the store.
   * @param records the records whose values count; undefined for all records
   */
  async function groupsFor(
    view: View,
    products: ReadonlySet<number> | undefined,
    records: ReadonlySet<number> | undefined,
  ): Promise<Groups> {
    const isFew = products !== undefined && products.size <= few;
    const held = isFew ? await view.all.ready() : await view.all.current();
    if (held) return records ? groupsOf(held.rows, records) : held.groups;
    return groupsOf(await readRows(store, view, Int32Array.from(products ?? []).sort()), records);
  }

  async function countOne(name: FacetField, query: FacetQuery, met: Met): Promise<Facet> {
    const field = fields[name];
    const rest = restOf(query.filter, field);
    const { filter, mates, dependents } = rest;
    const products = both(query.among, await met(rest.others, filter));
    const held = await recordsMeeting(judge, mates, filter);
    const found = both(both(products, held?.products), await met(dependents, filter));
    const view = viewOf(name, query.filter, rest.isAlone);
    const isRead = mates.every(({ part }) => field.reads?.includes(part));
    const counting: Counting = {
      field,
      filter: query.filter,
      rest,
      dictionary: view.dictionary,
      groups: await groupsFor(view, found, isRead ? undefined : held?.records),
      within: { products: found && membersOf(found), byValue: new Map() },
      total: found?.size ?? (await live.current()).length,
    };
    return facetOf(name, query.first, await byDependents(counting));
  }

  /** Tests, for each value of the field separately, those parts of the filter that depend on it. */
  async function byDependents(counting: Counting): Promise<Counting> {
    const { field, filter, rest, dictionary, within } = counting;
    if (rest.dependents.length === 0) return counting;
    const parts = new Set(rest.dependents.map(({ part }) => part));
    const byValue = new Map<number, Members>();
    const listed = [...countIn(counting).listed];
    for (const value of new Set([...listed, ...chosenIn(counting, listed)])) {
      const asked = { ...rest.filter, ...field.filterFor(dictionary.nameOf(value).value, filter) };
      const criteria = criteriaIn(asked).filter(({ part }) => parts.has(part));
      byValue.set(value, membersOf((await meeting(judge, criteria, asked)) ?? new Set()));
    }
    return { ...counting, within: { ...within, byValue } };
  }

  return {
    async count(query) {
      const met = remembered(judge);
      const all: Facet[] = [];
      for (const name of query.fields) all.push(await countOne(name, query, met));
      return all;
    },
    async prepare() {
      for (const name of Object.keys(fields) as FacetField[]) await viewOf(name, {}, true).all.renewed();
    },
    learnAtc(codes) {
      fields = fieldsWith((term) => codes.get(term) ?? atcCodeOf(term));
      views.clear();
    },
  };
}

type Met = (
  criteria: readonly Criterion[],
  filter: ProductFilter,
) => Promise<ReadonlySet<number> | undefined>;

/** Caches results, so that all fields without a part in the filter use the same set of products. */
function remembered(judge: Judge): Met {
  const known = new Map<string, Promise<ReadonlySet<number> | undefined>>();
  return (criteria, filter) => {
    const name = JSON.stringify([criteria.map(({ part }) => part), filter]);
    const before = known.get(name) ?? meeting(judge, criteria, filter);
    known.set(name, before);
    return before;
  };
}

function countIn({ groups, dictionary, within }: Counting): Counted {
  return countValues(groups, dictionary.sets(), dictionary.size(), within);
}

/** Returns the values in the filter that occur in some record, but that no counted product is listed under. */
function chosenIn({ field, filter, dictionary }: Counting, listed: readonly number[]): readonly number[] {
  const choices = field.choices(filter);
  if (choices.length === 0) return [];
  const names = listed.map((number) => dictionary.nameOf(number));
  return choices.flatMap(({ value, is }) => {
    const isThere = names.some((each) => is(each.value, each.name));
    return value === undefined || isThere ? [] : (dictionary.valueOf(value) ?? []);
  });
}

function facetOf(name: FacetField, first: number, counting: Counting): Facet {
  const { field, dictionary, total } = counting;
  const before = countIn(counting);
  const having = [...before.listed].filter((value) => (before.counts[value] ?? 0) > 0);
  const had = field.isNamed ? uncovered(having, dictionary) : having;
  const chosen = chosenIn(counting, had);
  // `chosenIn` may have added values. They can find products too.
  const counted = chosen.length > 0 ? countIn(counting) : before;
  const values = valuesOf(counting, new Set([...had, ...chosen]), counted.counts);
  const shown = field.parentOf ? opened(values, first) : firstOf(values, first);
  const shownNumbers = new Set(shown.flatMap(({ value }) => dictionary.valueOf(value) ?? []));
  const withAny = counted.having(new Set([...had, ...shownNumbers]));
  return {
    field: name,
    values: shown,
    distinct: had.length,
    other: withAny - counted.having(shownNumbers),
    missing: total - withAny,
  };
}

/** Returns the values that products have, and the values in the filter that no product has. */
function valuesOf(
  { field, filter, dictionary }: Counting,
  numbers: ReadonlySet<number>,
  counts: Int32Array,
): readonly FacetValue[] {
  const choices = field.choices(filter);
  const told = [...numbers].map((number): FacetValue => {
    const { value, name, concept } = dictionary.nameOf(number);
    const selected = choices.some((choice) => choice.is(value, name));
    return { ...plainValue(value, field), name: name ?? null, concept, count: counts[number] ?? 0, selected };
  });
  const strangers = choices.flatMap(({ value, is }) => {
    const isThere = told.some((each) => is(each.value, each.name ?? undefined));
    return value === undefined || isThere ? [] : [{ ...plainValue(value, field), selected: true }];
  });
  return [...told, ...strangers];
}

function plainValue(value: string, field: Field): FacetValue {
  const parent = field.parentOf?.(value) ?? null;
  return { value, name: null, concept: undefined, count: 0, selected: false, parent };
}
