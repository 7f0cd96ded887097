/** Lists as one value of a statement: its text stays the same however long they are, and is prepared once. */
import { sql, type RawBuilder } from 'kysely';

/** `number in ${anyOf(numbers)}` */
export function anyOf(values: readonly (number | string)[]): RawBuilder<unknown> {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}

/** Rows of a list of tuples, to select from: `value ->> 0` is the first of each, `key` its place. */
export function rowsOf(tuples: readonly (readonly (number | string | null)[])[]): RawBuilder<unknown> {
  return sql`json_each(${JSON.stringify(tuples)})`;
}

/**
 * A text as every engine keeps it: PostgreSQL refuses NUL, SQLite ends at it, and neither has halves of surrogate
 * pairs. Where it is asked for, it is to go through here as well.
 */
export function plain(text: string): string {
  return strange.test(text) ? text.replaceAll(strangeOnes, '\uFFFD') : text;
}

const strange = /[\0\p{Cs}]/u;
const strangeOnes = /[\0\p{Cs}]/gu;
