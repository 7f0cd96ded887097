/** After kill -9 every confirmed product is stored, and each other product is stored completely or not at all. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/search-index/store/open-sqlite-store.js';
import type { IndexStore } from '../../../src/search-index/store/index-store.js';
import { testFolder } from '../../support/folder.js';
import { isQuick } from '../../support/tier.js';
import { text } from './rows.js';

const rounds = isQuick ? 1 : 25;

it(`an index file keeps every confirmed product, and no partial one, after kill -9 at ${rounds} moments`, async () => {
  const file = join(testFolder().path, 'index.sqlite');
  let next = 0;
  for (let round = 0; round < rounds; round += 1) {
    const confirmed = await writeUntilKilled(file, next);
    const store = await openSqliteStore({ file, identity: 'test' });
    expect((await store.status()).access).toBe('writes');
    const noted = Number(await store.noted('batch'));
    expect(noted).toBeGreaterThanOrEqual(confirmed);
    const { batches, ids } = await batchesIn(store);
    // The last write may be stored although it was not confirmed.
    expect(batches.every((size) => size === 15)).toBe(true);
    expect(batches.length - 1 - noted).toBeOneOf([0, 1]);
    await expectWhole(store, ids, batches.length - 1);
    await expectChanges(store, batches.length);
    await store.close();
    next = batches.length;
  }
});

/** Starts a writing process and kills it. @returns the last batch that the process confirmed */
async function writeUntilKilled(file: string, first: number): Promise<number> {
  const child = spawn(process.execPath, ['test/search-index/store/process.mjs', file, 'write', `${first}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let confirmed = -1;
  for await (const line of createInterface(child.stdout)) {
    if (confirmed < 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 300);
    confirmed = (JSON.parse(line) as { readonly batch: number }).batch;
  }
  expect(await gone).toEqual([null, 'SIGKILL']);
  return confirmed;
}

/** Returns the number of products in each batch, without the products that are in every batch. */
async function batchesIn(
  store: IndexStore,
): Promise<{ readonly batches: readonly number[]; readonly ids: readonly string[] }> {
  const rows = await store.rows([...(await store.all())]);
  const batches: number[] = [];
  for (const { id, versionId } of rows)
    if (!id.startsWith('again')) batches[Number(versionId)] = (batches[Number(versionId)] ?? 0) + 1;
  return { batches: [...batches].map((size) => size ?? 0), ids: rows.map(({ id }) => id) };
}

async function expectWhole(store: IndexStore, ids: readonly string[], last: number): Promise<void> {
  const shapes = await store.shapes('name', 0);
  const postings = await store.postings(
    'name',
    shapes.map(({ number }) => number),
  );
  const tokens = await store.tokens('id', ids);
  const [told, tokened] = [countsIn(postings, 2), countsIn(tokens, 3)];
  const details = await store.details(ids);
  const rows = await store.byId(ids);
  const wrong = rows.filter(({ id, number, versionId }) => {
    const { own, rest } = details.get(id) ?? {};
    const count = Number(text(own));
    const isLast = !id.startsWith('again') || versionId === `${last}`;
    const isRest = rest?.length === 20_000 && rest.every((byte) => byte === Number(versionId) % 256);
    return told.get(number) !== count || tokened.get(number) !== count || !isRest || !isLast;
  });
  expect(wrong).toEqual([]);
}

/** Checks that each batch recorded its 20 changes: products that are new, and those of each batch, which are changed. */
async function expectChanges(store: IndexStore, batches: number): Promise<void> {
  const { rows } = await store.changes({ first: 1_000_000 });
  const byKind = new Map<string, number>();
  for (const { kind, parts } of rows) {
    const name = [kind, ...parts].join(' ');
    byKind.set(name, (byKind.get(name) ?? 0) + 1);
  }
  expect(Object.fromEntries(byKind)).toEqual({
    NEW: 20 + 15 * (batches - 1),
    ...(batches > 1 && { 'CHANGED OTHER': 5 * (batches - 1) }),
  });
}

function countsIn(flat: Int32Array, width: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < flat.length; at += width)
    counts.set(flat[at] ?? 0, (counts.get(flat[at] ?? 0) ?? 0) + 1);
  return counts;
}
