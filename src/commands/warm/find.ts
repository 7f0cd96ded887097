/** Finds products by name, and reads all pages of the list. */
import type { Position } from '../../catalogue/question/selection.js';
import type { OperationRequest, Catalogue } from '../../catalogue/catalogue.js';
import { idOf, ROOT } from '../../catalogue/graph/key.js';
import { list } from '../../catalogue/waves/list.js';
import type { Selection } from '../../catalogue/question/selection.js';
import { createNextFetches } from '../../catalogue/known/next-fetches.js';
import { PmsError } from '../../errors.js';

/** Maximum number of products that one operation may list. */
const pageSize = 100;

export interface FoundPage {
  readonly ids: readonly string[];
  readonly requests: number;
  readonly cacheHits: number;
}

/**
 * Yields the pages of the list.
 * @throws the upstream's error, or UPSTREAM_INCOMPLETE if the list cannot be read to its last page
 */
export async function* findByName(
  catalogue: Catalogue,
  name: string,
  asker: Omit<OperationRequest, 'selections'>,
): AsyncGenerator<FoundPage> {
  let after: Position | undefined;
  do {
    const search = { filter: { name }, first: pageSize, withTotal: false, ...(after ? { after } : {}) };
    const selection: Selection = {
      link: 'products',
      args: { search, first: pageSize },
      path: ['products'],
      below: new Map(),
    };
    // Only the ids of the products are requested.
    const session = await catalogue.prepare({ ...asker, selections: [selection], elements: new Map() });
    await session.run();
    const rows = list('products', ROOT, selection.args, session.known, createNextFetches());
    if (!rows || rows.state.kind === 'failed') throw rows?.state.kind === 'failed' ? rows.state.error : cut();
    const { requests, cacheHits } = session.receipt();
    yield { ids: rows.refs.map(idOf), requests, cacheHits };
    after = rows.hasNext ? rows.positions?.at(-1) : undefined;
    if (rows.state.kind === 'cut' || (rows.hasNext && !after)) throw cut();
  } while (after);
}

function cut(): PmsError {
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    'The list of products with one of the names could not be read completely.',
  );
}
