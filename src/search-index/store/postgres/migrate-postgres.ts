/** Creates and updates the tables of an index in PostgreSQL. */
import { sql, type Kysely, type Transaction } from 'kysely';
import { IndexError } from '../index-error.js';
import { migrations as all, type Migration } from '../migrations.js';
import type { Tables } from '../tables.js';

export interface MigrateOptions {
  readonly schema: string;
  readonly identity: string;
  /** The address of the database without user and password, for messages. */
  readonly place: string;
  readonly migrations?: readonly Migration[];
}

/**
 * Updates the tables, completely or not at all. Processes that start at the same time do so one after the other.
 * Processes with an older program that have the index open continue, because migrations only add.
 * @throws IndexError if the schema belongs to another upstream or program, or if a newer version wrote it
 */
export async function migratePostgres(db: Kysely<Tables>, options: MigrateOptions): Promise<void> {
  const { schema, identity, migrations = all } = options;
  // Nothing is locked if there is nothing to do, as at most starts.
  if ((await versionIn(db, options)) === migrations.length) return;
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${lockOf(schema)})`.execute(trx);
    const version = await versionIn(trx, options);
    if (version === 0) {
      await refuseEncoding(trx, options);
      if (!(await hasSchema(trx, schema))) await sql`create schema ${sql.id(schema)}`.execute(trx);
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      await migration(trx);
      if (index === 0)
        await trx
          .insertInto('meta')
          .values([
            { name: 'identity', value: identity },
            { name: 'generation', value: '0' },
            { name: 'bytes', value: '0' },
            { name: 'version', value: '0' },
          ])
          .execute();
    }
    await trx
      .updateTable('meta')
      .set({ value: String(migrations.length) })
      .where('name', '=', 'version')
      .execute();
  });
}

/** The number of the lock for the tables of a schema. Its last digits differ for each schema. */
function lockOf(schema: string): number {
  return Number.parseInt(schema.slice(-12), 16);
}

async function hasSchema(db: Kysely<Tables>, schema: string): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(db);
  return rows.length > 0;
}

/** The order of characters and all searches assume this encoding. */
async function refuseEncoding(db: Transaction<Tables>, { place }: MigrateOptions): Promise<void> {
  const { rows } = await sql<{ readonly server_encoding: string }>`show server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding === 'UTF8') return;
  throw new IndexError(
    'foreign',
    `${place} has the encoding ${encoding}. Create a database with the encoding UTF8, and set INDEX_URL to it.`,
  );
}

/** Returns the number of migrations that the schema has had; 0 without tables. */
async function versionIn(
  db: Kysely<Tables>,
  { schema, identity, place, migrations = all }: MigrateOptions,
): Promise<number> {
  const { rows: tables } = await sql<{ readonly name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = (select oid from pg_namespace where nspname = ${schema})`.execute(
    db,
  );
  if (tables.length === 0) return 0;
  const names = new Set(tables.map(({ name }) => name));
  const meta = names.has('meta') ? await readMeta(db) : new Map<string, string>();
  const version = Number(meta.get('version'));
  if (!Number.isInteger(version))
    throw new IndexError(
      'foreign',
      `The schema ${schema} in ${place} has tables of another program. Set INDEX_URL to another database.`,
    );
  if (version > migrations.length)
    throw new IndexError(
      'newer',
      `The index in ${place} was written by a newer version of this program (format ${version}; this version reads formats up to ${migrations.length}). Use the newer version, or delete the schema ${schema}, and the service fills a new index.`,
    );
  if (meta.get('identity') !== identity)
    throw new IndexError(
      'identity',
      `The schema ${schema} in ${place} is the index of another upstream. Set INDEX_URL to another database, or PMS_BASE_URL to that upstream.`,
    );
  return version;
}

async function readMeta(db: Kysely<Tables>): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('meta').select(['name', 'value']).execute();
  return new Map(rows.map(({ name, value }) => [name, value]));
}
