/** Reads one product anew with all that belongs to it, which is written to the index behind the answer. */
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import { productPage } from '../catalogue/question/product-page.js';
import { isPmsError } from '../errors.js';

export interface ReadOutcome {
  /** Whether all of it was read. */
  readonly isWhole: boolean;
  /** Sent upstream. */
  readonly requests: number;
}

export async function readWhole(
  catalogue: Catalogue,
  product: Key,
  signal: AbortSignal,
): Promise<ReadOutcome> {
  const session = catalogue.open({
    selections: [productPage(product)],
    signal,
    client: 'crawl',
    priority: 'bulk',
    cache: 'no-cache',
    isUnremembered: true,
  });
  try {
    await session.run();
  } catch (error) {
    if (!isPmsError(error) && !signal.aborted) throw error;
  }
  const { requests } = session.receipt();
  return { isWhole: session.known.bundle(product)?.state.kind === 'complete', requests };
}
