/** The numbered migrations that create and change the tables. No migration undoes a change. */
import { sql, type ColumnDefinitionBuilder, type RawBuilder, type Transaction } from 'kysely';
import { isPostgres } from './listed.js';
import { beginChanges } from './write-changes.js';
import type { Tables } from './tables.js';

export type Migration = (db: Transaction<Tables>) => Promise<void>;

/** A migration is never changed after its release. A later migration corrects it. */
export const migrations: readonly Migration[] = [createTables, createChanges];

type ColumnType = 'text' | 'blob' | 'bytea' | 'integer' | 'bigint' | RawBuilder<unknown>;

/** The types of columns, which differ between the databases. */
interface ColumnTypes {
  /** A text that is compared by its characters, whatever the language of the database. */
  readonly text: ColumnType;
  readonly bytes: ColumnType;
  /** A number that may exceed 2^31. */
  readonly long: ColumnType;
  /** Makes a column the primary key, with numbers that are never reused. */
  readonly numbered: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  /** The end of the definition of a table whose rows are found by a primary key of several columns. */
  readonly keyed: RawBuilder<unknown>;
}

const sqliteTypes: ColumnTypes = {
  text: 'text',
  bytes: 'blob',
  long: 'integer',
  numbered: (column) => column.primaryKey().autoIncrement(),
  keyed: sql`without rowid`,
};

const postgresTypes: ColumnTypes = {
  text: sql`text collate "C"`,
  bytes: 'bytea',
  long: 'bigint',
  numbered: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  keyed: sql``,
};

function typesOf(db: Transaction<Tables>): ColumnTypes {
  return isPostgres(db) ? postgresTypes : sqliteTypes;
}

async function createTables(db: Transaction<Tables>): Promise<void> {
  const { schema } = db;
  const types = typesOf(db);
  for (const name of ['meta', 'note'])
    await schema
      .createTable(name)
      .addColumn('name', types.text, (column) => column.primaryKey())
      .addColumn('value', types.text, (column) => column.notNull())
      .modifyEnd(types.keyed)
      .execute();
  await schema
    .createTable('product')
    .addColumn('number', 'integer', (column) => types.numbered(column).check(sql`number < 2147483648`))
    .addColumn('id', types.text, (column) => column.notNull().unique())
    .addColumn('as_of', types.long, (column) => column.notNull())
    .addColumn('version_id', types.text)
    .addColumn('last_updated', types.text)
    .addColumn('state', types.text, (column) => column.notNull())
    .addColumn('detailed', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('product_state').on('product').column('state').execute();
  // With this database index, the oldest details are found and deleted first.
  await schema.createIndex('product_age').on('product').columns(['detailed', 'as_of']).execute();
  for (const name of ['own', 'rest'])
    await schema
      .createTable(name)
      .addColumn('product', 'integer', (column) => column.primaryKey())
      .addColumn('bytes', types.bytes, (column) => column.notNull())
      .execute();
  await createFacts(schema, types);
  if (isPostgres(db)) await createForFleet(db, types);
}

/** What several processes that write need. An SQLite file has one process that writes. */
async function createForFleet(db: Transaction<Tables>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('lease')
    .addColumn('name', types.text, (column) => column.primaryKey())
    .addColumn('holder', types.text, (column) => column.notNull())
    .addColumn('expires', 'timestamptz', (column) => column.notNull())
    .execute();
  // The bytes are compressed already.
  for (const table of ['own', 'rest'])
    await sql`alter table ${sql.table(table)} alter column bytes set storage external`.execute(db);
}

async function createFacts(schema: Transaction<Tables>['schema'], types: ColumnTypes): Promise<void> {
  await schema
    .createTable('shape')
    .addColumn('number', 'integer', (column) => types.numbered(column).check(sql`number < 2147483648`))
    .addColumn('part', types.text, (column) => column.notNull())
    // Texts are long, so their hashes are compared instead.
    .addColumn('hash', types.text, (column) => column.notNull())
    .addColumn('shape', types.text, (column) => column.notNull())
    .addUniqueConstraint('shape_hash', ['part', 'hash'])
    .execute();
  await schema
    .createTable('told')
    .addColumn('shape', 'integer', (column) => column.notNull())
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('record', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('told_key', ['shape', 'product', 'record'])
    .modifyEnd(types.keyed)
    .execute();
  await schema.createIndex('told_product').on('told').column('product').execute();
  await schema
    .createTable('token')
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('value', types.text, (column) => column.notNull())
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('record', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('token_key', ['kind', 'value', 'product', 'record'])
    .modifyEnd(types.keyed)
    .execute();
  await schema.createIndex('token_product').on('token').column('product').execute();
}

/** Products that are stored already get no changes. The index cannot tell when they were new. */
async function createChanges(db: Transaction<Tables>): Promise<void> {
  const { schema } = db;
  const types = typesOf(db);
  await schema
    .createTable('change')
    .addColumn('number', types.long, (column) => types.numbered(column))
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('kind', types.text, (column) => column.notNull())
    .addColumn('at', types.long, (column) => column.notNull())
    .addColumn('parts', types.text, (column) => column.notNull())
    .execute();
  await schema.createIndex('change_at').on('change').column('at').execute();
  await schema
    .createTable('seen')
    .addColumn('product', 'integer', (column) => column.primaryKey())
    .addColumn('first_seen', types.long)
    .addColumn('parts', types.text, (column) => column.notNull())
    .execute();
  await beginChanges(db, Date.now());
}
