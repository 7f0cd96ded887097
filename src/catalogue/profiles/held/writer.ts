/** Writes to the index what operations have read anyway, behind their answers. */
import { isPmsError } from '../../../errors.js';
import type { HeldProduct, SearchIndex } from '../../../search-index/search-index.js';
import type { Told } from '../../../search-index/telling.js';
import { idOf, type Key } from '../../graph/key.js';
import type { Known } from '../../known/known.js';
import { tell } from './tell.js';
import { bundledProduct, searchedProduct } from './whole.js';

export interface IndexWriter {
  /** Takes those products whose bundles an operation has read whole. */
  note(products: readonly Key[], known: Known): void;
  /** Takes those that its searches have found whole, once they are all done. */
  noteSearched(known: Known): void;
  /** Takes down that the upstream has no such products. */
  noteGone(products: readonly Key[]): void;
  /** Resolves once all that was noted is held, or could not be. */
  settled(): Promise<void>;
}

export interface IndexWriterOptions {
  readonly index: Pick<SearchIndex, 'put' | 'putGone'>;
  /** Told of what could not be written. */
  readonly onFault: (error: unknown) => void;
  /** Most products that wait to be written: more are left, and come when they are read again. @default 500 */
  readonly most?: number;
}

/** So many are written at once. */
const atOnce = 20;

export function createIndexWriter({ index, onFault, most = 500 }: IndexWriterOptions): IndexWriter {
  const waiting = new Map<Key, HeldProduct>();
  const gone = new Map<Key, Date>();
  let writing: Promise<void> = Promise.resolve();
  /** The last ones that were told: while they are written, the next are. */
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
    // After the answer that they were read for.
    await turn();
    for (const [key, asOf] of gone) {
      gone.delete(key);
      await orTold(() => index.putGone(idOf(key), asOf));
    }
    const batch = [...waiting].slice(0, atOnce);
    const told: (HeldProduct & { readonly tells: Told })[] = [];
    for (const [product, held] of batch) {
      // One that was read again meanwhile waits for the next turn.
      if (waiting.get(product) === held) waiting.delete(product);
      const tells = tell({ product, ...held });
      if (tells) told.push({ ...held, tells });
      // Each takes about a millisecond: others have their turn.
      await turn();
    }
    await putting;
    if (told.length > 0) putting = orTold(() => index.put(told));
    if (waiting.size + gone.size === 0) await putting;
  }

  /** What could not be written is read again some day; the service goes on without it. */
  async function orTold(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      isFaulty = false;
    } catch (error) {
      if (!isPmsError(error)) throw error;
      // Told once, however long it lasts.
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
      // What comes meanwhile is begun with when that is done.
      do await writing;
      while (waiting.size + gone.size > 0);
      await writing;
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
