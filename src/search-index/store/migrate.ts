/** Checks whether a database is an index, and to which upstream and version it belongs. Updates its tables. */
import { sql, type Kysely } from 'kysely';
import { IndexError } from './index-error.js';
import { migrations as all, type Migration } from './migrations.js';
import type { Database } from './sqlite.js';
import type { Tables } from './tables.js';

/** `pmsi`: the application id in the header of the SQLite file. */
const mark = 0x706d_7369;

export interface Looked {
  /** The number of migrations that the database has had; 0 for an empty file. */
  readonly version: number;
}

/**
 * Inspects a database without writing to it.
 * @throws IndexError if the database belongs to another program or to another upstream, or if a newer version wrote
 * it
 */
export function lookInto(
  database: Database,
  {
    file,
    identity,
    newest = all.length,
  }: { readonly file: string; readonly identity: string; readonly newest?: number },
): Looked {
  const found = numberIn(database, 'pragma application_id');
  const version = numberIn(database, 'pragma user_version');
  if (found === 0 && version === 0 && numberIn(database, 'select count(*) as n from sqlite_schema') === 0)
    return { version: 0 };
  if (found !== mark)
    throw new IndexError(
      'foreign',
      `${file} is a database of another program. Set INDEX_URL to another file.`,
    );
  if (version > newest)
    throw new IndexError(
      'newer',
      `${file} was written by a newer version of this program (format ${version}; this version reads formats up to ${newest}). Use the newer version, or delete the file, and the service fills a new index.`,
    );
  const [held] = database.all(`select value from meta where name = 'identity'`) as readonly {
    readonly value: string;
  }[];
  if (held?.value !== identity)
    throw new IndexError(
      'identity',
      `${file} is the index of another upstream. Set INDEX_URL to another file, or PMS_BASE_URL to that upstream.`,
    );
  return { version };
}

function numberIn(database: Database, query: string): number {
  const [row] = database.all(query) as readonly Readonly<Record<string, unknown>>[];
  return Number(Object.values(row ?? {})[0]);
}

/** Updates the tables. Each migration is done completely or not at all. */
export async function migrate(
  db: Kysely<Tables>,
  { version }: Looked,
  identity: string,
  migrations: readonly Migration[] = all,
): Promise<void> {
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    await db.transaction().execute(async (trx) => {
      await migration(trx);
      await sql.raw(`pragma user_version = ${index + 1}`).execute(trx);
      if (index > 0) return;
      await sql.raw(`pragma application_id = ${mark}`).execute(trx);
      await trx
        .insertInto('meta')
        .values([
          { name: 'identity', value: identity },
          { name: 'generation', value: '0' },
        ])
        .execute();
    });
  }
}
