import { Kysely, sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { lookInto, migrate } from '../../../src/search-index/store/migrate.js';
import { migrations, type Migration } from '../../../src/search-index/store/migrations.js';
import { createSqliteDialect } from '../../../src/search-index/store/sqlite-dialect.js';
import { loadSqlite } from '../../../src/search-index/store/sqlite.js';
import type { Tables } from '../../../src/search-index/store/tables.js';

const addsNickname: Migration = async (db) => {
  await db.schema.alterTable('product').addColumn('nickname', 'text').execute();
};
const failsHalfway: Migration = async (db) => {
  await db.schema.createTable('half').addColumn('a', 'text').execute();
  await sql`insert into nowhere values (1)`.execute(db);
};

function newDatabase() {
  const database = loadSqlite().open(':memory:');
  onTestFinished(() => database.close());
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(database) });
  const versionOf = (newest: number) => lookInto(database, { file: 'x', identity: 'test', newest }).version;
  return { database, db, versionOf };
}

it('migrations of the index file run once each, from the version of the file on', async () => {
  const { database, db, versionOf } = newDatabase();
  await migrate(db, { version: versionOf(2) }, 'test');
  expect(versionOf(2)).toBe(2);
  await db.insertInto('note').values({ name: 'a', value: 'b' }).execute();
  await migrate(db, { version: 2 }, 'test', [...migrations, addsNickname]);
  expect(versionOf(3)).toBe(3);
  await migrate(db, { version: 3 }, 'test', [...migrations, addsNickname]);
  expect(database.all('select nickname from product')).toEqual([]);
  expect(await db.selectFrom('note').selectAll().execute()).toMatchObject([{ name: 'a', value: 'b' }]);
});

it('migrations leave the index file unchanged if one of them fails', async () => {
  const { database, db, versionOf } = newDatabase();
  await migrate(db, { version: 0 }, 'test');
  await expect(
    migrate(db, { version: 2 }, 'test', [...migrations, addsNickname, failsHalfway]),
  ).rejects.toMatchObject({ message: 'no such table: nowhere' });
  expect(versionOf(4)).toBe(3);
  expect(database.all(`select name from sqlite_schema where name = 'half'`)).toEqual([]);
});

it('migration 2 adds an empty list of changes to an index that has products', async () => {
  const { database, db } = newDatabase();
  await migrate(db, { version: 0 }, 'test', migrations.slice(0, 1));
  database.exec(`insert into product (id, as_of, state, detailed) values ('1', 1, 'held', 0)`);
  await migrate(db, { version: 1 }, 'test');
  expect(database.all('select id from product')).toEqual([{ id: '1' }]);
  expect(database.all('select * from change')).toEqual([]);
  expect(database.all(`select length(value) as length from meta where name = 'changes_handle'`)).toEqual([
    { length: 12 },
  ]);
});
