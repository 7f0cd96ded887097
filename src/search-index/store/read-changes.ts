/** Reads recorded changes of products. */
import { sql, type Kysely } from 'kysely';
import type { Change, ChangedPart, ChangePlace, ChangesFound, ChangesQuery } from '../changes/change.js';
import { listOf, tupleOf } from './listed.js';
import type { Tables } from './tables.js';

interface Read {
  readonly handle: string;
  /** The number of the last deleted change. Null if no change was deleted. */
  readonly forgotten: number | null;
  readonly since: number;
  readonly head: number | null;
  readonly total: number | null;
  readonly rows: string;
}

type Row = readonly [
  offset: number,
  productId: string,
  kind: Change['kind'],
  at: number,
  parts: string,
  firstSeen: number | null,
];

/** Reads the changes and the state of the list in one statement, so that both are of the same moment. */
export async function readChanges(db: Kysely<Tables>, query: ChangesQuery): Promise<ChangesFound> {
  const { since, after, before, first, newestFirst = false, withTotal = false } = query;
  // Times may go back if a clock is set, so the first number is only a lower bound. The plus sign makes SQLite read the
  // changes since that time, not those before it.
  const from =
    since === undefined || after
      ? sql`${(after?.offset ?? 0) + 1}`
      : sql`(select min(+number) from change where at >= ${since})`;
  const { rows } = await sql<Read>`
    select (select value from meta where name = 'changes_handle') as handle,
      (select cast(value as bigint) from meta where name = 'changes_forgotten') as forgotten,
      (select cast(value as bigint) from meta where name = 'changes_since') as since,
      (select max(number) from change) as head,
      ${withTotal ? sql`(select count(*) from change where at >= ${since ?? 0})` : sql`null`} as total,
      (select ${listOf(db, tupleOf(db, sql`number, id, kind, at, parts, first_seen`))} from (
        select change.number, id, kind, at, change.parts, first_seen from change
        join product on product.number = change.product left join seen on seen.product = change.product
        where change.number >= ${from} and at >= ${since ?? 0}
          and change.number < ${before?.offset ?? Number.MAX_SAFE_INTEGER}
        order by change.number ${newestFirst ? sql`desc` : sql`asc`} limit ${first + 1}
      ) as found) as rows`.execute(db);
  const [read] = rows;
  if (!read) throw new TypeError('The state of the changes must be one row.');
  const forgotten = read.forgotten ?? 0;
  const head = { handle: read.handle, offset: read.head ?? forgotten };
  const mustRefetch = lossOf(after, head, forgotten) ?? lossOf(before, head, 0);
  const found = (JSON.parse(read.rows) as readonly Row[]).map(changeOf);
  return {
    rows: mustRefetch ? [] : found.slice(0, first),
    hasNext: !mustRefetch && found.length > first,
    total: read.total ?? undefined,
    head,
    recordedSince: read.since,
    mustRefetch,
  };
}

/** Returns why a place cannot be used; undefined if it can. */
function lossOf(
  place: ChangePlace | undefined,
  head: ChangePlace,
  forgotten: number,
): ChangesFound['mustRefetch'] {
  if (!place) return undefined;
  if (place.handle !== head.handle) return 'PURGED';
  if (place.offset < forgotten) return 'FORGOTTEN';
  return place.offset > head.offset ? 'AHEAD' : undefined;
}

function changeOf([offset, productId, kind, at, parts, firstSeen]: Row): Change {
  return {
    offset,
    productId,
    kind,
    at,
    parts: parts === '' ? [] : (parts.split(',') as ChangedPart[]),
    firstSeen: firstSeen ?? undefined,
  };
}
