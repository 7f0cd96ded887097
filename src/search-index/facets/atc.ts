/** The facet of ATC classes. A product counts for its own class and for all classes above it. */
import type { Coding } from 'fhir/r5.js';
import { LRUCache } from 'lru-cache';
import { notTold } from '../../facts/fact.js';
import { isAtcGroup, isInAtcGroup } from '../../terms/atc.js';
import { isAtcCode, isAtcTerm } from '../../terms/ema-codes.js';
import { foldNumber } from '../../terms/numbers.js';
import { recordColumn } from '../columns.js';
import { readValuesShape } from '../shapes.js';
import { isAskable, choicesOf, type Field, type RecordValue } from './field.js';

const system = 'http://www.whocc.no/atc';
/** The numbers of characters of ATC codes on the first four levels. The fifth level is the lowest one. */
const lengths = [1, 3, 4, 5] as const;

/** @param atcCodeOf returns the ATC code of a class from the code of EMA's term in a record */
export function atc(atcCodeOf: (term: string) => string | undefined): Field {
  return {
    part: 'atc',
    // This column contains the names of classes, which the column of ATC codes does not.
    column: () => recordColumn('classification', 'product').name,
    reader: () => (shape) => {
      const codings = readValuesShape(shape).filter((value) => value !== notTold) as readonly Coding[];
      const values = codings.flatMap((coding) => classesOf(coding, atcCodeOf));
      return { values: values.filter(({ value }) => isClass(value)), keys: values.map(({ value }) => value) };
    },
    filterFor: (value) => ({ atc: [value] }),
    // In addition to the codes of EMA's terms, a filter contains the corresponding ATC codes.
    choices: ({ atc: asked = [] }) => choicesOf(asked.map(foldNumber).filter(isClass)),
    parentOf,
  };
}

function isClass(code: string): boolean {
  return isAtcGroup(code) || (/^[A-Z]/.test(code) && isAskable(code));
}

function classesOf(coding: Coding, atcCodeOf: (term: string) => string | undefined): readonly RecordValue[] {
  const { code } = coding;
  if (typeof code !== 'string') return [];
  const own = isAtcCode(coding) ? foldNumber(code) : isAtcTerm(coding) ? atcCodeOf(code) : undefined;
  if (own === undefined) return [];
  const name = typeof coding.display === 'string' ? coding.display.trim() || undefined : undefined;
  return [
    ...groupsOf(own).map((value) => ({ value, concept: { coding: [{ system, code: value }] } })),
    { value: own, name, concept: { coding: [coding] } },
  ];
}

/** Caches the parent of each class, because every count of ATC classes needs all parents. */
const parents = new LRUCache<string, { readonly parent: string | undefined }>({ max: 10_000 });

function parentOf(code: string): string | undefined {
  const { parent } = parents.get(code) ?? { parent: groupsOf(code).at(-1) };
  parents.set(code, { parent });
  return parent;
}

/** Returns the ATC groups that contain a code, from the first level down. */
function groupsOf(code: string): readonly string[] {
  return lengths
    .map((length) => code.slice(0, length))
    .filter((group) => group !== code && isInAtcGroup(code, group));
}
