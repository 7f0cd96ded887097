/** Recognizes a text that is a complete number, as it is printed on a box, in any spelling. */
import { recordColumn } from '../columns.js';
import type { FilterPart } from '../../facts/filter.js';
import type { Subject } from '../../facts/fact.js';
import type { IndexStore } from '../store/index-store.js';
import { foldNumber } from '../../terms/numbers.js';
import { otherRecords, untoldToken } from '../derive-rows.js';
import { anything, packageNumber } from './product-texts.js';

/** An identifying number of a product, such as an authorization number, that equals the searched text. */
export interface NumberMatch {
  readonly field: 'AUTHORIZATION_NUMBER' | 'PROCEDURE_NUMBER' | 'IDENTIFIER' | 'PACKAGE';
  /** The number in folded spelling. */
  readonly value: string;
}

interface Place {
  readonly field: NumberMatch['field'];
  /** The kind of the tokens with the numbers of this field. */
  readonly kind: string;
  tokensFor(text: string): readonly string[];
}

function placeOf(field: NumberMatch['field'], part: FilterPart, subject: Subject): Place {
  const { name, exact } = recordColumn(part, subject);
  return { field, kind: name, tokensFor: (text) => exact?.tokensFor([text] as never) ?? [] };
}

/** The fields that contain numbers. If a product has the number in several fields, the first of them counts. */
const places: readonly Place[] = [
  placeOf('AUTHORIZATION_NUMBER', 'authorizationNumber', 'authorization'),
  placeOf('PROCEDURE_NUMBER', 'procedureNumber', 'authorization'),
  placeOf('PACKAGE', 'dataCarrier', 'package'),
  { field: 'PACKAGE', kind: packageNumber, tokensFor: (text) => [foldNumber(text)] },
  placeOf('IDENTIFIER', 'identifier', 'product'),
];

/** Returns the products that have the text as one of their numbers, by their product numbers in the index. */
export async function readNumber(text: string, store: IndexStore): Promise<ReadonlyMap<number, NumberMatch>> {
  const found = new Map<number, NumberMatch>();
  if (!/\d/.test(text)) return found;
  for (const { field, kind, tokensFor } of places) {
    const tokens = tokensFor(text.trim());
    const borne = await store.tokens(kind, tokens);
    for (let at = 0; at < borne.length; at += 3) {
      const [product = 0, value = ''] = [borne[at], tokens[borne[at + 2] ?? 0]];
      if (!found.has(product)) found.set(product, { field, value });
    }
  }
  const rows = await store.byId([text.trim()]);
  for (const { number, id, state } of rows)
    if (state !== 'gone' && !found.has(number)) found.set(number, { field: 'IDENTIFIER', value: id });
  return found;
}

/**
 * Returns the products that may have the text as one of their numbers, because a number of theirs cannot be read. Records
 * that were not read at all do not count.
 */
export async function unreadNumbers(text: string, store: IndexStore): Promise<ReadonlySet<number>> {
  const products = new Set<number>();
  if (!/\d/.test(text)) return products;
  for (const { kind } of places) {
    const borne = await store.tokens(kind, [kind === packageNumber ? anything : untoldToken]);
    for (let at = 0; at < borne.length; at += 3)
      if (borne[at + 1] !== otherRecords) products.add(borne[at] ?? 0);
  }
  return products;
}
