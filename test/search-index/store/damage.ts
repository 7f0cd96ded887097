/** Damage to a file that SQLite does not notice when it opens the file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadSqlite } from '../../../src/search-index/store/sqlite.js';

/** Overwrites the first page of a table. */
export function damage(file: string, table: string): void {
  const database = loadSqlite().open(file, { readOnly: true });
  const [row] = database.all('select rootpage from sqlite_schema where name = ?', [table]) as readonly {
    readonly rootpage: number;
  }[];
  database.close();
  const content = readFileSync(file);
  const from = ((row?.rootpage ?? 0) - 1) * 4_096;
  writeFileSync(file, content.fill(7, from, from + 4_096));
}
