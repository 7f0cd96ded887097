/** Writes the products that operations have read to the index. It writes after the responses of the operations. */
import { isPmsError } from '../../../errors.js';
import type { HeldProduct, SearchIndex } from '../../../search-index/search-index.js';
import type { DerivedRows } from '../../../search-index/derive-rows.js';
import { idOf, type Key } from '../../graph/key.js';
import type { Known } from '../../known/known.js';
import { rowsOfProduct } from './rows-of-product.js';
import { bundledProduct, searchedProduct } from './whole.js';

export interface IndexWriter {
  /** Queues the products whose bundles an operation has read completely. */
  note(products: readonly Key[], known: Known): void;
  /** Queues the products that the operation's searches have read completely. Called after all searches. */
  noteSearched(known: Known): void;
  /** Records that products do not exist upstream. */
  noteGone(products: readonly Key[]): void;
  /** Resolves when all queued products have been written, or their writes have failed. */
  settled(): Promise<void>;
}

export interface IndexWriterOptions {
  readonly index: Pick<SearchIndex, 'put' | 'putGone'>;
  /** Called with errors of writes. */
  readonly onFault: (error: unknown) => void;
  /**
   * Maximum number of queued products. If the queue is full, a product is written when it is read the next time.
   * @default 500
   */
  readonly most?: number;
}

/** The number of products that one batch writes. */
const atOnce = 20;

export function createIndexWriter({ index, onFault, most = 500 }: IndexWriterOptions): IndexWriter {
  const waiting = new Map<Key, HeldProduct>();
  const gone = new Map<Key, Date>();
  let writing: Promise<void> = Promise.resolve();
  /** The last write. While it runs, the rows of the next batch are computed. */
  let putting: Promise<void> = Promise.resolve();
  let isWriting = false;
  let isFaulty = false;

  function begin(): void {
    if (isWriting) return;
    isWriting = true;
    writing = write().finally(() => {
      isWriting = false;
      if (waiting.size + gone.size > 0) begin();
    });
  }

  async function write(): Promise<void> {
    // Waits until the response of the operation has been sent.
    await turn();
    for (const [key, asOf] of gone) {
      gone.delete(key);
      await orTold(() => index.putGone(idOf(key), asOf));
    }
    const batch = [...waiting].slice(0, atOnce);
    const told: (HeldProduct & { readonly derived: DerivedRows })[] = [];
    for (const [product, held] of batch) {
      // A product that was read again during the write stays in the queue for the next batch.
      if (waiting.get(product) === held) waiting.delete(product);
      const derived = derivedOf(product, held);
      if (derived) told.push({ ...held, derived });
      // Computing the rows of a product takes about a millisecond. Other events are processed between two products.
      await turn();
    }
    await putting;
    if (told.length > 0) putting = orTold(() => index.put(told));
    if (waiting.size + gone.size === 0) await putting;
  }

  /** Returns the rows of a product. If they cannot be computed, the error is reported, and the product is left out. */
  function derivedOf(product: Key, held: HeldProduct): DerivedRows | undefined {
    try {
      return rowsOfProduct({ product, ...held });
    } catch (error) {
      onFault(error);
      return undefined;
    }
  }

  /**
   * Reports an error of a write and continues. The product is not in the index, but it will be written when it is
   * read again. This holds for faults of this program too, because no record of an upstream may end the process.
   */
  async function orTold(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      isFaulty = false;
    } catch (error) {
      // An error that persists is reported only once.
      if (!isFaulty) onFault(error);
      isFaulty = true;
    }
  }

  return {
    note(products, known) {
      for (const product of products) {
        const held = waiting.size < most ? bundledProduct(product, known) : undefined;
        if (held) waiting.set(product, held);
      }
      if (waiting.size > 0) begin();
    },
    noteSearched(known) {
      for (const product of known.products) {
        if (waiting.size >= most) break;
        const held = known.bundle(product) ? undefined : searchedProduct(product, known);
        if (held && !isPmsError(held)) waiting.set(product, held);
      }
      if (waiting.size > 0) begin();
    },
    noteGone(products) {
      for (const product of products) gone.set(product, new Date());
      if (gone.size > 0) begin();
    },
    async settled() {
      // When a write has ended, the next one starts for the products that were queued during it.
      do await writing;
      while (waiting.size + gone.size > 0);
      await writing;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
