/** A text that is all of a number off a box, in any spelling. */
import { recordColumn } from '../columns.js';
import type { FilterPart } from '../../facts/filter.js';
import type { Subject } from '../../facts/fact.js';
import type { IndexStore } from '../store/index-store.js';

/** Where a product bears a number. */
export interface NumberMatch {
  readonly field: 'AUTHORIZATION_NUMBER' | 'PROCEDURE_NUMBER' | 'IDENTIFIER' | 'PACKAGE';
  /** As it is compared. */
  readonly value: string;
}

/** The first that bears it counts. */
const places: readonly (readonly [NumberMatch['field'], FilterPart, Subject])[] = [
  ['AUTHORIZATION_NUMBER', 'authorizationNumber', 'authorization'],
  ['PROCEDURE_NUMBER', 'procedureNumber', 'authorization'],
  ['PACKAGE', 'dataCarrier', 'package'],
  ['IDENTIFIER', 'identifier', 'product'],
];

/** The products that bear a number, by their own numbers in the index. */
export async function readNumber(text: string, store: IndexStore): Promise<ReadonlyMap<number, NumberMatch>> {
  const found = new Map<number, NumberMatch>();
  if (!/\d/.test(text)) return found;
  for (const [field, part, subject] of places) {
    const column = recordColumn(part, subject);
    const tokens = column.exact?.tokensFor([text.trim()] as never) ?? [];
    const borne = await store.tokens(column.name, tokens);
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
