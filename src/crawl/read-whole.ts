/**
 * Reads products with their details, to renew them in the index. The catalogue writes the records to the index after
 * the operation.
 */
import type { OperationRequest, Catalogue, Session } from '../catalogue/catalogue.js';
import type { Key } from '../catalogue/graph/key.js';
import type { Known } from '../catalogue/known/known.js';
import { searchedProduct } from '../catalogue/profiles/held/whole.js';
import { isPmsError, PmsError } from '../errors.js';
import { detailRequest, type Way } from './way.js';

/** `gone` means that, according to the upstream, the product does not exist. */
export type ReadOutcome = 'read' | 'gone' | PmsError;

export interface ReadOutcomes {
  /** The outcome of each product, by its key. */
  readonly of: ReadonlyMap<Key, ReadOutcome>;
  /** Requests sent to the upstream. */
  readonly requests: number;
}

/**
 * Maximum number of milliseconds for one operation, including the time in which its requests wait for the rate
 * limiter.
 */
const longestMs = 600_000;

export interface ReadWholeOptions {
  readonly way: Way;
  readonly signal: AbortSignal;
  /** Whether HTTP caches may answer the requests. @default 'no-cache' */
  readonly cache?: OperationRequest['cache'];
}

/**
 * Reads several products in one operation. If details of one product cannot be read, details of other products may be
 * missing too.
 */
export async function readWhole(
  catalogue: Catalogue,
  products: readonly Key[],
  options: ReadWholeOptions,
): Promise<ReadOutcomes> {
  const session = await openOn(catalogue, products, options);
  if (session instanceof PmsError)
    return { of: new Map(products.map((product) => [product, session])), requests: 0 };
  let failure: PmsError | undefined;
  try {
    await session.run();
  } catch (error) {
    if (!isPmsError(error) && !options.signal.aborted) throw error;
    if (isPmsError(error)) failure = error;
  }
  const { requests } = session.receipt();
  const of = new Map(products.map((product) => [product, failure ?? outcomeOf(product, session.known)]));
  return { of, requests };
}

function outcomeOf(product: Key, known: Known): ReadOutcome {
  const why = known.missing(product);
  if (why === 'absent') return 'gone';
  const bundle = known.bundle(product);
  if (!bundle) {
    const read = isPmsError(why) ? why : searchedProduct(product, known);
    return isPmsError(read) ? read : 'read';
  }
  if (bundle.state.kind === 'complete') return 'read';
  if (bundle.state.kind === 'failed') return bundle.state.error;
  return isPmsError(why) ? why : unread;
}

/**
 * Prepares the operation. Returns the error if the operation is refused, for example because it might exceed its
 * budget of requests.
 */
async function openOn(
  catalogue: Catalogue,
  products: readonly Key[],
  { way, signal, cache = 'no-cache' }: ReadWholeOptions,
): Promise<Session | PmsError> {
  try {
    return await catalogue.prepare({
      ...detailRequest(products, way),
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

const unread = new PmsError(
  'UPSTREAM_INCOMPLETE',
  'The records that belong to a product could not be read completely.',
);
