/**
 * Numbers the values of one facet field. Each shape in the column is read only once, however many records have it.
 */
import type { CodeableConcept } from 'fhir/r5.js';
import type { Shape } from '../store/index-store.js';
import { untoldShape } from '../shapes.js';
import { unlessOdd } from '../../fhir/elements.js';
import type { FacetContent, RecordValue } from './field.js';

export interface Dictionary {
  /** Returns the number of the set of values that a shape has; undefined if the shape has not been read yet. */
  setOf(shape: number): number | undefined;
  /** Reads the values of a shape, and caches them. */
  learn(shape: Shape): void;
  /** Returns all sets of values that were read so far, by their numbers. */
  sets(): readonly ValueSet[];
  /** Returns the number of a value; undefined if no record has this value or one of its keys. */
  valueOf(value: string): number | undefined;
  /** Returns the number of values. They are numbered from 0. */
  size(): number;
  nameOf(value: number): NamedValue;
}

/** A set of values that one or more shapes have. The first set is empty. It is for shapes without a value. */
export interface ValueSet {
  /** The values that find the records of these shapes if they are used in a filter. */
  readonly found: readonly number[];
  /** The values under which the facet counts the records of these shapes. */
  readonly listed: readonly number[];
}

export interface NamedValue {
  readonly value: string;
  readonly name: string | undefined;
  readonly concept: CodeableConcept | undefined;
}

interface Value {
  readonly value: string;
  readonly keys: readonly string[];
  /** The forms in which records write the value. Each is identified by its JSON text. */
  readonly tellings: Map<string, Telling>;
  best: Telling | undefined;
}

/** A form in which some shapes write a value, with name and codes. */
interface Telling {
  readonly text: string;
  readonly told: RecordValue;
  times: number;
}

interface ToldSet {
  readonly keys: readonly string[];
  readonly listed: readonly number[];
}

/** The number of shapes per page. For each shape, a page contains the number of its set of values. */
const pageSize = 1_024;
const unread = -1;

export function createDictionary(
  read: (shape: string) => FacetContent | undefined,
  keysOf: (value: string) => readonly string[],
): Dictionary {
  const pages = new Map<number, Int32Array>();
  const values: Value[] = [];
  const byText = new Map<string, number>();
  const known = new Set<string>();
  const told: ToldSet[] = [{ keys: [], listed: [] }];
  const byContent = new Map<string, number>([[JSON.stringify([[], []]), 0]]);
  /** The sets, each with the values that find it; undefined after a set or a value was added. */
  let joined: readonly ValueSet[] | undefined;

  function numberOf(value: string): number {
    const before = byText.get(value);
    if (before !== undefined) return before;
    joined = undefined;
    byText.set(value, values.length);
    return values.push({ value, keys: keysOf(value), tellings: new Map(), best: undefined }) - 1;
  }

  function setWith({ values: listed, keys }: FacetContent): number {
    const numbers = [...new Set(listed.map(({ value }) => numberOf(value)))].sort((a, b) => a - b);
    const all = [...new Set(keys)].sort();
    const content = JSON.stringify([all, numbers]);
    const before = byContent.get(content);
    if (before !== undefined) return before;
    joined = undefined;
    for (const key of all) known.add(key);
    byContent.set(content, told.length);
    return told.push({ keys: all, listed: numbers }) - 1;
  }

  return {
    setOf(shape) {
      const set = pages.get(Math.floor(shape / pageSize))?.[shape % pageSize];
      return set === unread ? undefined : set;
    },
    learn({ number, shape }) {
      const at = Math.floor(number / pageSize);
      const page = pages.get(at) ?? new Int32Array(pageSize).fill(unread);
      pages.set(at, page);
      // A concurrent call may already have read this shape.
      if (page[number % pageSize] !== unread) return;
      const tells = shape === untoldShape ? undefined : unlessOdd(() => read(shape));
      page[number % pageSize] = tells ? setWith(tells) : 0;
      for (const each of tells?.values ?? []) take(each, values[numberOf(each.value)]);
    },
    sets: () => (joined ??= join(told, values)),
    valueOf(value) {
      const isKnown = byText.has(value) || keysOf(value).some((key) => known.has(key));
      return isKnown ? numberOf(value) : undefined;
    },
    size: () => values.length,
    nameOf(number) {
      const { value = '', best } = values[number] ?? {};
      return { value, name: best?.told.name, concept: best?.told.concept };
    },
  };
}

function take(told: RecordValue, value: Value | undefined): void {
  if (!value || (told.name === undefined && told.concept === undefined)) return;
  if (value.best?.told === told) {
    value.best.times += 1;
    return;
  }
  const text = JSON.stringify(told);
  const telling = value.tellings.get(text) ?? { text, told, times: 0 };
  telling.times += 1;
  value.tellings.set(text, telling);
  if (!value.best || isBetter(telling, value.best)) value.best = telling;
}

/**
 * Prefers a form with a name, then the more frequent form. Equal forms are ordered by text, so that the order of
 * reading does not matter.
 */
function isBetter(one: Telling, other: Telling): boolean {
  const [isNamed, isOtherNamed] = [one.told.name !== undefined, other.told.name !== undefined];
  if (isNamed !== isOtherNamed) return isNamed;
  return one.times === other.times ? one.text < other.text : one.times > other.times;
}

/** Returns each set with the values that find it. A value finds a set if they have a key in common. */
function join(told: readonly ToldSet[], values: readonly Value[]): readonly ValueSet[] {
  const byKey = new Map<string, number[]>();
  for (const [number, { keys }] of values.entries()) {
    for (const key of keys) {
      const found = byKey.get(key);
      if (found) found.push(number);
      else byKey.set(key, [number]);
    }
  }
  return told.map(({ keys, listed }) => ({
    found: [...new Set(keys.flatMap((key) => byKey.get(key) ?? []))],
    listed,
  }));
}
