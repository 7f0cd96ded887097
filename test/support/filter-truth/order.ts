/** The sort values of a product for each order. */
import { firstDate, productHolder } from './authorizations.js';
import { basesOf, ownNames, roleOf, strengthsOf } from './ingredients.js';
import type { SortInput, SortName } from './input.js';
import type { Candidate } from './products.js';
import { rankOf } from './quantities.js';
import { compareIds } from './words.js';

type Value = string | number | readonly (string | number | bigint)[];

const values: Readonly<Record<SortName, (candidate: Candidate) => readonly Value[]>> = {
  NAME: ({ found }) => found.names.slice(0, 1),
  UPDATED: ({ found }) => [found.updated].flatMap((each) => each ?? []),
  AUTHORIZED({ family }) {
    const first = firstDate(family);
    return first === undefined ? [] : [first];
  },
  HOLDER: ({ family }) => productHolder(family),
  SUBSTANCE: ({ family }) =>
    family.ingredients
      .filter((each) => roleOf(each) === 'ACTIVE')
      .flatMap((each) => {
        const bases = basesOf(each).flatMap(({ substance }) => (substance ? [substance] : []));
        const subjects = bases.length > 0 ? bases : [each.substance.code];
        return subjects.flatMap((subject) => ownNames(subject).slice(0, 1));
      }),
  STRENGTH: ({ family }) =>
    family.ingredients
      .filter((each) => roleOf(each) === 'ACTIVE')
      .flatMap(strengthsOf)
      .flatMap((ratio) => {
        const rank = rankOf(ratio);
        return rank ? [rank] : [];
      }),
  PACK_SIZE: ({ found }) => found.sizes,
};

/** Sorts products. Equal products are in the order of their ids. Products without a value come last. */
export function sortedBy(
  candidates: readonly Candidate[],
  { by, order }: SortInput,
  language: string,
): readonly Candidate[] {
  const collator = new Intl.Collator(language, { numeric: true });
  const compare = (a: Value, b: Value): number => {
    if (typeof a === 'object' && typeof b === 'object')
      return a.map((each, at) => compareParts(each, b[at])).find((step) => step !== 0) ?? 0;
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  };
  const sign = order === 'DESC' ? -1 : 1;
  const keyed = candidates.map((candidate) => ({
    candidate,
    value: values[by](candidate).toSorted((a, b) => sign * compare(a, b))[0],
  }));
  return keyed
    .toSorted((one, other) => {
      const byId = compareIds(one.candidate.found.id, other.candidate.found.id);
      if (one.value === undefined || other.value === undefined)
        return Number(one.value === undefined) - Number(other.value === undefined) || byId;
      return sign * compare(one.value, other.value) || byId;
    })
    .map(({ candidate }) => candidate);
}

function compareParts(a: string | number | bigint, b: string | number | bigint | undefined): number {
  if (b === undefined) return 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
