/** Opens the index of one upstream, in a worker thread. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { createEngine, type Engine } from './engine.js';
import { createSearchIndex, type SearchIndex } from './search-index.js';
import type { WorkerEngine } from './worker.js';
import { openStore, type StoreOptions } from './store/open-store.js';
import { callWorker, noLoad, type Load } from './worker-host.js';

/** Returns a text that identifies an upstream: a hash of its base URL. */
export function identityOf(base: string): string {
  return createHash('sha256').update(base).digest('hex');
}

/** @throws IndexError with a message that says what to do */
export async function openIndex(options: StoreOptions): Promise<SearchIndex> {
  const script = scripts.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  const load = noLoad();
  const engineFor = script ? await openInWorker(script, options, load) : await openHere(options);
  return createSearchIndex(engineFor, { load, isShared: options.url !== undefined });
}

/**
 * The paths of the worker's script, for compiled modules and for the bundled program. If the program runs from its
 * sources, neither exists.
 */
const scripts = ['./worker.js', './pms-graphql-index-worker.js'];

type EngineFor = (client: string | undefined) => Engine;

/**
 * Opens the engine in this thread. SQLite is loaded in this thread only here. Without a worker, calls of several
 * clients are not alternated.
 */
async function openHere(options: StoreOptions): Promise<EngineFor> {
  const engine = createEngine(await openStore(options));
  return () => engine;
}

async function openInWorker(script: URL, options: StoreOptions, load: Load): Promise<EngineFor> {
  keepSmall();
  const worker = new Worker(script);
  // The worker must not prevent the process from ending.
  worker.unref();
  const callFor = callWorker<WorkerEngine>(worker, { load });
  try {
    await callFor(undefined).open(options);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return (client) => engineIn(worker, callFor(client));
}

/**
 * Limits the size of the young generation in the worker's heap. The V8 flag applies to the whole process, but a
 * thread reads it only when it starts. So it changes the worker's heap, and not that of this thread.
 */
function keepSmall(): void {
  setFlagsFromString('--max-semi-space-size=8');
}

function engineIn(worker: Worker, remote: WorkerEngine): Engine {
  return {
    write: (products) => remote.write(products),
    find: (query) => remote.find(query),
    search: (query) => remote.search(query),
    facets: (query) => remote.facets(query),
    suggest: (query) => remote.suggest(query),
    prepare: () => remote.prepare(),
    know: (terms) => remote.know(terms),
    owns: (ids) => remote.owns(ids),
    details: (ids) => remote.details(ids),
    rows: (ids) => remote.rows(ids),
    ids: () => remote.ids(),
    bearing: (tokens, most) => remote.bearing(tokens, most),
    owners: (kind, values) => remote.owners(kind, values),
    substances: (query) => remote.substances(query),
    changes: (query) => remote.changes(query),
    claim: (name, holder, ms) => remote.claim(name, holder, ms),
    release: (name, holder) => remote.release(name, holder),
    status: () => remote.status(),
    isSound: () => remote.isSound(),
    note: (name, value) => remote.note(name, value),
    noted: (name) => remote.noted(name),
    purge: () => remote.purge(),
    async close() {
      await remote.close();
      await worker.terminate();
    },
  };
}
