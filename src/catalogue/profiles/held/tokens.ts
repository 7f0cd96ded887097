/**
 * Computes the index tokens of a product: the words and numbers that terms may match, and the keys of the product's
 * records.
 */
import type { FhirResource } from '../../../fhir/resources.js';
import type { TokenRow } from '../../../search-index/store/index-store.js';
import { untoldToken } from '../../../search-index/derive-rows.js';
import { namesOf } from '../../../facts/of-product.js';
import { unlessOdd } from '../../../fhir/elements.js';
import { keyOf, isOfType } from '../../graph/key.js';
import { foldingsIn, untoldWaysOf } from '../../lookup/namings.js';
import type { TermWay } from '../../question/term.js';
import { nameQuery } from '../../lookup/words.js';

/**
 * Token kind: a word or number of any record in folded spelling, or a mark for unreadable values of one kind of term.
 */
export const termToken = 'term';
/** Returns the token that marks products with unreadable names or numbers of one kind of term. */
export function untoldTermOf(way: TermWay): string {
  return `${untoldToken} ${way}`;
}

/** Token kind: a word, a number or a unit of a product's name. */
export const wordToken = 'word';
/** Token kind: the key of a record that belongs to the product. */
export const recordToken = 'record';

/**
 * @param others contained records, and records that are only known from a reference; their keys become `term` tokens
 */
export function tokensOf(
  records: readonly FhirResource[],
  others: readonly FhirResource[] = [],
): readonly TokenRow[] {
  const all = [...records, ...others];
  const terms = new Set([
    ...all.flatMap(foldingsIn),
    ...others.map(keyOf),
    ...all.flatMap(untoldWaysOf).map(untoldTermOf),
  ]);
  const words = new Set(
    records
      .flatMap((record) => unlessOdd(() => namesOf(record)) ?? [])
      .flatMap((name) => [...(nameQuery(name)?.parts ?? [])]),
  );
  const keys = records.map(keyOf).filter((key) => !isOfType(key, 'MedicinalProductDefinition'));
  return [...rows(termToken, terms), ...rows(wordToken, words), ...rows(recordToken, new Set(keys))];
}

function rows(kind: string, values: ReadonlySet<string>): readonly TokenRow[] {
  return [...values].map((value) => ({ kind, value, record: 0 }));
}
