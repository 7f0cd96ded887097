/** Lists as one parameter of a statement: its text is the same for any length, and is prepared once. */
import { sql, type RawBuilder } from 'kysely';

/** `number in ${anyOf(numbers)}` */
export function anyOf(values: readonly (number | string)[]): RawBuilder<unknown> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** Returns rows for a list of tuples, to select from: `value ->> 0` is the first of each tuple, `key` its position. */
export function rowsOf(tuples: readonly (readonly (number | string | null)[])[]): RawBuilder<unknown> {
  return sql`json_each(${JSON.stringify(tuples)})`;
}

/**
 * Returns a text in the form that every engine stores: PostgreSQL refuses NUL, SQLite ends the text there, and neither
 * stores lone surrogates. Texts to search for must be converted as well.
 */
export function plain(text: string): string {
  return strange.test(text) ? text.replaceAll(strangeOnes, '\uFFFD') : text;
}

const strange = /[\0\p{Cs}]/u;
const strangeOnes = /[\0\p{Cs}]/gu;
