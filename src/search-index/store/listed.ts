/**
 * Passes a list as one parameter of an SQL statement, and returns a list as one value. The text of the statement does
 * not depend on the length of the list, so that it is prepared only once.
 */
import { hash } from 'node:crypto';
import { PostgresAdapter, sql, type Kysely, type RawBuilder } from 'kysely';

type Db = Pick<Kysely<unknown>, 'getExecutor'>;

/** Whether a database is PostgreSQL. Otherwise it is SQLite. */
export function isPostgres(db: Db): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Returns the condition that a column has one of some values: `number ${among(db, numbers)}`. */
export function among(db: Db, values: readonly (number | string)[]): RawBuilder<unknown> {
  if (!isPostgres(db)) return sql`in (select value from json_each(${JSON.stringify(values)}))`;
  // A list of nothing has no type.
  if (values.length === 0) return sql`in (null)`;
  // PostgreSQL knows how long an array is. For a subquery it would often read the whole table.
  return typeof values[0] === 'string' ? sql`= any(${values}::text[])` : sql`= any(${values}::integer[])`;
}

/**
 * Returns a table `each` of tuples that can be selected from. `value ->> 0` is the first item of a tuple, and `key` is
 * the tuple's position, from 0. PostgreSQL returns items as texts, so numbers must be cast.
 */
export function rowsOf(
  db: Db,
  tuples: readonly (readonly (number | string | null)[])[],
): RawBuilder<unknown> {
  const json = JSON.stringify(tuples);
  if (!isPostgres(db)) return sql`json_each(${json}) as each`;
  return sql`(select value, place - 1 as key
    from json_array_elements(${json}::json) with ordinality as item(value, place)) as each`;
}

/** Returns the values of all rows as one JSON text: an array, in the order of the rows. */
export function listOf(db: Db, value: RawBuilder<unknown>): RawBuilder<string> {
  return isPostgres(db) ? sql`coalesce(json_agg(${value}), '[]')::text` : sql`json_group_array(${value})`;
}

/** Returns a JSON array of some values of one row. */
export function tupleOf(db: Db, values: RawBuilder<unknown>): RawBuilder<unknown> {
  return isPostgres(db) ? sql`json_build_array(${values})` : sql`json_array(${values})`;
}

/**
 * Replaces those characters of a text that databases cannot store: PostgreSQL refuses NUL, SQLite ends the text at
 * NUL, and neither stores lone surrogates. Texts in searches must be converted in the same way.
 */
export function plain(text: string): string {
  return strange.test(text) ? text.replaceAll(strangeOnes, '\uFFFD') : text;
}

/**
 * Returns the form of a token's value in which it is stored and searched. A PostgreSQL index cannot have texts of more
 * than some 2,600 bytes, so the end of a longer value is replaced by its hash.
 */
export function tokenText(value: string): string {
  const text = plain(value);
  if (text.length <= longestToken) return text;
  // The cut may be in the middle of a surrogate pair.
  return plain(text.slice(0, longestToken)) + hash('sha256', text, 'base64url');
}

const longestToken = 800;

const strange = /[\0\p{Cs}]/u;
const strangeOnes = /[\0\p{Cs}]/gu;
