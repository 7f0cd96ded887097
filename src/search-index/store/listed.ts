/**
 * Passes a list as one parameter of an SQL statement. The statement's text is the same for any length of the list, so
 * that it is prepared once.
 */
import { sql, type RawBuilder } from 'kysely';

/** Returns a list to use with `in`: `number in ${anyOf(numbers)}`. */
export function anyOf(values: readonly (number | string)[]): RawBuilder<unknown> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/**
 * Returns a table of tuples to select from. `value ->> 0` is the first item of a tuple, `key` the tuple's position.
 */
export function rowsOf(tuples: readonly (readonly (number | string | null)[])[]): RawBuilder<unknown> {
  return sql`json_each(${JSON.stringify(tuples)})`;
}

/**
 * Replaces the characters of a text that databases do not store: PostgreSQL refuses NUL, SQLite ends the text there,
 * and neither stores lone surrogates. Texts to search for must be converted as well.
 */
export function plain(text: string): string {
  return strange.test(text) ? text.replaceAll(strangeOnes, '\uFFFD') : text;
}

const strange = /[\0\p{Cs}]/u;
const strangeOnes = /[\0\p{Cs}]/gu;
