/** Reads one product anew with all that belongs to it, which is written to the index behind the answer. */
import type { Asked, Catalogue } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import { productPage } from '../catalogue/question/product-page.js';
import { isPmsError, PmsError } from '../errors.js';

export interface ReadOutcome {
  /** `gone`: the upstream says that there is no such product. */
  readonly is: 'read' | 'gone' | PmsError;
  /** Sent upstream. */
  readonly requests: number;
}

/** Milliseconds for one product, its waits for permits among it. */
const longestMs = 600_000;

/** @param cache what a cache on the way may do. @default 'no-cache' */
export async function readWhole(
  catalogue: Catalogue,
  product: Key,
  signal: AbortSignal,
  cache: Asked['cache'] = 'no-cache',
): Promise<ReadOutcome> {
  const session = openOn(catalogue, product, signal, cache);
  if (session instanceof PmsError) return { is: session, requests: 0 };
  let failure: PmsError = unread;
  try {
    await session.run();
  } catch (error) {
    if (!isPmsError(error) && !signal.aborted) throw error;
    if (isPmsError(error)) failure = error;
  }
  const { requests } = session.receipt();
  const reading = session.known.reading(product);
  const state = session.known.bundle(product)?.state;
  if (reading === 'absent') return { is: 'gone', requests };
  if (state?.kind === 'complete') return { is: 'read', requests };
  if (state?.kind === 'failed') return { is: state.error, requests };
  return { is: isPmsError(reading) ? reading : failure, requests };
}

/** It may need more requests than an operation has. */
function openOn(
  catalogue: Catalogue,
  product: Key,
  signal: AbortSignal,
  cache: Asked['cache'],
): ReturnType<Catalogue['open']> | PmsError {
  try {
    return catalogue.open({
      selections: [productPage(product)],
      signal,
      deadline: performance.now() + longestMs,
      client: 'crawl',
      priority: 'bulk',
      cache,
      isUnremembered: true,
    });
  } catch (error) {
    if (isPmsError(error)) return error;
    throw error;
  }
}

const unread = new PmsError('UPSTREAM_INCOMPLETE', 'What belongs to a product could not be read to its end.');
