/** The numbered migrations that create and change the tables. No migration undoes a change. */
import { sql, type Transaction } from 'kysely';
import { beginChanges } from './write-changes.js';
import type { Tables } from './tables.js';

export type Migration = (db: Transaction<Tables>) => Promise<void>;

/** A migration is never changed after its release. A later migration corrects it. */
export const migrations: readonly Migration[] = [createTables, createChanges];

const withoutRowid = sql`without rowid`;

async function createTables(db: Transaction<Tables>): Promise<void> {
  const { schema } = db;
  for (const name of ['meta', 'note'])
    await schema
      .createTable(name)
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .modifyEnd(withoutRowid)
      .execute();
  await schema
    .createTable('product')
    .addColumn('number', 'integer', (column) =>
      column
        .primaryKey()
        .autoIncrement()
        .check(sql`number < 2147483648`),
    )
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('as_of', 'integer', (column) => column.notNull())
    .addColumn('version_id', 'text')
    .addColumn('last_updated', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('detailed', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('product_state').on('product').column('state').execute();
  // With this database index, the oldest details are found and deleted first.
  await schema.createIndex('product_age').on('product').columns(['detailed', 'as_of']).execute();
  for (const name of ['own', 'rest'])
    await schema
      .createTable(name)
      .addColumn('product', 'integer', (column) => column.primaryKey())
      .addColumn('bytes', 'blob', (column) => column.notNull())
      .execute();
  await createFacts(schema);
}

async function createFacts(schema: Transaction<Tables>['schema']): Promise<void> {
  await schema
    .createTable('shape')
    .addColumn('number', 'integer', (column) =>
      column
        .primaryKey()
        .autoIncrement()
        .check(sql`number < 2147483648`),
    )
    .addColumn('part', 'text', (column) => column.notNull())
    // Texts are long, so their hashes are compared instead.
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('shape', 'text', (column) => column.notNull())
    .addUniqueConstraint('shape_hash', ['part', 'hash'])
    .execute();
  await schema
    .createTable('told')
    .addColumn('shape', 'integer', (column) => column.notNull())
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('record', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('told_key', ['shape', 'product', 'record'])
    .modifyEnd(withoutRowid)
    .execute();
  await schema.createIndex('told_product').on('told').column('product').execute();
  await schema
    .createTable('token')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('record', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('token_key', ['kind', 'value', 'product', 'record'])
    .modifyEnd(withoutRowid)
    .execute();
  await schema.createIndex('token_product').on('token').column('product').execute();
}

/** Products that are stored already get no changes. The index cannot tell when they were new. */
async function createChanges(db: Transaction<Tables>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('change')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('product', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('parts', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('change_at').on('change').column('at').execute();
  await schema
    .createTable('seen')
    .addColumn('product', 'integer', (column) => column.primaryKey())
    .addColumn('first_seen', 'integer')
    .addColumn('parts', 'text', (column) => column.notNull())
    .execute();
  await beginChanges(db, Date.now());
}
