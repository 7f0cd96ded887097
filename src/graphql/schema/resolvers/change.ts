/** The query for the changes of products. */
import { Query, Resolver } from 'type-graphql';
import type { ListArgs } from '../../../catalogue/question/selection.js';
import { toIndex } from '../../../catalogue/question/to-index.js';
import type { Change as Recorded, ChangePlace } from '../../../search-index/changes/change.js';
import { ChangesArgs } from '../args/fields.js';
import { Arguments, Follow, type Selects } from '../field.js';
import type { Rows } from '../rows.js';
import { Change } from '../types/change.js';
import { Connection } from '../types/connection.js';
import type { Product } from '../types/product.js';
import { ChangeConnection } from './connections.js';

function changesFor(
  { since, first, after }: Omit<ChangesArgs, 'after'> & { readonly after?: ChangePlace },
  selects: Selects,
): ListArgs {
  const asked = toIndex('changes', {
    since: since.getTime(),
    first,
    withTotal: selects('totalCount'),
    ...(after && { after }),
  });
  return { asked, first };
}

@Resolver()
export class ChangeResolver {
  @Query(() => ChangeConnection, {
    nullable: true,
    description:
      'The changes of products since a time, the oldest first, for teams that mirror the data. They come from the index of this service and cost no upstream request. The index records a change when it reads the product again, and keeps it for 90 days. To go on, repeat the query with the last `endCursor`. If that fails with `BAD_CURSOR`, changes may be missing: fetch all products again.',
  })
  @Follow('value', changesFor)
  changes(rows: Rows<Product>, @Arguments(() => ChangesArgs) _args?: ChangesArgs): Connection<Change> {
    const { values, place, recordOf } = rows.page<Recorded>();
    return new Connection(
      values.map((change, index) => Change.of(change, change.kind === 'GONE' ? null : recordOf(index))),
      place,
    );
  }
}
