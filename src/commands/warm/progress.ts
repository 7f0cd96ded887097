/** Stores which products of a run are finished, so that an interrupted run can be continued. */
import { randomUUID } from 'node:crypto';
import { entryKey, type Store } from '../../store/store.js';

export interface Progress {
  isDone(product: string): Promise<boolean>;
  /** Marks a product as finished. Returns whether the store saved the mark. */
  done(product: string): Promise<boolean>;
  /** Deletes the progress, so that the next run starts with the first product. */
  clear(): Promise<void>;
}

const day = 24 * 3_600_000;
const minute = 60_000;

export interface ProgressOptions {
  readonly store: Store;
  /** Identifies the run: the base URL of the upstream, the operation and the requested products. */
  readonly subject: readonly string[];
  /** Whether the progress of earlier runs is deleted. */
  readonly restart: boolean;
}

/**
 * Stores one entry for the run, and one for each finished product, whose key contains the run. So processes that warm
 * the same products at the same time share their progress, and no large entry is rewritten.
 */
export async function openProgress({ store, subject, restart }: ProgressOptions): Promise<Progress> {
  const at = entryKey('warm', subject, 'run');
  const run = await runAt(store, at, restart);
  const markOf = (product: string): string => entryKey('warm', [run, product], 'done');
  let extendedAt = performance.now();

  async function isDone(product: string): Promise<boolean> {
    return (await store.get(markOf(product))) !== undefined;
  }

  return {
    isDone,
    async done(product) {
      await store.set(markOf(product), '1', day);
      if (performance.now() - extendedAt > minute) {
        extendedAt = performance.now();
        await store.extendIf(at, run, day);
      }
      return isDone(product);
    },
    async clear() {
      await store.deleteIf(at, run);
    },
  };
}

async function runAt(store: Store, at: string, restart: boolean): Promise<string> {
  const run = randomUUID();
  if (restart) await store.set(at, run, day);
  else await store.add(at, run, day);
  const found = await store.get(at);
  return found?.value.toString() ?? run;
}
