/**
 * Passes a list as one parameter of an SQL statement. The text of the statement does not depend on the length of the
 * list, so that it is prepared only once.
 */
import { sql, type RawBuilder } from 'kysely';

/** Returns a list for use with `in`: `number in ${anyOf(numbers)}`. */
export function anyOf(values: readonly (number | string)[]): RawBuilder<unknown> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/**
 * Returns a table of tuples that can be selected from. `value ->> 0` is the first item of a tuple, and `key` is the
 * tuple's position.
 */
export function rowsOf(tuples: readonly (readonly (number | string | null)[])[]): RawBuilder<unknown> {
  return sql`json_each(${JSON.stringify(tuples)})`;
}

/**
 * Replaces those characters of a text that databases cannot store: PostgreSQL refuses NUL, SQLite ends the text at
 * NUL, and neither stores lone surrogates. Texts in searches must be converted in the same way.
 */
export function plain(text: string): string {
  return strange.test(text) ? text.replaceAll(strangeOnes, '\uFFFD') : text;
}

const strange = /[\0\p{Cs}]/u;
const strangeOnes = /[\0\p{Cs}]/gu;
